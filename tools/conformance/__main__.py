"""`python -m tools.conformance [--record | --schema]`: compares fake with real providers.

`terraform init` installs the real providers. No request reaches Google: the token is invalid, and
every endpoint is a closed port of this machine.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from tests.conformance.recordings import write
from tests.conformance.variations import VARIATIONS
from tests.fake_cloud.provider.catalogue import SCHEMA
from tests.fake_cloud.tools import Tools
from tests.line import Table, changed
from tests.support import DEV_TABLE
from tests.synthesis import Synthesis
from tools.conformance.compare import Comparison
from tools.conformance.providers import NoProviderError, Providers, installed, require_terraform
from tools.conformance.schema import fixture, pins

_DIFFERS = 1
_NO_PROVIDER = 3


def main() -> int:
    """Compare the plans, record them, or regenerate the schema.

    Returns:
        0 if there is no difference, 1 if there is one, 3 if the real providers cannot be installed.
    """
    options = _parser().parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        try:
            require_terraform()
            stacks = _stacks()
            with installed(pins(stacks)) as providers:
                schema = fixture(providers.schemas(), stacks)
                if options.schema:
                    SCHEMA.write_text(schema, encoding="utf-8")
                    return 0
                if schema != SCHEMA.read_text(encoding="utf-8"):
                    _print_status(
                        f"{SCHEMA.name} is out of date, run: make conformance ARGS=--schema"
                    )
                    return _DIFFERS
                return _compare(folder, providers, record=options.record)
        except NoProviderError as error:
            sys.stderr.write(f"no real providers: {error}\n")
            return _NO_PROVIDER


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="conformance", description="Compare the fake providers' plans with the real ones'."
    )
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument(
        "--record", action="store_true", help="record the plans of the real providers"
    )
    mode.add_argument("--schema", action="store_true", help="only regenerate schema.json")
    return parser


def _stacks() -> list[Table]:
    """The JSON of all stacks, for the types and versions that they use."""
    synthesize = Synthesis()
    environments = [synthesize(changed(DEV_TABLE, settings)) for settings in VARIATIONS.values()]
    return [stack for environment in environments for stack in environment.stacks.values()]


def _compare(folder: Path, providers: Providers, *, record: bool) -> int:
    start = time.monotonic()
    # For each processor, a walk deploys in one world and plans in another.
    worlds = 2 * 2 * (os.cpu_count() or 1)
    with Tools(folder / "tools", worlds=worlds) as tools, providers.attached() as attached:
        planned = Comparison(folder, tools, attached)
        compared = list(planned.pairs(_print_status))
        complaints = list(planned.complaints())
    different = {
        f"{comparison.pair.part}, {comparison.pair.scenario}": found
        for comparison in compared
        if (found := comparison.differences)
    }
    for plan, found in different.items():
        print(f"\n{plan}")  # noqa: T201
        for difference in found:
            print(f"  {difference}")  # noqa: T201
    for complaint in complaints:
        print(complaint)  # noqa: T201
    count = sum(map(len, different.values())) + len(complaints)
    seconds = time.monotonic() - start
    print(f"{len(compared)} plans, {count} differences, {seconds:.0f} s")  # noqa: T201
    if record:
        write((comparison.pair, comparison.real) for comparison in compared)
    return _DIFFERS if count else 0


def _print_status(text: str) -> None:
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main())

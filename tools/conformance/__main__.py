"""`python -m tools.conformance [--record | --schema]`: do the fake providers plan as the real ones?

The real providers come from wherever `terraform init` finds them. No call reaches Google: the token
is made up, and every endpoint is a closed port of this machine.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.conformance.recordings import write
from tests.conformance.variations import VARIATIONS
from tests.fake_cloud.provider.catalogue import SCHEMA
from tests.fake_cloud.rehearsal import Tools
from tests.line import Table, changed
from tests.support import DEV_TABLE
from tests.synthesis import Synthesis
from tools.conformance.compare import Comparison
from tools.conformance.providers import NoProviderError, Providers, installed, require_terraform
from tools.conformance.schema import fixture, pins

_DIFFERS = 1
_NO_PROVIDER = 3


def main() -> int:
    """Compare, record, or write the schema anew.

    Returns:
        0 when nothing differs, 1 when something does, 3 when the real providers are not to be had.
    """
    options = _parser().parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        try:
            require_terraform()
            stacks = _stacks(folder / "stacks")
            with installed(pins(stacks)) as providers:
                schema = fixture(providers.schemas(), stacks)
                if options.schema:
                    SCHEMA.write_text(schema, encoding="utf-8")
                    return 0
                if schema != SCHEMA.read_text(encoding="utf-8"):
                    _say(
                        f"{SCHEMA.name} is not what the providers print:"
                        " make conformance ARGS=--schema"
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
    mode.add_argument("--record", action="store_true", help="write down what the real ones plan")
    mode.add_argument("--schema", action="store_true", help="write schema.json anew, and no more")
    return parser


def _stacks(folder: Path) -> list[Table]:
    """The JSON of all stacks, for the types and versions that they use."""
    synthesize = Synthesis(folder)
    lines = [synthesize(changed(DEV_TABLE, settings)) for settings in VARIATIONS.values()]
    return [stack for line in lines for stack in line.stacks.values()]


def _compare(folder: Path, providers: Providers, *, record: bool) -> int:
    began = time.monotonic()
    with Tools(folder / "tools") as tools, providers.attached() as attached:
        comparison = Comparison(folder, tools, attached)
        compared = list(comparison.pairs(_say))
        complaints = list(comparison.complaints())
    different = {
        f"{one.pair.part}, {one.pair.scenario}": found
        for one in compared
        if (found := one.differences)
    }
    for where, found in different.items():
        print(f"\n{where}")  # noqa: T201
        for difference in found:
            print(f"  {difference}")  # noqa: T201
    for complaint in complaints:
        print(complaint)  # noqa: T201
    count = sum(map(len, different.values())) + len(complaints)
    seconds = time.monotonic() - began
    print(f"{len(compared)} plans, {count} differences, {seconds:.0f} s")  # noqa: T201
    if record:
        write((one.pair, one.real) for one in compared)
    return _DIFFERS if count else 0


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main())

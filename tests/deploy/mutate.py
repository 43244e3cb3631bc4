"""`make mutate`: puts errors into copies of the source, and prints which check finds each.

mutations.toml lists the errors. The exit status is 1 if an error is not found.
"""

import copy
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path
from typing import Final

from tests.deploy.steps import LIFE
from tests.fake_cloud.cloud import FakeCloud
from tests.fake_cloud.tools import Tools
from tests.line import STACKS, Line, changed
from tests.project import toml
from tests.support import DEV_FILE, DEV_TABLE, ROOT

_TABLE: Final = Path(__file__).parent / "mutations.toml"
_COPIED: Final = (
    *("settings", "stacks", "constructs", "operations", "tests"),
    *("main.py", "pyproject.toml", "README.md"),
)
CHANGES: Final = (
    "another fixed address",
    "an API is renamed, with `was`; its address is fixed",
    "an API is removed",
    "another connector range",
    "`control_plane` from `dns` to `private`",
)
"""The changes in steps.py whose deploys failed in earlier versions."""

_JSON_TESTS: Final = ("tests/test_line.py", "tests/test_invariants.py", "tests/stacks")
_TIMEOUT_SECONDS: Final = 300


@dataclass(frozen=True)
class Mutation:
    """One error; mutations.toml explains the fields."""

    file: str
    old: str
    new: str
    why: str

    def make(self, folder: Path) -> None:
        """Put the error into a copy of the source.

        Raises:
            ValueError: the text to replace does not occur exactly once.
        """
        path = folder / self.file
        text = path.read_text(encoding="utf-8")
        if text.count(self.old) != 1:
            raise ValueError(f"{self.file} does not contain exactly once: {self.old}")
        path.write_text(text.replace(self.old, self.new), encoding="utf-8")


def mutations() -> list[Mutation]:
    """All errors in mutations.toml."""
    table = tomllib.loads(_TABLE.read_text(encoding="utf-8"))
    return [Mutation(file, **fields) for file, errors in table.items() for fields in errors]


def copy_source(folder: Path) -> None:
    """Copy the files that synthesis and its tests need, and link the cache."""
    folder.mkdir()
    for name in _COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("*.egg-info"))
        else:
            shutil.copy(source, folder / name)
    (folder / "environments").mkdir()
    shutil.copy(DEV_FILE, folder / "environments")
    (folder / ".cache").symlink_to(ROOT / ".cache")


def caught_by(folder: Path, tools: Tools) -> str | None:
    """The first check that fails for a copy of the source, or None."""
    if not _passes(folder, "main.py"):
        return "synthesis"
    line = FakeCloud(folder, tools)
    if guard := _stopped_by(line) or _stopped_by_change(line):
        return guard
    if not _passes(folder, "-m", "pytest", "-qx", "-p", "no:cacheprovider", *_JSON_TESTS):
        return "JSON tests"
    return None


_SYNTHESES: Final = """
from pathlib import Path
from settings.load import load
from stacks.app import synthesize
for change in sorted(Path("changes").iterdir()):
    synthesize(load(change / "environments"), outdir=change / "cdktf.out")
"""
"""Synthesizes every folder in `changes` in one process, because jsii takes a second to start."""


def _passes(folder: Path, *arguments: str) -> bool:
    path = os.pathsep.join([str(folder), str(folder / "constructs")])
    run = subprocess.run(  # noqa: S603 - our own Python, no shell
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        timeout=_TIMEOUT_SECONDS,
        check=False,
    )
    return run.returncode == 0


def _stopped_by(cloud: FakeCloud) -> str | None:
    for part in STACKS:
        cloud.succeed(part, "init")
        for guard in (("validate",), ("apply", "-auto-approve")):
            if cloud.terraform(part, *guard).returncode:
                return f"{guard[0]} of {part}"
    for part in STACKS:
        if cloud.terraform(part, "plan", "-detailed-exitcode").returncode:
            return f"second plan of {part}"
    return None


def _stopped_by_change(line: FakeCloud) -> str | None:
    """The first change that cannot be deployed, or whose plans are not empty afterwards."""
    table = copy.deepcopy(DEV_TABLE)
    tried: dict[str, Path] = {}
    for step in LIFE:
        table = changed(table, step.settings)
        if step.change in CHANGES:
            folder = line.folder / "changes" / str(len(tried))
            (folder / "environments").mkdir(parents=True)
            (folder / "environments" / "dev.toml").write_text(toml(table), encoding="utf-8")
            tried[step.change] = folder / "cdktf.out"
    whole = _passes(line.folder, "-c", _SYNTHESES)
    for change, outdir in tried.items():
        if not whole and not (outdir / "manifest.json").exists():
            return f"synthesis: {change}"
        line.take(Line(outdir))
        for part in STACKS:
            if line.terraform(part, "apply", "-auto-approve").returncode:
                return f"apply of {part}: {change}"
        for part in STACKS:
            if line.terraform(part, "plan", "-detailed-exitcode").returncode:
                return f"second plan of {part}: {change}"
    return None


def try_out(mutation: Mutation | None, folder: Path, tools: Tools) -> str | None:
    """The check that finds an error in a copy of the source, or None.

    Args:
        mutation: the error. Without one, every check must succeed.
        folder: the folder for the copy; it must not exist.
        tools: the fake providers and the CLI configuration of Terraform.
    """
    copy_source(folder)
    if mutation:
        mutation.make(folder)
    return caught_by(folder, tools)


def main() -> int:
    """Try every error, one per processor in parallel, and print a line for each."""
    every = mutations()
    processors = os.cpu_count() or 1
    with (
        tempfile.TemporaryDirectory() as temporary,
        Tools(Path(temporary) / "tools", worlds=2 * processors) as tools,
        ThreadPoolExecutor(processors) as pool,
    ):
        if guard := try_out(None, Path(temporary) / "whole", tools):
            print(f"{guard} fails without an error in the source", file=sys.stderr)  # noqa: T201
            return 1
        folders = [Path(temporary) / str(number) for number in range(len(every))]
        survivors = 0
        tried = pool.map(try_out, every, folders, repeat(tools))
        for mutation, guard in zip(every, tried, strict=True):
            survivors += guard is None
            name = Path(mutation.file).name
            print(f"{guard or 'SURVIVES':40} {name:24} {mutation.why}", flush=True)  # noqa: T201
    return bool(survivors)


if __name__ == "__main__":
    sys.exit(main())

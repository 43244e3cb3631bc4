"""Results that later runs of the tests use again, in `.cache/tests`: stacks and runs of Terraform.

A result is stored under a digest of its sources, of Python, of Node, and of all packages that are
installed, so after a change of any there is a new result. If a source changes while tests run, they
store nothing: they have imported the old one. If a test that runs Terraform fails, all runs of
Terraform that failed are removed: one may be the cause. `make clean` removes all results. CI starts
without any.
"""

import fcntl
import hashlib
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import cache
from glob import glob
from importlib import metadata
from pathlib import Path
from typing import Final
from uuid import uuid4

import psutil

from tests.support import ROOT

FOLDER: Final = ROOT / ".cache" / "tests"

FAILED: Final = ".failed.json"
"""The end of the name of a run of Terraform that failed."""

_KEPT_SECONDS: Final = 7 * 24 * 60 * 60

_STARTED: Final = psutil.Process().create_time()


class Results:
    """Results of one kind, which all processes share.

    Attributes:
        folder: their folder.
    """

    def __init__(self, kind: str, sources: Sequence[str]) -> None:
        """Find the results of a kind.

        Args:
            kind: the name of a folder.
            sources: files and folders of the repository that have an influence.
        """
        self._sources = tuple(sources)
        self.folder = FOLDER / kind / digest_of_all(self._sources)

    @property
    def current(self) -> bool:
        """Whether no source has changed since this process started."""
        return all(file.stat().st_mtime < _STARTED for file in _files(self._sources))

    def stored(self, name: str, create: Callable[[Path], object]) -> Path:
        """The folder of a result.

        Args:
            name: the name of the folder.
            create: creates the given folder if there is none. Only one process at a time does.
        """
        result = self.folder / name
        self.folder.mkdir(parents=True, exist_ok=True)
        with result.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not result.exists():
                unfinished = result.with_suffix(".new")
                shutil.rmtree(unfinished, ignore_errors=True)
                create(unfinished)
                if not self.current:
                    result = self.folder / f"{name}-{uuid4()}"
                unfinished.rename(result)
        used(result)
        return result


@cache
def digest_of_all(sources: tuple[str, ...]) -> str:
    """A digest of files and folders of the repository, and of what is installed."""
    digest = hashlib.sha256("\n".join(_installed()).encode())
    for file in _files(sources):
        with suppress(FileNotFoundError):  # an editor's temporary file
            digest.update(f"{file.relative_to(ROOT)} {digest_of(file)}\n".encode())
    return digest.hexdigest()[:16]


@cache
def digest_of(file: Path) -> str:
    """A digest of a file."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _installed() -> Iterator[str]:
    """Python, Node, and all packages, with their versions."""
    yield sys.version
    node = shutil.which(os.environ.get("JSII_NODE", "node"))
    yield f"{Path(node).resolve()} {Path(node).stat().st_size}" if node else ""
    yield from sorted(f"{found.name} {found.version}" for found in metadata.distributions())


def _files(sources: Sequence[str]) -> list[Path]:
    paths = [ROOT / source for source in sources]
    return sorted(
        file
        for file in (*paths, *(file for path in paths for file in path.rglob("*")))
        if file.is_file() and "__pycache__" not in file.parts and not file.name.startswith(".")
    )


def used(result: Path) -> None:
    """Keep a result for another week."""
    os.utime(result)


def remove_unused() -> None:
    """Remove the results that no run of the tests has used for a week."""
    for result in FOLDER.glob("*/*/*"):
        with suppress(FileNotFoundError):  # another run removes it
            if result.lstat().st_mtime > time.time() - _KEPT_SECONDS:
                continue
            if result.is_dir() and not result.is_symlink():
                shutil.rmtree(result, ignore_errors=True)
            else:
                result.unlink()


def remove_failures() -> None:
    """Remove the runs of Terraform that failed."""
    # Path.glob() fails if another process removes a folder at the same time.
    for name in glob(f"{FOLDER}/terraform/*/*/*{FAILED}"):  # noqa: PTH207 - see above
        Path(name).unlink(missing_ok=True)

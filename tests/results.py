"""Results that later runs of the tests use again, in `.cache/tests`: stacks and runs of Terraform.

A result is stored under a digest of everything that it depends on, so a change of the code, of a
package, or of Terraform leads to a new result. `make clean` removes all. CI starts without any.
"""

import fcntl
import hashlib
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Final

from tests.support import ROOT

FOLDER: Final = ROOT / ".cache" / "tests"

_PACKAGES: Final = ("Pipfile.lock", "pyproject.toml")

_KEPT_SECONDS: Final = 7 * 24 * 60 * 60


@cache
def results(name: str, *sources: str) -> Path:
    """The folder for results of one kind.

    Args:
        name: the kind.
        sources: files and folders of the repository whose code has an influence.
    """
    digest = hashlib.sha256(sys.version.encode())
    for file in sorted(file for source in (*_PACKAGES, *sources) for file in _files(ROOT / source)):
        digest.update(f"{file.relative_to(ROOT)} {digest_of(file)}\n".encode())
    return FOLDER / name / digest.hexdigest()[:16]


@cache
def digest_of(file: Path) -> str:
    """A digest of a file, which does not change during the tests."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _files(source: Path) -> Iterator[Path]:
    if source.is_file():
        yield source
    for path in source.rglob("*"):
        if path.is_file() and path.suffix != ".pyc":
            yield path


def stored(result: Path, create: Callable[[Path], object]) -> Path:
    """Create a result unless it exists.

    Args:
        result: a folder in a folder of results.
        create: creates the given folder. Only one process at a time does.
    """
    result.parent.mkdir(parents=True, exist_ok=True)
    with result.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not result.exists():
            unfinished = result.with_suffix(".new")
            shutil.rmtree(unfinished, ignore_errors=True)
            create(unfinished)
            unfinished.rename(result)
    used(result)
    return result


def used(result: Path) -> None:
    """Keep a result for another week."""
    os.utime(result)


def remove_unused() -> None:
    """Remove the results that no run of the tests has used for a week."""
    for result in FOLDER.glob("*/*/*"):
        if result.stat().st_mtime < time.time() - _KEPT_SECONDS:
            shutil.rmtree(result) if result.is_dir() else result.unlink()

"""Replaces the output of the previous synthesis as a whole.

A synthesis writes into a folder beside the stacks and then moves its files, the manifest last.
Terraform's own files in the stacks' folders stay. While files move, no manifest exists: a command
that would read stacks of two syntheses stops, and so does cdktf.
"""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from operations.terraform.synthesized import MANIFEST, UNFINISHED

_NEW: Final = ".new"

_LOCK: Final = ".lock"


@contextmanager
def replaced(outdir: Path) -> Iterator[Path]:
    """Replace the output by the files that are written within `with`.

    If that raises an exception, the previous output stays. Two syntheses run one after the other.

    Args:
        outdir: the folder of the output.

    Yields:
        An empty folder to write to.
    """
    outdir.mkdir(parents=True, exist_ok=True)
    new = outdir / _NEW
    with (outdir / _LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        # A synthesis that was killed leaves it.
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir()
        try:
            yield new
            _move(new, outdir)
        finally:
            shutil.rmtree(new, ignore_errors=True)


def _move(new: Path, outdir: Path) -> None:
    files = [path.relative_to(new) for path in new.rglob("*") if path.is_file()]
    for file in files:
        # All folders first: with a full disk this fails, and nothing has moved yet.
        (outdir / file).parent.mkdir(parents=True, exist_ok=True)
    manifest = outdir / MANIFEST
    if manifest.exists():
        manifest.replace(outdir / UNFINISHED)
    for file in sorted(files, key=lambda file: file == Path(MANIFEST)):
        (new / file).replace(outdir / file)
    (outdir / UNFINISHED).unlink(missing_ok=True)

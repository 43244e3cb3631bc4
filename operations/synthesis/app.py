"""The app that cdktf runs, through main.py: settings in, Terraform JSON out."""

import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from operations.synthesis.inputs import inputs
from operations.synthesis.output import replaced
from operations.terraform.checksums import LOCK_FILE, MissingChecksumsError, copy_checksums
from operations.terraform.moved_states import moved_states
from operations.terraform.orphaned_states import orphaned_states
from operations.terraform.process import TerraformError
from settings.environment import Settings
from settings.errors import InvalidSettingsError


class _StoppedError(Exception):
    """The file system stopped the synthesis; the text says why."""


def main() -> int:
    """Synthesize every environment, and print what to do about states."""
    outdir = Path(os.environ.get("CDKTF_OUTDIR", "cdktf.out"))
    try:
        environments = inputs()
        with _readable_errors():
            _write(environments, outdir)
    except (
        InvalidSettingsError,
        TerraformError,
        MissingChecksumsError,
        _StoppedError,
    ) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    for line in [*moved_states(outdir), *orphaned_states(outdir)]:
        sys.stderr.write(f"{line}\n")
    return 0


def _write(environments: Sequence[Settings], outdir: Path) -> None:
    from stacks.app import synthesize  # noqa: PLC0415 - loads cdktf, which errors need not wait for

    with replaced(outdir) as new:
        synthesize(environments, outdir=new)
        copy_checksums(Path(LOCK_FILE), new)


@contextmanager
def _readable_errors() -> Iterator[None]:
    """Turn an error of the file system, in Python or in Node, into one sentence."""
    try:
        yield
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        raise _StoppedError(_stopped(f"{place}{error.strerror}")) from error
    except RuntimeError as error:
        # jsii's exception for one of Node, whose message starts with the name of the error number.
        match = re.match(r"(?:Error: )?E[A-Z]+: (.*)", str(error))
        if match is None:
            raise
        raise _StoppedError(_stopped(match[1])) from error


def _stopped(reason: str) -> str:
    return f"the synthesis stopped: {reason}. Correct that, and run `make synth` again"

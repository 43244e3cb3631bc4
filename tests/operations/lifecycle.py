"""Runs `python -m operations.lifecycle` in a folder with settings and a cdktf that does nothing."""

import os
import pty
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from tests.support import DEV, ROOT

UNPROTECTED: Final = DEV.replace("deletion_protection = true", "deletion_protection = false")

STATUS: Final = 7
"""The exit status of that cdktf."""


def write(folder: Path, environment: str, settings: str) -> None:
    """Write the settings of an environment."""
    path = folder / "environments" / f"{environment}.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(settings, encoding="utf-8")


class Ran:
    """The exit status and output of a command, and the arguments of cdktf."""

    def __init__(self, folder: Path, status: int, output: str) -> None:
        """Read the recorded arguments."""
        called = folder / "called"
        # None if cdktf was not called.
        self.cdktf = called.read_text(encoding="utf-8").splitlines() if called.exists() else None
        self.status = status
        self.output = output


def run(
    folder: Path,
    *arguments: str,
    answer: str | None = None,
    python: Sequence[str] = (sys.executable,),
    variables: Mapping[str, str] | None = None,
) -> Ran:
    """Run a command as make does, with a terminal if there is an answer."""
    terminal, stdin = pty.openpty()
    if answer is not None:
        os.write(terminal, f"{answer}\n".encode())
    path = {"PATH": f"{folder / 'bin'}{os.pathsep}/usr/bin{os.pathsep}/bin"}
    done = subprocess.run(  # noqa: S603 - our own command, no shell
        [*python, "-m", "operations.lifecycle", *arguments],
        cwd=folder,
        env={
            **os.environ,
            **path,
            "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'constructs'}",
            **(variables or {}),
        },
        stdin=subprocess.DEVNULL if answer is None else stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
        check=False,
    )
    os.close(terminal)
    os.close(stdin)
    return Ran(folder, done.returncode, done.stdout)

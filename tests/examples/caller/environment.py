"""A virtual environment with exactly the packages in the caller's requirements.txt."""

import fcntl
import hashlib
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from tests.support import ROOT

CALLER: Final = ROOT / "examples" / "caller"

_TIMEOUT_SECONDS: Final = 300


def environment() -> Path:
    """The folder of the environment, created once per requirements.txt and version of Python."""
    requirements = CALLER / "requirements.txt"
    digest = hashlib.sha256(requirements.read_bytes() + sys.version.encode()).hexdigest()[:16]
    folder = ROOT / ".cache" / "caller" / digest
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Tests run in parallel: one of them creates the environment, the others wait.
    with (folder.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        ready = folder / ".ready"
        if not ready.exists():
            shutil.rmtree(folder, ignore_errors=True)
            _run(sys.executable, "-m", "venv", folder)
            # With --no-deps, `pip check` fails if a dependency is not pinned in requirements.txt.
            _run(folder / "bin" / "pip", "install", "--quiet", "--no-deps", "-r", requirements)
            _run(folder / "bin" / "pip", "check")
            ready.touch()
    return folder


def _run(*command: str | Path) -> None:
    done = subprocess.run(  # noqa: S603 - our own command, no shell
        command, capture_output=True, text=True, timeout=_TIMEOUT_SECONDS, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr

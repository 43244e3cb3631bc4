"""Runs the cdktf command as a child process, which never outlives its caller."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from typing import Final

from operations.interrupts import Interrupted, recorded

_SHUTDOWN_SECONDS: Final = 5

_LOOK_SECONDS: Final = 0.05


def cdktf(*arguments: str) -> int:
    """Run cdktf, and return its exit status.

    Any signal reaches cdktf as Ctrl-C, on which Terraform finishes what it is doing and writes its
    state. On SIGHUP, cdktf would end at once, and Terraform with it: its lock would stay.

    Args:
        arguments: what follows `cdktf`.

    Raises:
        Interrupted: a signal ended it.
    """
    if not sys.stdout.isatty():
        os.environ["CI"] = "true"  # cdktf then prints lines instead of a progress display
    at_terminal = sys.stdin.isatty()
    # At a terminal cdktf asks, and only the foreground group may read the answer. Elsewhere, a
    # group of its own also holds what cdktf leaves behind.
    with recorded() as signals:
        child = subprocess.Popen(["cdktf", *arguments], process_group=None if at_terminal else 0)  # noqa: S603, S607 - the Makefile's cdktf, no shell
        while child.poll() is None and not signals:
            time.sleep(_LOOK_SECONDS)
        if not signals:
            return child.returncode
        if not at_terminal:
            _end_group(child)
        elif signals[0] != signal.SIGINT:
            # Ctrl-C reached it already: on a second one, Terraform would not write its state.
            child.send_signal(signal.SIGINT)
        child.wait()
    raise Interrupted(signals[0])


def _end_group(child: subprocess.Popen[bytes]) -> None:
    """Interrupt cdktf and its child processes, and end those that outlive it."""
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGINT)
        child.wait()
        os.killpg(child.pid, signal.SIGTERM)
        deadline = time.monotonic() + _SHUTDOWN_SECONDS
        while time.monotonic() < deadline:
            os.killpg(child.pid, 0)
            time.sleep(_LOOK_SECONDS)
        os.killpg(child.pid, signal.SIGKILL)

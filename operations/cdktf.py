"""Runs the cdktf command as a child process; what it starts never outlives the caller."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from tempfile import TemporaryDirectory
from typing import Final

import psutil

from operations.interrupts import Interrupted, recorded

_SHUTDOWN_SECONDS: Final = 5

_LOOK_SECONDS: Final = 0.1

_NOT_FOUND: Final = 127
"""As in shells (https://www.gnu.org/software/bash/manual/html_node/Exit-Status.html)."""


def cdktf(*arguments: str) -> int:
    """Run cdktf, and return its exit status; 127 if it is not installed.

    Any signal is passed on as Ctrl-C, on which Terraform finishes what it is doing, writes its
    state, and removes its lock.

    Args:
        arguments: what follows `cdktf`.

    Raises:
        Interrupted: a signal ended it.
    """
    if not shutil.which("cdktf"):
        sys.stderr.write("cdktf is not on the PATH: run this command with make\n")
        return _NOT_FOUND
    # By their numbers: Python has no object for a stream that is closed.
    if not os.isatty(1):
        os.environ["CI"] = "true"  # cdktf then prints lines instead of a progress display
    at_terminal = os.isatty(0)
    with (
        # First, so that a signal does not interrupt the deletion of the folder.
        recorded() as signals,
        # What is interrupted leaves its temporary files, such as those of jsii.
        TemporaryDirectory(prefix="cdktf-") as temporary,
    ):
        child = subprocess.Popen(  # noqa: S603 - no shell
            ["cdktf", *arguments],  # noqa: S607 - the Makefile's
            env={**os.environ, "TMPDIR": temporary},
            # At a terminal cdktf asks, and only the foreground group may read the answer.
            # Elsewhere, a signal for the caller's group must not reach cdktf before Terraform.
            process_group=None if at_terminal else 0,
        )
        while child.poll() is None and not signals:
            time.sleep(_LOOK_SECONDS)
        if signals:
            _end(child, again=not (at_terminal and signals[0] == signal.SIGINT))
    if signals:
        raise Interrupted(signals[0])
    return child.wait()


def _end(child: subprocess.Popen[bytes], *, again: bool) -> None:
    """Interrupt Terraform, then cdktf, and end what outlives them.

    Args:
        child: the cdktf command.
        again: whether they need a signal: Ctrl-C at a terminal has reached all of them, and on a
            second one Terraform does not write its state.
    """
    if again:
        _interrupt_terraform(child)
    others = _descendants(child)
    if again:
        child.send_signal(signal.SIGINT)
        child.send_signal(signal.SIGCONT)
    child.wait()
    others += _group(child)
    for end in (psutil.Process.terminate, psutil.Process.kill):
        for process in others:
            with suppress(psutil.NoSuchProcess):
                end(process)
        _, others = psutil.wait_procs(others, timeout=_SHUTDOWN_SECONDS)


def _interrupt_terraform(child: subprocess.Popen[bytes]) -> None:
    """Interrupt Terraform and wait for its end, because cdktf does not wait.

    cdktf may start it for another stack meanwhile. In the end cdktf is stopped, and Terraform does
    not run.
    """
    interrupted: set[psutil.Process] = set()
    while child.poll() is None:
        running = _running_terraform(child)
        if not running:
            child.send_signal(signal.SIGSTOP)
            running = _running_terraform(child)
            if not running:
                return
            child.send_signal(signal.SIGCONT)
        for process in set(running) - interrupted:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGINT)
        interrupted |= set(running)
        psutil.wait_procs(running, timeout=_LOOK_SECONDS)


def _running_terraform(child: subprocess.Popen[bytes]) -> Sequence[psutil.Process]:
    """The commands that cdktf runs at a pseudo-terminal: all that plan or change something."""
    running = []
    for process in _descendants(child):
        with suppress(ProcessLookupError, psutil.NoSuchProcess):
            leads = os.getpgid(process.pid) == process.pid
            if leads and process.status() != psutil.STATUS_ZOMBIE:
                running.append(process)
    return running


def _descendants(child: subprocess.Popen[bytes]) -> list[psutil.Process]:
    try:
        return psutil.Process(child.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def _group(child: subprocess.Popen[bytes]) -> list[psutil.Process]:
    """What is left of cdktf's group, such as an app that cdktf started at the last moment."""
    left = []
    for process in psutil.process_iter():
        with suppress(ProcessLookupError, PermissionError):
            if os.getpgid(process.pid) == child.pid:
                left.append(process)
    return left

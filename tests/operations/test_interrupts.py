"""Ctrl-C, SIGTERM, and SIGHUP end a command in the same way, with its `finally` blocks run."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from operations import interrupts
from tests.support import ROOT

SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]

WAITS = """
import sys, time
def main():
    try:
        print("ready", flush=True)
        time.sleep(30)
    finally:
        print("cleaned up", flush=True)
"""

WAITS_WITHOUT_MAIN = """
import time
print("ready", flush=True)
time.sleep(30)
"""

WAITS_FOR_A_PROCESS = """
import asyncio, sys
from pathlib import Path
from operations import interrupts
from operations.terraform.process import terraform
async def work():
    print("ready", flush=True)
    try:
        await terraform(folder=Path(), variables={})
    finally:
        await asyncio.sleep(0.3)
        print("cleaned up", flush=True)
def main():
    interrupts.run(work())
"""


def start(folder: Path, module: str, *, ignored: int = 0) -> "subprocess.Popen[str]":
    """Start a command whose module is `module`, and wait until it prints a line."""
    (folder / "command.py").write_text(module, encoding="utf-8")
    program = "import sys; from operations.interrupts import interruptible; "
    if ignored:
        program = f"import signal; signal.signal({ignored}, signal.SIG_IGN); {program}"
    process = subprocess.Popen(  # noqa: S603 - our own Python, no shell
        [sys.executable, "-c", f"{program} sys.exit(interruptible('command', 'nothing is lost'))"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TERRAFORM_BINARY_NAME": str(folder / "slow")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    assert process.stdout.readline() == "ready\n"
    return process


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_ends_a_command_with_one_sentence_and_its_own_exit_status(
    tmp_path: Path, number: signal.Signals
) -> None:
    process = start(tmp_path, WAITS)
    process.send_signal(number)
    stdout, stderr = process.communicate(timeout=20)
    assert process.returncode == 128 + number
    assert stdout == "cleaned up\n"
    assert stderr == f"interrupted ({number.name}): nothing is lost\n"


def test_a_signal_during_the_imports_is_reported_too(tmp_path: Path) -> None:
    process = start(tmp_path, WAITS_WITHOUT_MAIN)
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=20)
    assert stderr == "interrupted (SIGINT): nothing is lost\n"


def test_a_signal_cancels_a_coroutine_whose_process_ends_and_a_second_one_cuts_no_cleanup_short(
    tmp_path: Path,
) -> None:
    slow = tmp_path / "slow"
    slow.write_text("#!/bin/sh\necho $$ > started; exec sleep 30\n", encoding="utf-8")
    slow.chmod(0o755)
    process = start(tmp_path, WAITS_FOR_A_PROCESS)
    pid = read_eventually(tmp_path / "started")
    process.send_signal(signal.SIGHUP)
    time.sleep(0.1)
    process.send_signal(signal.SIGTERM)
    stdout, stderr = process.communicate(timeout=20)
    assert stdout == "cleaned up\n"
    assert stderr == "interrupted (SIGHUP): nothing is lost\n"
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid), 0)


AT_THE_END = """
import os, signal
def main():
    print("ready", flush=True)
    def getsignal(number, getsignal=signal.getsignal):
        signal.getsignal = getsignal
        os.kill(os.getpid(), signal.SIGTERM)
        return getsignal(number)
    signal.getsignal = getsignal
    return 0
"""


def test_a_signal_after_the_last_statement_of_a_command_is_reported_too(tmp_path: Path) -> None:
    process = start(tmp_path, AT_THE_END)
    _, stderr = process.communicate(timeout=20)
    assert process.returncode == 128 + signal.SIGTERM
    assert stderr == "interrupted (SIGTERM): nothing is lost\n"


def test_an_ignored_signal_stays_ignored_as_nohup_requires(tmp_path: Path) -> None:
    process = start(tmp_path, WAITS, ignored=signal.SIGHUP)
    process.send_signal(signal.SIGHUP)
    time.sleep(0.1)
    process.send_signal(signal.SIGTERM)
    _, stderr = process.communicate(timeout=20)
    assert stderr == "interrupted (SIGTERM): nothing is lost\n"


def test_without_a_signal_a_coroutine_returns_and_the_handlers_are_as_before() -> None:
    async def answer() -> int:
        return 7

    before = [signal.getsignal(number) for number in SIGNALS]
    assert interrupts.run(answer()) == 7
    assert [signal.getsignal(number) for number in SIGNALS] == before


def test_a_coroutine_that_cancels_itself_is_not_interrupted() -> None:
    async def cancel() -> None:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        interrupts.run(cancel())


def read_eventually(path: Path) -> str:
    deadline = time.monotonic() + 20
    while not (path.exists() and (text := path.read_text(encoding="utf-8"))):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return text

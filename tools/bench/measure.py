"""Wall time and memory of whole processes."""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

_PAUSE_SECONDS = 0.01


@dataclass(frozen=True)
class Program:
    """What is run, where, and with what added to the environment."""

    command: Sequence[str]
    cwd: Path
    variables: Mapping[str, str]


@dataclass(frozen=True)
class Measure:
    """Medians of some runs.

    Attributes:
        seconds: wall time, from start to exit.
        mebibytes: peak of the resident memory of the process and all below it, summed.
    """

    seconds: float
    mebibytes: float


def measure(
    name: str, program: Program, *, before: Callable[[], None] = lambda: None, runs: int = 5
) -> Measure:
    """Run a program some times, and once before that to warm up.

    Args:
        name: for the progress that is shown.
        program: what to run.
        before: called before each run, outside of the time.
        runs: how many runs the medians are of.

    Raises:
        subprocess.CalledProcessError: it failed.
    """
    seconds, mebibytes = [], []
    for run in range(runs + 1):
        sys.stderr.write(f"\r\033[K{name}: run {run} of {runs}")
        before()
        one = _once(program)
        if run > 0:
            seconds.append(one.seconds)
            mebibytes.append(one.mebibytes)
    sys.stderr.write("\r\033[K")
    return Measure(statistics.median(seconds), statistics.median(mebibytes))


def _once(program: Program) -> Measure:
    begin = time.perf_counter()
    with subprocess.Popen(  # noqa: S603 - our own commands, no shell
        program.command,
        cwd=program.cwd,
        env={**os.environ, **program.variables},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        peak = 0
        while process.poll() is None:
            peak = max(peak, _resident(process.pid))
            time.sleep(_PAUSE_SECONDS)
        seconds = time.perf_counter() - begin
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, program.command)
    return Measure(seconds, peak / 2**20)


def _resident(pid: int) -> int:
    total = 0
    try:
        root = psutil.Process(pid)
        for process in [root, *root.children(recursive=True)]:
            total += process.memory_info().rss
    except psutil.NoSuchProcess:
        pass
    return total

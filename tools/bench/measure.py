"""Wall time, CPU time and memory of whole processes."""

import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple, dataclass, field
from pathlib import Path

import psutil

_PAUSE_SECONDS = 0.01
_RUNS = 5


@dataclass(frozen=True)
class Program:
    """A command, where it runs, and its environment.

    Attributes:
        command: the command.
        cwd: where it runs.
        variables: added to the environment.
        before: called before each run, outside of the time.
    """

    command: Sequence[str]
    cwd: Path
    variables: Mapping[str, str] = field(default_factory=dict)
    before: Callable[[], None] = lambda: None


@dataclass(frozen=True)
class Measure:
    """Of one run, or medians of some.

    Attributes:
        seconds: wall time, from start to exit.
        cpu_seconds: CPU time of the process and all that it waited for.
        mebibytes: peak of the resident memory of the process and all below it, summed.
    """

    seconds: float
    cpu_seconds: float
    mebibytes: float


def measure(programs: Mapping[str, Program]) -> dict[str, Measure]:
    """Median of five runs of each program, after one to warm up.

    The programs run in turn, so that whatever else the machine does meets all of them.

    Raises:
        subprocess.CalledProcessError: one of them failed.
    """
    runs: dict[str, list[Measure]] = {name: [] for name in programs}
    for run in range(_RUNS + 1):
        for name, program in programs.items():
            sys.stderr.write(f"\r\033[K{name}: run {run} of {_RUNS}")
            program.before()
            one = _once(program)
            if run > 0:
                runs[name].append(one)
    sys.stderr.write("\r\033[K")
    return {name: _median(measures) for name, measures in runs.items()}


def _median(measures: Sequence[Measure]) -> Measure:
    return Measure(*map(statistics.median, zip(*map(astuple, measures), strict=True)))


def _once(program: Program) -> Measure:
    cpu_before = _cpu_seconds()
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
    return Measure(seconds, _cpu_seconds() - cpu_before, peak / 2**20)


def _cpu_seconds() -> float:
    """CPU time of all children that have ended so far."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _resident(pid: int) -> int:
    total = 0
    try:
        root = psutil.Process(pid)
        for process in [root, *root.children(recursive=True)]:
            total += process.memory_info().rss
    except psutil.NoSuchProcess:
        pass
    return total

"""Wall time, CPU time and memory of whole processes."""

import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

_PAUSE_SECONDS = 0.01
_RUNS = 5
_MEMORY_RUN = 1  # after the warm-up run


@dataclass(frozen=True)
class Program:
    """A command, its working directory and its environment.

    Attributes:
        command: the command.
        cwd: the working directory.
        variables: variables added to the environment.
        before: a function called before each run, not included in the time.
    """

    command: Sequence[str]
    cwd: Path
    variables: Mapping[str, str] = field(default_factory=dict)
    before: Callable[[], None] = lambda: None


@dataclass(frozen=True)
class Measure:
    """Time and memory of a program.

    Attributes:
        seconds: wall time, from start to exit.
        cpu_seconds: CPU time of the process and of the child processes that it waited for.
        mebibytes: peak of the resident memory of the process and all its descendants, summed.
    """

    seconds: float
    cpu_seconds: float
    mebibytes: float


def measure(programs: Mapping[str, Program]) -> dict[str, Measure]:
    """Medians of five runs of each program, after a warm-up run.

    The programs alternate, so that other load on the machine affects all of them. Memory is
    measured in a separate run, because measuring it takes CPU time.

    Raises:
        subprocess.CalledProcessError: a program failed.
    """
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in programs}
    peaks: dict[str, float] = {}
    for run in range(_RUNS + 2):
        for name, program in programs.items():
            sys.stderr.write(f"\r\033[K{name}: run {run + 1} of {_RUNS + 2}")
            program.before()
            if run == _MEMORY_RUN:
                peaks[name] = _peak_mebibytes(program)
            else:
                times[name].append(_seconds(program))
    sys.stderr.write("\r\033[K")
    measures = {}
    for name, (_warm_up, *timed) in times.items():
        seconds, cpu_seconds = map(statistics.median, zip(*timed, strict=True))
        measures[name] = Measure(seconds, cpu_seconds, peaks[name])
    return measures


def _start(program: Program) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - fixed commands, no shell
        program.command,
        cwd=program.cwd,
        env={**os.environ, **program.variables},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _seconds(program: Program) -> tuple[float, float]:
    """Wall and CPU time of one run."""
    cpu_before, begin = _cpu_seconds(), time.perf_counter()
    with _start(program) as process:
        process.wait()
        seconds = time.perf_counter() - begin
    _check(process)
    return seconds, _cpu_seconds() - cpu_before


def _peak_mebibytes(program: Program) -> float:
    peak = 0
    with _start(program) as process:
        while process.poll() is None:
            peak = max(peak, _resident(process.pid))
            time.sleep(_PAUSE_SECONDS)
    _check(process)
    return peak / 2**20


def _check(process: subprocess.Popen[bytes]) -> None:
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, process.args)


def _cpu_seconds() -> float:
    """CPU time of all child processes that have ended so far."""
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

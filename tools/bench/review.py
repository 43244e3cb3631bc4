"""Compares the time of a review with the plan of one stack, using the fake providers."""

import os
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.fake_cloud.rehearsal import Rehearsal, Tools
from tests.line import STACKS, Line
from tests.support import ROOT
from tools.bench.measure import Program, measure

_RUNS = 5


def review_times(synthesized: Path, scratch: Path) -> tuple[float, float]:
    """Median seconds of a review of all stacks, and of init and plan of the slowest stack.

    Args:
        synthesized: an output folder with the environment `dev`.
        scratch: an empty folder.
    """
    with Tools(scratch) as tools:
        rehearsal = Rehearsal(scratch / "rehearsal", tools)
        rehearsal.take(Line(synthesized))
        rehearsal.deploy()
        environment = {**os.environ, **rehearsal.environment(), "PYTHONPATH": str(ROOT)}
        review = [sys.executable, "-m", "operations.review"]
        program = Program(review, rehearsal.folder, environment)
        whole = measure({"review": program})["review"]
        single = max(_median(partial(_init_and_plan, rehearsal, part)) for part in STACKS)
    return whole.seconds, single


def _init_and_plan(rehearsal: Rehearsal, part: str) -> None:
    rehearsal.succeed(part, "init")
    rehearsal.succeed(part, "plan", "-lock=false", "-out=bench.tfplan")


def _median(action: Callable[[], None]) -> float:
    seconds = []
    for _ in range(_RUNS):
        begin = time.perf_counter()
        action()
        seconds.append(time.perf_counter() - begin)
    return statistics.median(seconds)

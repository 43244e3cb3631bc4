"""Compares the time of a review with the plan of one stack, using the fake providers."""

import os
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.fake_cloud.cloud import FakeCloud, finished
from tests.fake_cloud.tools import Tools
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
        cloud = FakeCloud(scratch / "cloud", tools)
        cloud.take(Line(synthesized))
        cloud.deploy()
        environment = {**os.environ, **cloud.environment(), "PYTHONPATH": str(ROOT)}
        review = [sys.executable, "-m", "operations.review"]
        program = Program(review, cloud.folder, environment)
        whole = measure({"review": program})["review"]
        single = max(_median(partial(_init_and_plan, cloud, part)) for part in STACKS)
    return whole.seconds, single


def _init_and_plan(cloud: FakeCloud, part: str) -> None:
    """As users run it: Terraform starts the providers."""
    for arguments in (("init",), ("plan", "-lock=false", "-out=bench.tfplan")):
        with cloud.begun(part, *arguments) as process:
            finished(process).check_returncode()


def _median(action: Callable[[], None]) -> float:
    seconds = []
    for _ in range(_RUNS):
        begin = time.perf_counter()
        action()
        seconds.append(time.perf_counter() - begin)
    return statistics.median(seconds)

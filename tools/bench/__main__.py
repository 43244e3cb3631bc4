"""Measures time and memory of a synthesis and prints the tables of docs/performance.md."""

import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from functools import partial
from importlib.metadata import version
from pathlib import Path

import psutil

from tests.support import DEV, ROOT
from tools.bench.measure import Measure, Program, measure
from tools.bench.review import review_times

SYNTHESIS = [sys.executable, str(ROOT / "main.py")]
SERVICE = """
[[services]]
name = "api{0}"
selector = {{ app = "api{0}" }}
host = "api{0}"
ports = [{{ name = "http", port = 80, target_port = 8080 }}]
"""
COLUMNS = ("wall, s", "of the floor", "CPU, s", "of the floor", "memory, MiB", "of the floor")


def project(folder: Path, *, environments: int = 1, services: int = 1) -> Path:
    """Create a project with some environments, and some services in each."""
    (folder / "environments").mkdir(parents=True)
    more = "".join(SERVICE.format(number) for number in range(1, services))
    for number in range(environments):
        text = DEV.replace("my-project-id", f"my-project-id-{number}") + more
        (folder / "environments" / f"dev{number}.toml").write_text(text, encoding="utf-8")
    return folder


def resources(output: Path) -> dict[str, int]:
    """The number of resources and data sources per stack of an environment."""
    counts = {}
    for path in sorted((output / "stacks").glob("*/cdk.tf.json")):
        stack = json.loads(path.read_text(encoding="utf-8"))
        kinds = [*stack.get("resource", {}).values(), *stack.get("data", {}).values()]
        counts[path.parent.name.partition("-")[2]] = sum(map(len, kinds))
    return counts


def modes(scratch: Path) -> dict[str, Program]:
    """The floor, then each mode of synthesizing one environment."""
    folder = project(scratch / "one")
    subprocess.run(SYNTHESIS, cwd=folder, check=True)  # noqa: S603 - fixed command, no shell
    counts = json.dumps(resources(folder / "cdktf.out"))
    floor = [sys.executable, str(Path(__file__).parent / "floor.py"), counts]
    config = json.loads((ROOT / "cdktf.json").read_text(encoding="utf-8"))
    config["app"] = " ".join(SYNTHESIS)
    (folder / "cdktf.json").write_text(json.dumps(config), encoding="utf-8")
    programs: dict[str, Program] = {}
    for cold in (False, True):
        when = "cold" if cold else "warm"
        cache = scratch / f"jsii-{when}"
        programs |= {
            f"floor, {when}": program(folder, cache, floor, cold=cold, SLIM_BINDINGS="off"),
            f"slim, {when}": program(folder, cache, cold=cold),
            f"ordinary, {when}": program(folder, cache, cold=cold, SLIM_BINDINGS="off"),
        }
    by_command = program(folder, scratch / "jsii-warm", ["cdktf", "synth"])
    return programs | {"slim, warm, by `cdktf synth`": by_command}


def program(
    cwd: Path,
    cache: Path,
    command: list[str] = SYNTHESIS,
    *,
    cold: bool = False,
    **variables: str,
) -> Program:
    """A synthesis with its own jsii package cache, which `cold` empties before each run."""
    path = os.pathsep.join([str(ROOT), str(ROOT / "constructs")])
    added = {"CI": "true", "PYTHONPATH": path, "JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(cache)}
    empty = partial(shutil.rmtree, cache, ignore_errors=True)
    return Program(command, cwd, {**added, **variables}, before=empty if cold else lambda: None)


def sizes(scratch: Path) -> dict[str, Program]:
    """Slim syntheses of a growing number of environments and services."""
    return {
        f"environments: {environments}, services in each: {services}": program(
            project(
                scratch / f"{environments}x{services}",
                environments=environments,
                services=services,
            ),
            scratch / "jsii-warm",
        )
        for environments, services in [(1, 1), (3, 1), (10, 1), (1, 10), (1, 100)]
    }


def print_modes(measures: dict[str, Measure]) -> None:
    """Print a table with each mode's ratio to the floor, warm to warm and cold to cold."""
    sys.stdout.write(f"| mode | {' | '.join(COLUMNS)} |\n| --- |{' ---: |' * len(COLUMNS)}\n")
    for name, mode in measures.items():
        floor = measures["floor, cold" if "cold" in name else "floor, warm"]
        sys.stdout.write(
            f"| {name} | {mode.seconds:.2f} | {mode.seconds / floor.seconds:.2f} "
            f"| {mode.cpu_seconds:.2f} | {mode.cpu_seconds / floor.cpu_seconds:.2f} "
            f"| {mode.mebibytes:.0f} | {mode.mebibytes / floor.mebibytes:.2f} |\n"
        )


def _dev(scratch: Path) -> Path:
    """Synthesize the environment `dev`, and return the output folder."""
    folder = scratch / "dev"
    (folder / "environments").mkdir(parents=True)
    (folder / "environments" / "dev.toml").write_text(DEV, encoding="utf-8")
    subprocess.run(SYNTHESIS, cwd=folder, check=True)  # noqa: S603 - fixed command, no shell
    return folder / "cdktf.out"


def main() -> None:
    """Print the machine, the modes, and how the slim mode scales."""
    memory = psutil.virtual_memory().total / 2**30
    out = sys.stdout
    out.write(
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GiB; "
        f"Python {platform.python_version()}, jsii {version('jsii')}, "
        f"cdktf {version('cdktf')}. Medians of 5 alternating runs after a warm-up run.\n\n"
    )
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        print_modes(measure(modes(scratch)))
        out.write("\n| slim, warm, with | wall, s | memory, MiB |\n| --- | ---: | ---: |\n")
        for size, cost in measure(sizes(scratch)).items():
            out.write(f"| {size} | {cost.seconds:.2f} | {cost.mebibytes:.0f} |\n")
        review, single = review_times(_dev(scratch), scratch / "review")
        out.write("\n| on a deployed environment | wall, s | of the slowest stack |\n")
        out.write("| --- | ---: | ---: |\n")
        out.write(f"| init and plan of the slowest stack alone | {single:.2f} | 1.00 |\n")
        out.write(f"| review of five stacks | {review:.2f} | {review / single:.2f} |\n")


main()

"""Measures what a synthesis costs, and prints it as the tables of docs/performance.md."""

import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from importlib.metadata import version
from pathlib import Path

import psutil

from tests.support import DEV, ROOT
from tools.bench.measure import Measure, Program, measure
from tools.bench.review import review_times

CACHE = ROOT / ".cache" / "slim-bindings"
SYNTHESIS = [sys.executable, str(ROOT / "main.py")]
SERVICE = """
[[services]]
name = "api{0}"
selector = {{ app = "api{0}" }}
host = "api{0}"
ports = [{{ name = "http", port = 80, target_port = 8080 }}]
"""


def project(folder: Path, *, environments: int = 1, services: int = 1) -> Path:
    """A project with so many environments, and so many services in each."""
    (folder / "environments").mkdir(parents=True)
    more = "".join(SERVICE.format(number) for number in range(1, services))
    for number in range(environments):
        text = DEV.replace("my-project-id", f"my-project-id-{number}") + more
        (folder / "environments" / f"dev{number}.toml").write_text(text, encoding="utf-8")
    return folder


def resources(output: Path) -> dict[str, int]:
    """How many resources and data sources each stack of an environment holds."""
    counts = {}
    for path in sorted((output / "stacks").glob("*/cdk.tf.json")):
        stack = json.loads(path.read_text(encoding="utf-8"))
        kinds = [*stack.get("resource", {}).values(), *stack.get("data", {}).values()]
        counts[path.parent.name.partition("-")[2]] = sum(map(len, kinds))
    return counts


def ways(scratch: Path) -> Iterator[tuple[str, Measure]]:
    """The floor first, then each way to synthesize the article's environment."""
    one = project(scratch / "one")
    subprocess.run(SYNTHESIS, cwd=one, check=True)  # noqa: S603 - our own command, no shell
    floor = [sys.executable, str(Path(__file__).parent / "floor.py")]
    counts = json.dumps(resources(one / "cdktf.out"))
    yield "floor: an app with no provider", run("floor", one, [*floor, counts])
    yield "slim, warm", run("slim, warm", one)
    shutil.copy(ROOT / "cdktf.json", one)
    config = json.loads((one / "cdktf.json").read_text(encoding="utf-8"))
    (one / "cdktf.json").write_text(json.dumps({**config, "app": " ".join(SYNTHESIS)}))
    yield "slim, warm, by `cdktf synth`", run("cdktf synth", one, ["cdktf", "synth"])
    yield "slim, cold", run("slim, cold", one, empty=True)
    yield "ordinary", run("ordinary", one, SLIM_BINDINGS="off")


def run(
    name: str,
    cwd: Path,
    command: list[str] = SYNTHESIS,
    *,
    empty: bool = False,
    **variables: str,
) -> Measure:
    """Measure a synthesis; `empty` takes the slices away before each run."""
    path = os.pathsep.join([str(ROOT), str(ROOT / "constructs")])
    program = Program(command, cwd, {"CI": "true", "PYTHONPATH": path, **variables})
    empty_cache = partial(shutil.rmtree, CACHE, ignore_errors=True)
    return measure(name, program, before=empty_cache if empty else lambda: None)


def _dev(scratch: Path) -> Path:
    """The article's environment by its own name."""
    folder = scratch / "dev"
    (folder / "environments").mkdir(parents=True)
    (folder / "environments" / "dev.toml").write_text(DEV, encoding="utf-8")
    subprocess.run(SYNTHESIS, cwd=folder, check=True)  # noqa: S603 - our own command, no shell
    return folder / "cdktf.out"


def main() -> None:
    """Print the machine, the ways, and how the best one grows."""
    memory = psutil.virtual_memory().total / 2**30
    out = sys.stdout
    out.write(
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GiB; "
        f"Python {platform.python_version()}, jsii {version('jsii')}, "
        f"cdktf {version('cdktf')}. Median of 5 runs after one to warm up.\n\n"
    )
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        out.write("| way | wall, s | of the floor | memory, MiB | of the floor |\n")
        out.write("| --- | ---: | ---: | ---: | ---: |\n")
        floor = None
        for name, one in ways(scratch):
            floor = floor or one
            out.write(
                f"| {name} | {one.seconds:.2f} | {one.seconds / floor.seconds:.2f} "
                f"| {one.mebibytes:.0f} | {one.mebibytes / floor.mebibytes:.2f} |\n"
            )
            out.flush()
        out.write("\n| slim, warm, with | wall, s | memory, MiB |\n| --- | ---: | ---: |\n")
        for environments, services in [(1, 1), (3, 1), (10, 1), (1, 10), (1, 100)]:
            size = f"environments: {environments}, services in each: {services}"
            where = project(
                scratch / f"{environments}x{services}",
                environments=environments,
                services=services,
            )
            one = run(size, where)
            out.write(f"| {size} | {one.seconds:.2f} | {one.mebibytes:.0f} |\n")
            out.flush()
        review, single = review_times(_dev(scratch), scratch / "review")
        out.write("\n| on a deployed line | wall, s | of the slowest stack |\n")
        out.write("| --- | ---: | ---: |\n")
        out.write(f"| init and plan of the slowest stack alone | {single:.2f} | 1.00 |\n")
        out.write(f"| review of five stacks | {review:.2f} | {review / single:.2f} |\n")


main()

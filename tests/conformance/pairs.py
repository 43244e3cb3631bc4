"""Every stack with the states that it is planned on, as the fake cloud makes them.

Each variation is deployed from nothing; then `tests/fixtures/dev.toml` goes through the changes of
tests/deploy/steps.py. After each deploy everything is planned once more.
"""

import copy
import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from tests.conformance.variations import VARIATIONS
from tests.deploy.steps import LIFE
from tests.fake_cloud.cloud import FakeCloud
from tests.fake_cloud.google.lookup import API
from tests.fake_cloud.google.world import opened
from tests.fake_cloud.provider.catalogue import Catalogue
from tests.fake_cloud.tools import Tools
from tests.line import STACKS, Table, changed
from tests.support import DEV_TABLE, Synthesize

AGAIN: Final = ", again"
"""Ends the name of a scenario in which nothing is left to do."""

_OF_ONE_RUN: Final = ("lineage", "serial", "terraform_version", "check_results")
"""What two runs that did the same write differently into a state."""

_READ: Final = re.compile(r"\bdata\.google_container_cluster\.cluster_applied_\w+?(?=\.)")
"""A reference to the data source for which the real provider would ask Google."""


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A stack's JSON and the states that it is planned on.

    Attributes:
        scenario: such as `NAT on`.
        part: the stack, such as `network`.
        stack: what Terraform reads; a data source for which a provider would ask Google is left
            out, and the resource itself is in its place.
        states: the stack's own state and those that it reads, by file name; a state that does not
            exist is left out.
    """

    scenario: str
    part: str
    stack: Table
    states: Mapping[str, Table]

    @cached_property
    def digest(self) -> str:
        """The same for the same stack and states, whatever run they are of."""
        text = json.dumps([self.part, self.stack, self.states], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


Walk = Callable[[FakeCloud, Synthesize], Iterator[Pair]]
"""Deploys in an empty fake cloud; a pair is applied when the next one is asked for."""


def walks() -> list[Walk]:
    """All scenarios; the first walk is the longest."""
    first, *others = (_first_day(name) for name in VARIATIONS)
    return [lambda *given: _chained(first(*given), _life(*given)), *others]


@contextmanager
def empty_cloud(folder: Path, tools: Tools) -> Iterator[FakeCloud]:
    """A fake cloud with nothing but enabled APIs in a new folder; its providers start once."""
    folder.mkdir(parents=True)
    apis = {kind.api for kind in Catalogue("google").resources.values() if kind.api}
    with opened(folder / "world.json") as world:
        for api in sorted(apis):
            world.put(API, f"{DEV_TABLE['project']}/{api}", {"service": api})
    with FakeCloud(folder, tools).served() as served:
        yield served


def _chained(*pairs: Iterator[Pair]) -> Iterator[Pair]:
    for some in pairs:
        yield from some


def _first_day(name: str) -> Walk:
    def walk(cloud: FakeCloud, synthesize: Synthesize) -> Iterator[Pair]:
        cloud.take(synthesize(changed(DEV_TABLE, VARIATIONS[name])))
        for part in STACKS:
            cloud.succeed(part, "init")
        yield from _Deployment(cloud).deploy(name)

    return walk


def _life(cloud: FakeCloud, synthesize: Synthesize) -> Iterator[Pair]:
    table, deployment = copy.deepcopy(DEV_TABLE), _Deployment(cloud)
    for step in LIFE:
        wanted = changed(table, step.settings)
        cloud.take(synthesize(wanted))
        yield from deployment.deploy(step.change, stops=step.stops)
        if step.again:
            yield from deployment.deploy(f"{step.change}: the next deploy")
        elif step.stops:
            cloud.take(synthesize(table))
            yield from deployment.deploy(f"{step.change}: taken back")
        if step.again or not step.stops:
            table = wanted


class _Deployment:
    """An environment that is deployed again and again."""

    def __init__(self, cloud: FakeCloud) -> None:
        self._cloud = cloud
        self._settled: set[str] = set()

    def deploy(self, scenario: str, *, stops: bool = False) -> Iterator[Pair]:
        """Hand out each stack before it is applied, and all of them afterwards."""
        for part in STACKS:
            pair = _pair(scenario, part, self._cloud)
            yield pair
            if pair.digest in self._settled:
                continue
            run = self._cloud.terraform(part, "apply", "-auto-approve")
            if run.returncode and stops:
                return
            assert run.returncode == 0, run.stdout + run.stderr
            if _pair(scenario, part, self._cloud).digest == pair.digest:
                self._settled.add(pair.digest)
        assert not stops, f"{scenario}: nothing stopped it"
        for part in STACKS:
            yield _pair(scenario + AGAIN, part, self._cloud)


def _pair(scenario: str, part: str, cloud: FakeCloud) -> Pair:
    file = cloud.folder / "cdktf.out" / "stacks" / f"dev-{part}" / "cdk.tf.json"
    stack = json.loads(_READ.sub("google_container_cluster.cluster", file.read_text("utf-8")))
    data = stack.get("data", {})
    data.pop("google_container_cluster", None)
    read = data.get("terraform_remote_state", {}).values()
    names = [f"dev-{part}.tfstate", *(Path(state["config"]["path"]).name for state in read)]
    files = {name: cloud.folder / "state" / name for name in names}
    states = {name: _state(file) for name, file in files.items() if file.exists()}
    return Pair(scenario=scenario, part=part, stack=stack, states=states)


def _state(file: Path) -> Table:
    state = json.loads(file.read_text(encoding="utf-8"))
    for resource in state["resources"]:
        if resource["type"] == "terraform_data":
            for instance in resource["instances"]:
                instance["attributes"]["id"] = "drawn-by-lot"
    return {key: value for key, value in state.items() if key not in _OF_ONE_RUN}

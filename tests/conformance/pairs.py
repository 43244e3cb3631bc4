"""Pairs of a stack and the states that it is planned on, produced by deploys to the fake cloud.

Each variation is deployed from nothing. Then the changes in tests/deploy/steps.py are deployed to
the environment of `tests/fixtures/dev.toml`. After each deploy, all stacks are planned again.
"""

import copy
import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from tests.conformance.variations import VARIATIONS
from tests.deploy.steps import LIFE
from tests.fake_cloud.cloud import FakeCloud
from tests.fake_cloud.existing import put_existing
from tests.fake_cloud.google.lookup import API, CLUSTER, CONNECTOR, NETWORK, SUBNET, ZONE
from tests.fake_cloud.google.world import opened
from tests.fake_cloud.provider.catalogue import Catalogue
from tests.fake_cloud.tools import Tools
from tests.line import STACKS, Table, changed
from tests.support import DEV_TABLE, Synthesize

AGAIN: Final = ", again"
"""The end of a scenario's name if its plans must be empty."""

_OF_ONE_RUN: Final = ("lineage", "serial", "terraform_version", "check_results")
"""Keys of a state that differ between two runs with the same result."""

_OWN_CLUSTER: Final = re.compile(r"\bdata\.google_container_cluster\.cluster_applied_\w+?(?=\.)")
"""A reference to the data source that reads the cluster that its stack creates."""

_READ: Final = re.compile(r"\bdata\.(google_\w+)\.(\w+)")
"""A reference to any other data source."""


@dataclass(frozen=True, kw_only=True)
class Pair:
    """The JSON of a stack, and the states that it is planned on.

    Attributes:
        scenario: the name of the scenario, such as `NAT on`.
        part: the stack, such as `network`.
        stack: the JSON, without data sources that a provider would read from Google: they are
            replaced with the resource that they read, or with the values that the fake provider
            reads.
        states: the state of the stack and the states that it reads, by file name. States that do
            not exist are left out.
    """

    scenario: str
    part: str
    stack: Table
    states: Mapping[str, Table]

    @cached_property
    def digest(self) -> str:
        """A digest of stack and states, equal in every run."""
        text = json.dumps([self.part, self.stack, self.states], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


_REQUESTS: Final = {NETWORK, SUBNET, CONNECTOR, CLUSTER, ZONE}
"""The data sources that a provider reads from Google. A token needs no request."""

Walk = Callable[[FakeCloud, Synthesize], Iterator[Pair]]
"""Deploys to an empty fake cloud. Each pair is applied when the next one is requested."""


def walks() -> list[Walk]:
    """The walks through all scenarios; the first one is the longest."""
    first, *others = (_first_day(name) for name in VARIATIONS)
    return [lambda *given: _chained(first(*given), _life(*given)), *others]


def empty_cloud(folder: Path, tools: Tools) -> FakeCloud:
    """A fake cloud in a new folder, with enabled APIs and no other resource."""
    folder.mkdir(parents=True)
    apis = {kind.api for kind in Catalogue("google").resources.values() if kind.api}
    with opened(folder / "world.json") as world:
        for api in sorted(apis):
            world.put(API, f"{DEV_TABLE['project']}/{api}", {"service": api})
    return FakeCloud(folder, tools)


def _chained(*pairs: Iterator[Pair]) -> Iterator[Pair]:
    for some in pairs:
        yield from some


def _first_day(name: str) -> Walk:
    def walk(cloud: FakeCloud, synthesize: Synthesize) -> Iterator[Pair]:
        cloud.take(synthesize(changed(DEV_TABLE, VARIATIONS[name])))
        if "network" in VARIATIONS[name]:
            with opened(cloud.folder / "world.json") as world:
                put_existing(world)
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
    """An environment that is deployed repeatedly."""

    def __init__(self, cloud: FakeCloud) -> None:
        self._cloud = cloud
        self._settled: set[str] = set()

    def deploy(self, scenario: str, *, stops: bool = False) -> Iterator[Pair]:
        """Yield each stack before it is applied, and all stacks again after the deploy."""
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
    stack = json.loads(
        _OWN_CLUSTER.sub("google_container_cluster.cluster", file.read_text("utf-8"))
    )
    data = stack.get("data", {})
    if CLUSTER in stack.get("resource", {}):
        data.pop(CLUSTER, None)
    if data.keys() & _REQUESTS:
        stack = _with_values(stack, _values_read(part, cloud))
    read = data.get("terraform_remote_state", {}).values()
    names = [f"dev-{part}.tfstate", *(Path(state["config"]["path"]).name for state in read)]
    files = {name: cloud.folder / "state" / name for name in names}
    states = {name: _state(file) for name, file in files.items() if file.exists()}
    return Pair(scenario=scenario, part=part, stack=stack, states=states)


def _values_read(part: str, cloud: FakeCloud) -> Table:
    """The values of data sources by type and name; a list for a data source with `count`."""
    cloud.succeed(part, "plan", "-out=read")
    shown = json.loads(cloud.succeed(part, "show", "-json", "read").stdout)
    values: Table = {}
    for read in shown["prior_state"]["values"]["root_module"]["resources"]:
        if read["mode"] == "data":
            key = f"{read['type']}.{read['name']}"
            if "index" in read:
                values.setdefault(key, []).append(read["values"])
            else:
                values[key] = read["values"]
    return values


def _with_values(stack: Table, values: Table) -> Table:
    """A stack that has the values of its data sources as locals."""
    local: Table = {}

    def name(reference: re.Match[str]) -> str:
        kind, read = reference.groups()
        if kind not in _REQUESTS:
            return reference[0]
        local[f"{kind}_{read}"] = values.get(f"{kind}.{read}", [])
        return f"local.{kind}_{read}"

    data = {kind: read for kind, read in stack.pop("data").items() if kind not in _REQUESTS}
    # Terraform rejects an empty `data`.
    left = {**stack, "data": data} if data else stack
    written = json.loads(_READ.sub(name, json.dumps(left)))
    return {**written, "locals": {**written.get("locals", {}), **local}}


def _state(file: Path) -> Table:
    state = json.loads(file.read_text(encoding="utf-8"))
    for resource in state["resources"]:
        if resource["type"] == "terraform_data":
            for instance in resource["instances"]:
                instance["attributes"]["id"] = "drawn-by-lot"
    return {key: value for key, value in state.items() if key not in _OF_ONE_RUN}

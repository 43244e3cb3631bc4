"""The life of a private line: ordinary changes in a row, each a deploy of all stacks.

`make changes` lives it and writes what each change did into docs/operations.md;
tests/deploy/test_life.py lives it too and compares.
"""

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from tests.deploy.steps import LIFE, Step
from tests.fake_cloud.cloud import Entry, FakeCloud
from tests.fake_cloud.provider.values import first
from tests.fake_cloud.tools import Tools
from tests.line import STACKS, Table, changed
from tests.support import DEV_TABLE, ROOT, Synthesize
from tests.synthesis import Synthesis

PAGE: Final = "docs/operations.md"


class Deed(NamedTuple):
    """What happened to a resource: `added`, `updated`, `replaced` or `removed`."""

    stack: str
    deed: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class Lived:
    """What a step did.

    Attributes:
        step: the step.
        settings: what holds afterwards.
        journal: what was made, changed and destroyed, in its order.
        deeds: what that means for each resource.
        outputs: the stacks whose named outputs are others.
        lost: the names, each with a protocol and a port, that answered before and do not now.
        left: the stacks whose plans were not empty afterwards.
    """

    step: Step
    settings: Table
    journal: Sequence[Entry]
    deeds: Sequence[Deed]
    outputs: Sequence[str]
    lost: Sequence[tuple[str, str, int]]
    left: Sequence[str]


def live(line: FakeCloud, synthesize: Synthesize) -> list[Lived]:
    """Deploy `tests/fixtures/dev.toml` from nothing, then live a life."""
    line.take(synthesize(DEV_TABLE))
    line.deploy()
    lived, table = [], DEV_TABLE
    for step in LIFE:
        wanted = changed(table, step.settings)
        if step.again or not step.stops:
            table = wanted
        lived.append(_take(step, wanted, table, line, synthesize))
    return lived


def _take(
    step: Step, wanted: Table, settled: Table, line: FakeCloud, synthesize: Synthesize
) -> Lived:
    done, before, printed = len(line.journal), _states(line), _outputs(line)
    answered = _answers(line)
    if step.stops:
        line.take(synthesize(wanted))
        applied = (line.terraform(part, "apply", "-auto-approve") for part in STACKS)
        assert any(run.returncode for run in applied), f"{step.change}: nothing stopped it"
    line.take(synthesize(settled))
    line.deploy()
    journal = line.journal[done:]
    return Lived(
        step=step,
        settings=settled,
        journal=journal,
        deeds=_deeds(journal, before, _states(line), _moved(line)),
        outputs=[part for part, outputs in _outputs(line).items() if outputs != printed[part]],
        lost=sorted(answered - _answers(line)),
        left=[
            part for part in STACKS if line.terraform(part, "plan", "-detailed-exitcode").returncode
        ],
    )


def _state(line: FakeCloud, part: str) -> Table:
    path = line.folder / "state" / f"dev-{part}.tfstate"
    state: Table = json.loads(path.read_text("utf-8"))
    return state


def _outputs(line: FakeCloud) -> dict[str, Table]:
    return {part: _state(line, part)["outputs"] for part in STACKS}


def _states(line: FakeCloud) -> dict[tuple[str, str], tuple[str, str]]:
    """The kind and id of every resource, by its stack and address."""
    found = {}
    for part in STACKS:
        for one in _state(line, part)["resources"]:
            for instance in one["instances"] if one["mode"] == "managed" else ():
                key = f'["{instance["index_key"]}"]' if "index_key" in instance else ""
                address = f"{one['type']}.{one['name']}{key}"
                found[part, address] = one["type"], instance["attributes"]["id"]
    return found


def _moved(line: FakeCloud) -> dict[str, str]:
    """The addresses after a rename, by those before it."""
    stack = line.folder / "cdktf.out" / "stacks" / "dev-service" / "cdk.tf.json"
    return {one["from"]: one["to"] for one in json.loads(stack.read_text("utf-8")).get("moved", [])}


def _answers(line: FakeCloud) -> set[tuple[str, str, int]]:
    """What a caller can ask: each name with the ports of the load balancer that it leads to."""
    world = line.world
    return {
        (record["name"], port["protocol"], port["port"])
        for record in world.all("google_dns_record_set")
        for service in world.all("kubernetes_service_v1")
        if first(service, "status.load_balancer.ingress.ip") in record["rrdatas"]
        for port in first(service, "spec")["port"]
    }


def _deeds(
    journal: Sequence[Entry],
    before: Mapping[tuple[str, str], tuple[str, str]],
    after: Mapping[tuple[str, str], tuple[str, str]],
    moved: Mapping[str, str],
) -> list[Deed]:
    """What happened, by stack and address: an id alone does not tell a replacement."""
    # The key of what is in a cluster begins with the cluster.
    happened = {(one.action, one.kind, one.key.rpartition(" ")[2]) for one in journal}
    was = {
        (part, moved.get(address, address)): resource
        for (part, address), resource in before.items()
    }
    deeds = set()
    for part, address in was.keys() | after.keys():
        old, new = was.get((part, address)), after.get((part, address))
        gone = old is not None and ("delete", *old) in happened
        made = new is not None and ("create", *new) in happened
        deed = {(True, True): "replaced", (True, False): "removed", (False, True): "added"}.get(
            (gone, made), "updated" if new and ("update", *new) in happened else ""
        )
        if deed:
            deeds.add(Deed(part, deed, address.partition(".")[0]))
    return sorted(deeds)


_TYPES: Final = {
    "google_compute_address": "address",
    "google_compute_firewall": "firewall rules",
    "google_compute_router": "router",
    "google_compute_router_nat": "NAT",
    "google_compute_subnetwork": "subnet",
    "google_container_cluster": "cluster",
    "google_container_node_pool": "node pool",
    "google_dns_managed_zone": "zone",
    "google_dns_record_set": "record",
    "google_vpc_access_connector": "connector",
    "kubernetes_namespace_v1": "namespace",
    "google_project_service": "API",
    "kubernetes_service_v1": "Service",
}
"""What the table calls each resource type."""

_OUTAGES: Final[Sequence[tuple[set[str], str]]] = (
    (
        {"connector replaced"},
        "every API, until the new connector is there and the app is deployed again",
    ),
    ({"namespace removed"}, "everything in the namespace, for good"),
    ({"zone replaced"}, "every API: callers must use the new names"),
    ({"Service replaced", "record updated"}, "this API, until its record follows, and 300 s more"),
    ({"Service replaced"}, "this API, until its new load balancer is there"),
    ({"Service removed", "record removed"}, "this API, for good"),
    ({"Service removed", "record updated"}, "this API, until its record follows, and 300 s more"),
    ({"Service removed"}, "this API, until the second deploy"),
    ({"record removed"}, "callers of the old name"),
    ({"record updated"}, "no; callers keep the old address for 300 s"),
    ({"firewall rules removed"}, "the app's calls there"),
)
"""What is out when all of some resources happen; the first that fits."""


def row(lived: Lived) -> str:
    """A step as a row of the table: the change, what happens in each stack, and what is out."""
    if lived.step.stops and not lived.step.again:
        return _cells(lived.step.change, "rejected", "nothing", "no")
    deeds = [(deed.stack, deed.deed, _TYPES[deed.kind]) for deed in lived.deeds]
    happens = [
        f"{deed} {', '.join(dict.fromkeys(kind for _, d, kind in deeds if d == deed))}"
        for deed in dict.fromkeys(deed for _, deed, _ in deeds)
    ]
    happened = {f"{kind} {deed}" for _, deed, kind in deeds}
    out = [text for all_of, text in _OUTAGES if all_of <= happened]
    out += ["callers of the old port"] if lived.lost else []
    return _cells(
        lived.step.change,
        ", ".join(_changed(lived)) or "none",
        ("stops half-way, the next deploy finishes it: " if lived.step.again else "")
        + ("; ".join(happens) or "nothing"),
        out[0] if out else "no",
    )


def _changed(lived: Lived) -> Iterator[str]:
    for part in STACKS:
        if any(deed.stack == part for deed in lived.deeds):
            yield part
        elif part in lived.outputs:
            yield f"{part} (outputs)"


def _cells(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def page(text: str, lives: Sequence[Lived]) -> str:
    """A page with the table written anew between its marks."""
    heading = _cells("change", "plans that are not empty", "what happens", "outage")
    table = "\n".join([heading, "| --- | --- | --- | --- |", *map(row, lives)])
    begin, end = "<!-- changes -->", "<!-- /changes -->"
    before, old = text.split(begin)
    return f"{before}{begin}\n\n{table}\n\n{end}{old.split(end)[1]}"


def main() -> None:
    """Deploy, live, and write the table."""
    with tempfile.TemporaryDirectory() as temporary, Tools(Path(temporary) / "tools") as tools:
        cloud = FakeCloud(Path(temporary) / "life", tools)
        cloud.folder.mkdir()
        with cloud.served() as served:
            lives = live(served, Synthesis(Path(temporary) / "cdktf.out"))
    path = ROOT / PAGE
    path.write_text(page(path.read_text(encoding="utf-8"), lives), encoding="utf-8")


if __name__ == "__main__":
    main()

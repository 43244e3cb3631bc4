"""The life of an environment: a series of ordinary changes, each followed by a deploy.

`make changes` deploys them, and writes the effects of each change into docs/operations.md.
tests/deploy/test_life.py deploys them too, and compares the effects with that page.
"""

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from operations.terraform.synthesized import remote_states
from settings.stack_names import environment_and_part
from tests.deploy.steps import LIFE, Step
from tests.fake_cloud.cloud import Entry, FakeCloud
from tests.fake_cloud.provider.values import first
from tests.fake_cloud.tools import Tools
from tests.line import STACKS, Table, changed
from tests.support import DEV_TABLE, ROOT, Synthesize
from tests.synthesis import Synthesis

PAGE: Final = "docs/operations.md"


class Effect(NamedTuple):
    """The effect on a resource.

    Attributes:
        stack: the stack of the resource.
        action: `added`, `updated`, `replaced` or `removed`.
        kind: the resource type.
    """

    stack: str
    action: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The effects of a step.

    Attributes:
        step: the step.
        settings: the settings afterwards.
        journal: the changes of the world, in order.
        effects: the effects on resources.
        outputs: the stacks whose named outputs changed.
        lost: DNS name, protocol and port of endpoints that no longer answer.
        left: the stacks whose plans are not empty afterwards.
    """

    step: Step
    settings: Table
    journal: Sequence[Entry]
    effects: Sequence[Effect]
    outputs: Sequence[str]
    lost: Sequence[tuple[str, str, int]]
    left: Sequence[str]


def deploy_steps(line: FakeCloud, synthesize: Synthesize) -> list[Outcome]:
    """Deploy `tests/fixtures/dev.toml` from nothing, then every step."""
    line.take(synthesize(DEV_TABLE))
    applied: dict[str, Table] = {}
    _deploy(line, applied)
    outcomes, table = [], DEV_TABLE
    for step in LIFE:
        wanted = changed(table, step.settings)
        if step.again or not step.stops:
            table = wanted
        outcomes.append(_take(step, wanted, table, line, synthesize, applied))
    return outcomes


def _deploy(line: FakeCloud, applied: dict[str, Table]) -> None:
    """Apply each stack whose JSON or inputs changed since its last apply."""
    for part in STACKS:
        inputs = _inputs(line, part)
        if applied.get(part) != inputs:
            line.deploy(part)
            applied[part] = inputs


def _inputs(line: FakeCloud, part: str) -> Table:
    """The JSON of a stack, and the outputs of the stacks that it reads."""
    folder = line.folder / "cdktf.out" / "stacks" / f"dev-{part}"
    stack: Table = json.loads((folder / "cdk.tf.json").read_text("utf-8"))
    producers = remote_states(stack)
    outputs = {name: _state(line, environment_and_part(name)[1])["outputs"] for name in producers}
    return {"stack": stack, "outputs": outputs}


def _take(
    step: Step,
    wanted: Table,
    settled: Table,
    line: FakeCloud,
    synthesize: Synthesize,
    applied: dict[str, Table],
) -> Outcome:
    done, before, printed = len(line.journal), _states(line), _outputs(line)
    answered = _answers(line)
    if step.stops:
        line.take(synthesize(wanted))
        runs = (line.terraform(part, "apply", "-auto-approve") for part in STACKS)
        assert any(run.returncode for run in runs), f"{step.change}: nothing stopped it"
        applied.clear()
    line.take(synthesize(settled))
    _deploy(line, applied)
    journal = line.journal[done:]
    return Outcome(
        step=step,
        settings=settled,
        journal=journal,
        effects=_effects(journal, before, _states(line), _moved(line)),
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
    """The type and ID of every resource, by stack and address."""
    found = {}
    for part in STACKS:
        for resource in _state(line, part)["resources"]:
            for instance in resource["instances"] if resource["mode"] == "managed" else ():
                key = f'["{instance["index_key"]}"]' if "index_key" in instance else ""
                address = f"{resource['type']}.{resource['name']}{key}"
                found[part, address] = resource["type"], instance["attributes"]["id"]
    return found


def _moved(line: FakeCloud) -> dict[str, str]:
    """The new address of each moved resource, by its old address."""
    stack = line.folder / "cdktf.out" / "stacks" / "dev-service" / "cdk.tf.json"
    blocks = json.loads(stack.read_text("utf-8")).get("moved", [])
    return {block["from"]: block["to"] for block in blocks}


def _answers(line: FakeCloud) -> set[tuple[str, str, int]]:
    """The endpoints that answer: each DNS name, with the ports of its load balancer."""
    world = line.world
    return {
        (record["name"], port["protocol"], port["port"])
        for record in world.all("google_dns_record_set")
        for service in world.all("kubernetes_service_v1")
        if first(service, "status.load_balancer.ingress.ip") in record["rrdatas"]
        for port in first(service, "spec")["port"]
    }


def _effects(
    journal: Sequence[Entry],
    before: Mapping[tuple[str, str], tuple[str, str]],
    after: Mapping[tuple[str, str], tuple[str, str]],
    moved: Mapping[str, str],
) -> list[Effect]:
    """The effects, by stack and address. IDs are not enough, because a replacement may keep one."""
    # The key of a Kubernetes object begins with the ID of its cluster.
    happened = {(entry.action, entry.kind, entry.key.rpartition(" ")[2]) for entry in journal}
    was = {
        (part, moved.get(address, address)): resource
        for (part, address), resource in before.items()
    }
    effects = set()
    for part, address in was.keys() | after.keys():
        old, new = was.get((part, address)), after.get((part, address))
        gone = old is not None and ("delete", *old) in happened
        made = new is not None and ("create", *new) in happened
        action = {(True, True): "replaced", (True, False): "removed", (False, True): "added"}.get(
            (gone, made), "updated" if new and ("update", *new) in happened else ""
        )
        if action:
            effects.add(Effect(part, action, address.partition(".")[0]))
    return sorted(effects)


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
"""The name of each resource type in the table."""

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
"""Sets of effects and the outage that they cause; the first set that occurs completely counts."""


def row(outcome: Outcome) -> str:
    """A row of the table: the change, the changed stacks, the effects, and the outage."""
    if outcome.step.stops and not outcome.step.again:
        return _cells(outcome.step.change, "rejected", "nothing", "no")
    effects = [(effect.stack, effect.action, _TYPES[effect.kind]) for effect in outcome.effects]
    happens = [
        f"{action} {', '.join(dict.fromkeys(kind for _, a, kind in effects if a == action))}"
        for action in dict.fromkeys(action for _, action, _ in effects)
    ]
    happened = {f"{kind} {action}" for _, action, kind in effects}
    out = [text for all_of, text in _OUTAGES if all_of <= happened]
    out += ["callers of the old port"] if outcome.lost else []
    return _cells(
        outcome.step.change,
        ", ".join(_changed(outcome)) or "none",
        ("stops halfway, the next deploy finishes it: " if outcome.step.again else "")
        + ("; ".join(happens) or "nothing"),
        out[0] if out else "no",
    )


def _changed(outcome: Outcome) -> Iterator[str]:
    for part in STACKS:
        if any(effect.stack == part for effect in outcome.effects):
            yield part
        elif part in outcome.outputs:
            yield f"{part} (outputs)"


def _cells(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def page(text: str, outcomes: Sequence[Outcome]) -> str:
    """A page with a new table between its marks."""
    heading = _cells("change", "plans that are not empty", "what happens", "outage")
    table = "\n".join([heading, "| --- | --- | --- | --- |", *map(row, outcomes)])
    begin, end = "<!-- changes -->", "<!-- /changes -->"
    before, old = text.split(begin)
    return f"{before}{begin}\n\n{table}\n\n{end}{old.split(end)[1]}"


def main() -> None:
    """Deploy every step, and write the table."""
    with tempfile.TemporaryDirectory() as temporary, Tools(Path(temporary) / "tools") as tools:
        cloud = FakeCloud(Path(temporary) / "life", tools)
        outcomes = deploy_steps(cloud, Synthesis())
    path = ROOT / PAGE
    path.write_text(page(path.read_text(encoding="utf-8"), outcomes), encoding="utf-8")


if __name__ == "__main__":
    main()

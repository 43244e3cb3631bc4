"""What goes wrong between two stacks, or in the middle of one."""

import json

import pytest

from tests.fake_cloud.fixtures import Change
from tests.fake_cloud.rehearsal import Rehearsal
from tests.line import STACKS, Table
from tests.support import Synthesize


def managed(rehearsal: Rehearsal) -> list[str]:
    """The ids of all that the states know of."""
    states = (rehearsal.folder / "state").glob("*.tfstate")
    return sorted(
        instance["attributes"]["id"]
        for state in states
        for resource in json.loads(state.read_text(encoding="utf-8"))["resources"]
        if resource["mode"] == "managed" and resource["type"] != "terraform_data"
        for instance in resource["instances"]
    )


def existing(rehearsal: Rehearsal) -> list[str]:
    """The ids of all that exists."""
    return sorted(
        thing["id"]
        for kind, things in rehearsal.world.things.items()
        if kind != "namespace"
        for thing in things.values()
    )


@pytest.mark.parametrize(
    ("part", "before"),
    [("network", "google_compute_subnetwork"), ("cluster", "google_container_node_pool")],
)
def test_a_deploy_that_was_killed_is_finished_by_the_next_with_no_orphan(
    part: str,
    before: str,
    rehearsal: Rehearsal,
    synthesize: Synthesize,
    table: Table,
    first_deploy: Rehearsal,
) -> None:
    rehearsal.take(synthesize(table))
    for stack in STACKS[: STACKS.index(part)]:
        rehearsal.succeed(stack, "init")
        rehearsal.succeed(stack, "apply", "-auto-approve")
    rehearsal.succeed(part, "init")
    rehearsal.kill_apply(part, before=before)
    assert before not in rehearsal.names()
    for stack in STACKS[STACKS.index(part) :]:
        rehearsal.succeed(stack, "init")
        rehearsal.succeed(stack, "apply", "-auto-approve")
    assert rehearsal.names() == first_deploy.names()
    assert managed(rehearsal) == existing(rehearsal)


@pytest.mark.parametrize("part", ["connector", "cluster", "service", "dns"])
def test_a_stack_tells_that_the_network_was_not_deployed(
    part: str, rehearsal: Rehearsal, synthesize: Synthesize, table: Table
) -> None:
    rehearsal.take(synthesize(table))
    rehearsal.succeed(part, "init")
    plan = rehearsal.terraform(part, "plan", "-no-color")
    assert plan.returncode == 1
    assert "Unable to find remote state" in plan.stderr
    assert "data.terraform_remote_state.cross-stack-reference-input-dev-network" in plan.stderr


def test_a_record_tells_that_its_address_was_not_deployed(
    deployed_with: Change, table: Table
) -> None:
    second = {**table["services"][0], "name": "reports", "host": "reports"}
    line = deployed_with({"services": [*table["services"], second]})
    plan = line.terraform("dns", "plan", "-no-color")
    assert plan.returncode == 1
    assert "This object does not have an attribute named" in plan.stderr
    assert "address-reports" in plan.stderr

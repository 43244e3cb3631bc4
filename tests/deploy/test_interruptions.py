"""Deploys that stop between two stacks, or in the middle of one."""

import json
from pathlib import Path

import pytest

from tests.fake_cloud.cloud import FakeCloud
from tests.fake_cloud.fixtures import Change
from tests.line import STACKS, Table, changed
from tests.support import DEV_TABLE, REPORTS, Synthesize


def managed(cloud: FakeCloud) -> list[str]:
    """The IDs of all resources in the states."""
    states = (cloud.folder / "state").glob("*.tfstate")
    return sorted(
        instance["attributes"]["id"]
        for state in states
        for resource in json.loads(state.read_text(encoding="utf-8"))["resources"]
        if resource["mode"] == "managed" and resource["type"] != "terraform_data"
        for instance in resource["instances"]
    )


def existing(cloud: FakeCloud) -> list[str]:
    """The IDs of all resources in the cloud."""
    return sorted(
        resource["id"]
        for kind, resources in cloud.world.resources.items()
        if kind != "namespace"
        for resource in resources.values()
    )


@pytest.mark.parametrize(
    ("part", "before"),
    [("network", "google_compute_subnetwork"), ("cluster", "google_container_node_pool")],
)
def test_the_next_deploy_completes_a_killed_one_without_an_orphaned_resource(
    part: str,
    before: str,
    cloud: FakeCloud,
    synthesize: Synthesize,
    table: Table,
    first_deploy: FakeCloud,
) -> None:
    cloud.take(synthesize(table))
    for stack in STACKS[: STACKS.index(part)]:
        cloud.succeed(stack, "init")
        cloud.succeed(stack, "apply", "-auto-approve")
    cloud.succeed(part, "init")
    cloud.kill("apply", part, before=before)
    assert before not in cloud.names()
    for stack in STACKS[STACKS.index(part) :]:
        cloud.succeed(stack, "init")
        cloud.succeed(stack, "apply", "-auto-approve")
    assert cloud.names() == first_deploy.names()
    assert managed(cloud) == existing(cloud)


@pytest.fixture(scope="module")
def two_apis(
    tmp_path_factory: pytest.TempPathFactory, first_deploy: FakeCloud, synthesize: Synthesize
) -> FakeCloud:
    """A deployed environment with a second API, whose address is fixed."""
    line = first_deploy.copy(tmp_path_factory.mktemp("two"))
    line.take(synthesize(changed(DEV_TABLE, {"services": [*DEV_TABLE["services"], FIXED]})))
    line.deploy("service", "dns")
    return line


FIXED = {**REPORTS, "address": "192.168.32.20"}
MOVED = {**FIXED, "address": "192.168.32.21"}
RENAMED = {**FIXED, "name": "metrics", "was": "reports"}


@pytest.mark.parametrize("before", ["google_compute_address", "google_compute_firewall"])
@pytest.mark.parametrize("second", [[MOVED], [RENAMED], []], ids=["address", "rename", "removal"])
def test_the_next_deploy_completes_a_killed_change_of_an_api(
    second: list[Table],
    before: str,
    two_apis: FakeCloud,
    tmp_path: Path,
    synthesize: Synthesize,
) -> None:
    line = two_apis.copy(tmp_path / "line")
    line.take(synthesize(changed(DEV_TABLE, {"services": [*DEV_TABLE["services"], *second]})))
    line.kill("apply", "service", before=before)
    assert line.names()["kubernetes_service_v1"] == ["myapi"]
    line.deploy()
    names = [service["name"] for service in second]
    assert line.names()["kubernetes_service_v1"] == sorted(["myapi", *names])
    assert managed(line) == existing(line)
    assert [part for part in STACKS if line.planned(part)] == []


def test_a_rename_without_was_requests_a_fixed_address_that_is_in_use(
    two_apis: FakeCloud, tmp_path: Path, synthesize: Synthesize
) -> None:
    line = two_apis.copy(tmp_path / "line")
    renamed = {**FIXED, "name": "metrics"}
    line.take(synthesize(changed(DEV_TABLE, {"services": [*DEV_TABLE["services"], renamed]})))
    apply = line.terraform("service", "apply", "-auto-approve", "-no-color")
    assert apply.returncode == 1
    assert "IP_IN_USE_BY_ANOTHER_RESOURCE" in apply.stderr


@pytest.mark.parametrize("part", ["connector", "cluster", "service", "dns"])
def test_the_plan_of_a_stack_fails_if_the_network_was_not_deployed(
    part: str, cloud: FakeCloud, synthesize: Synthesize, table: Table
) -> None:
    cloud.take(synthesize(table))
    cloud.succeed(part, "init")
    plan = cloud.terraform(part, "plan", "-no-color")
    assert plan.returncode == 1
    assert "Unable to find remote state" in plan.stderr
    assert "data.terraform_remote_state.cross-stack-reference-input-dev-network" in plan.stderr


def test_the_plan_of_a_record_fails_if_its_address_was_not_deployed(
    deployed_with: Change, table: Table
) -> None:
    second = {**table["services"][0], "name": "reports", "host": "reports"}
    line = deployed_with({"services": [*table["services"], second]})
    plan = line.terraform("dns", "plan", "-no-color")
    assert plan.returncode == 1
    assert "This object does not have an attribute named" in plan.stderr
    assert "address-reports" in plan.stderr

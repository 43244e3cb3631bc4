"""The deploys that would fail without the lifecycle rules and data sources of the stacks."""

from collections.abc import Callable

import pytest

from tests.fake_cloud.cloud import FakeCloud
from tests.fake_cloud.fixtures import Change
from tests.fake_cloud.google.world import opened
from tests.line import Table


def without_lifecycle(kind: str) -> Callable[[Table], None]:
    """A change for `rewrite` that removes the lifecycle of every resource of a type."""

    def change(stack: Table) -> None:
        for resource in stack["resource"][kind].values():
            del resource["lifecycle"]

    return change


def stopped(line: FakeCloud, part: str) -> str:
    """The error of an apply that must fail, on one line."""
    apply = line.terraform(part, "apply", "-auto-approve", "-no-color")
    assert apply.returncode == 1, apply.stdout
    return " ".join(apply.stderr.split())


def test_without_its_trigger_a_service_blocks_the_replacement_of_its_address(
    deployed_with: Change,
) -> None:
    line = deployed_with({"services[0].address": "192.168.32.20"})
    line.rewrite("service", without_lifecycle("kubernetes_service_v1"))
    assert "addresses/private-myapi is already being used by" in stopped(line, "service")


def test_without_its_trigger_a_connector_blocks_the_replacement_of_its_subnet(
    deployed_with: Change,
) -> None:
    line = deployed_with({"network.connector": "10.9.0.0/28"})
    line.rewrite("connector", without_lifecycle("google_vpc_access_connector"))
    assert "subnetworks/private-connector is already being used by" in stopped(line, "connector")


@pytest.mark.parametrize(
    ("part", "replaced", "user"),
    [
        ("service", "google_compute_address.address-myapi", "kubernetes_service_v1"),
        (
            "connector",
            "google_compute_subnetwork.connector_subnet_B2338848",
            "google_vpc_access_connector",
        ),
    ],
)
def test_a_replacement_with_the_same_value_replaces_the_resource_that_uses_it(
    part: str, replaced: str, user: str, deployed_with: Change
) -> None:
    line = deployed_with({"services[0].address": "192.168.32.20"})
    line.succeed(part, "apply", "-auto-approve")
    line.succeed(part, "apply", "-auto-approve", f"-replace={replaced}")
    actions = [entry.action for entry in line.journal if entry.kind == user]
    assert actions[-2:] == ["delete", "create"]


def test_a_zone_with_a_record_of_somebody_else_is_not_destroyed(deployed_with: Change) -> None:
    line = deployed_with({"dns.zone": "svc.private"})
    with opened(line.folder / "world.json") as world:
        (record,) = world.all("google_dns_record_set")
        world.put("google_dns_record_set", "theirs", {**record, "id": "theirs"})
    assert "managedZones/private-zone is already being used by theirs" in stopped(line, "dns")


def test_an_output_of_the_resource_itself_lacks_the_endpoint_that_an_update_adds(
    deployed_with: Change,
) -> None:
    line = deployed_with({"cluster.control_plane": "private"})

    def from_the_resource(stack: Table) -> None:
        for output in stack["output"].values():
            output["value"] = output["value"].replace(
                "data.google_container_cluster.cluster_applied_6DB8F50D",
                "google_container_cluster.cluster",
            )

    line.rewrite("cluster", from_the_resource)
    line.succeed("cluster", "apply", "-auto-approve")
    plan = line.terraform("service", "plan", "-no-color")
    assert plan.returncode == 1
    assert "no such host, or it does not answer" in plan.stderr


@pytest.mark.parametrize("access", ["private", "public"])
def test_the_service_stack_reads_the_endpoint_after_an_update(
    access: str, deployed_with: Change
) -> None:
    line = deployed_with(
        {"cluster.control_plane": access, "cluster.authorized_networks": ["203.0.113.0/29"]}
    )
    line.succeed("cluster", "apply", "-auto-approve")
    assert line.planned("service") == []

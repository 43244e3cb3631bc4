"""Destroying an environment fails while it is protected, and removes everything if it is not."""

import re

import pytest

from tests.fake_cloud.cloud import FakeCloud
from tests.fake_cloud.fixtures import Change
from tests.fake_cloud.memo import Run
from tests.line import Table


def assert_protected(run: Run, resource: str) -> None:
    """Check that Terraform or OpenTofu failed because a resource must not be destroyed."""
    assert run.returncode == 1
    error = " ".join(run.stderr.split())
    assert re.search(rf"{resource}\S* has (lifecycle\.)?prevent_destroy set", error), run.stderr


def test_a_protected_cluster_is_not_destroyed_and_no_resource_changes(deployed: FakeCloud) -> None:
    before = deployed.world.resources
    destroy = deployed.terraform("cluster", "destroy", "-auto-approve", "-no-color")
    assert_protected(destroy, "google_container_cluster.cluster")
    assert deployed.world.resources == before


def test_a_protected_cluster_is_not_replaced_and_no_resource_changes(deployed_with: Change) -> None:
    deployed = deployed_with({"cluster.name": "another"})
    before = deployed.world.resources
    apply = deployed.terraform("cluster", "apply", "-auto-approve", "-no-color")
    assert_protected(apply, "google_container_cluster.cluster")
    assert deployed.world.resources == before


def test_a_destroy_in_reverse_order_leaves_nothing_but_the_enabled_apis(
    deployed_with: Change,
) -> None:
    deployed = deployed_with({"cluster.deletion_protection": False})
    deployed.succeed("cluster", "apply", "-auto-approve")
    deployed.destroy()
    assert set(deployed.names()) == {"google_project_service"}


def test_a_network_with_resources_in_it_is_not_destroyed(deployed_with: Change) -> None:
    deployed = deployed_with({"cluster.deletion_protection": False})
    destroy = deployed.terraform("network", "destroy", "-auto-approve", "-no-color")
    assert destroy.returncode == 1
    assert "is already being used by" in destroy.stderr
    assert deployed.names()["google_compute_network"] == ["private"]
    assert deployed.names()["google_compute_subnetwork"] == ["private-connector", "private-nodes"]


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"network.name": "another"}, "google_compute_network"),
        ({"network.nodes": "10.9.0.0/24"}, "google_compute_subnetwork"),
    ],
)
def test_a_protected_network_is_not_replaced_and_no_resource_changes(
    deployed_with: Change, changes: Table, kind: str
) -> None:
    deployed = deployed_with(changes)
    before = deployed.world.resources
    apply = deployed.terraform("network", "apply", "-auto-approve", "-no-color")
    assert_protected(apply, kind)
    assert deployed.world.resources == before

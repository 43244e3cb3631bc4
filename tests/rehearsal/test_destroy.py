"""Taking the line down: refused as long as it is protected, and to nothing when it is not."""

import pytest

from tests.fake_cloud.fixtures import Change
from tests.fake_cloud.rehearsal import Rehearsal
from tests.line import STACKS, Table


def test_a_protected_cluster_is_not_destroyed_and_loses_nothing(deployed: Rehearsal) -> None:
    before = deployed.world.things
    destroy = deployed.terraform("cluster", "destroy", "-auto-approve", "-no-color")
    assert destroy.returncode == 1
    assert "google_container_cluster.cluster has lifecycle.prevent_destroy set" in destroy.stderr
    assert deployed.world.things == before


def test_a_protected_cluster_is_not_replaced_and_loses_nothing(deployed_with: Change) -> None:
    deployed = deployed_with({"cluster.name": "another"})
    before = deployed.world.things
    apply = deployed.terraform("cluster", "apply", "-auto-approve", "-no-color")
    assert apply.returncode == 1
    assert "google_container_cluster.cluster has lifecycle.prevent_destroy set" in apply.stderr
    assert deployed.world.things == before


def test_a_destroy_in_reverse_order_leaves_nothing_but_the_enabled_apis(
    deployed_with: Change,
) -> None:
    deployed = deployed_with({"cluster.deletion_protection": False})
    deployed.succeed("cluster", "apply", "-auto-approve")
    for part in reversed(STACKS):
        deployed.succeed(part, "destroy", "-auto-approve")
    assert set(deployed.names()) == {"google_project_service"}


def test_a_network_is_not_destroyed_under_what_stands_in_it(deployed_with: Change) -> None:
    deployed = deployed_with({"cluster.deletion_protection": False})
    destroy = deployed.terraform("network", "destroy", "-auto-approve", "-no-color")
    assert destroy.returncode == 1
    assert "is already being used by" in destroy.stderr
    assert deployed.names()["google_compute_network"] == ["private"]
    assert deployed.names()["google_compute_subnetwork"] == ["private-connector", "private-nodes"]


@pytest.mark.parametrize("changes", [{"network.name": "another"}, {"network.nodes": "10.9.0.0/24"}])
def test_a_protected_network_is_not_replaced_and_loses_nothing(
    deployed_with: Change, changes: Table
) -> None:
    deployed = deployed_with(changes)
    before = deployed.world.things
    apply = deployed.terraform("network", "apply", "-auto-approve", "-no-color")
    assert apply.returncode == 1
    assert "Instance cannot be destroyed" in apply.stderr
    assert deployed.world.things == before

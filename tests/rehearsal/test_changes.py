"""A change of settings, on a line that is deployed: what each stack's plan says of it."""

import pytest

from tests.fake_cloud.fixtures import Change
from tests.fake_cloud.rehearsal import Rehearsal
from tests.line import ACCESSES, STACKS, Table


def apply_all(line: Rehearsal) -> dict[str, list[str]]:
    """What each stack does when all are applied in their order; those at rest are left out."""
    applied = {part: line.applied(part) for part in STACKS}
    return {part: changes for part, changes in applied.items() if changes}


def test_a_second_service_touches_network_service_and_dns_only(
    deployed_with: Change, table: Table
) -> None:
    second = {
        "name": "reports",
        "selector": {"app": "reports"},
        "host": "reports",
        "ports": [{"name": "http", "port": 80, "target_port": 8080}],
    }
    line = deployed_with({"services": [*table["services"], second]})
    assert apply_all(line) == {
        "network": ["create google_compute_address", "create google_compute_firewall"],
        "service": ["create kubernetes_service_v1"],
        "dns": ["create google_dns_record_set"],
    }


def test_another_port_updates_service_and_firewall_in_place(deployed_with: Change) -> None:
    line = deployed_with({"services[0].ports[0].port": 8443})
    assert apply_all(line) == {
        "network": ["update google_compute_firewall"],
        "service": ["update kubernetes_service_v1"],
    }


def test_another_pod_port_updates_the_service_alone(deployed_with: Change) -> None:
    line = deployed_with({"services[0].ports[0].target_port": 9090})
    assert line.applied("network") == []
    assert line.applied("service") == ["update kubernetes_service_v1"]


def test_more_connector_instances_come_in_place(deployed_with: Change) -> None:
    line = deployed_with({"connector.max_instances": 4})
    assert line.applied("connector") == ["update google_vpc_access_connector"]


def test_fewer_connector_instances_replace_the_connector(deployed_with: Change) -> None:
    line = deployed_with({"connector.min_instances": 3, "connector.max_instances": 4})
    line.succeed("connector", "apply", "-auto-approve")
    fewer = deployed_with({"connector.min_instances": 2, "connector.max_instances": 4})
    assert fewer.applied("connector") == ["replace google_vpc_access_connector"]


def test_another_connector_range_is_told_as_a_replacement(deployed_with: Change) -> None:
    line = deployed_with({"network.connector": "10.9.0.0/28"})
    assert "replace google_compute_subnetwork" in line.planned("network")


def test_a_connector_keeps_its_subnet_from_being_replaced(deployed_with: Change) -> None:
    line = deployed_with({"network.connector": "10.9.0.0/28"})
    apply = line.terraform("network", "apply", "-auto-approve", "-no-color")
    assert apply.returncode == 1
    assert "is already being used by" in apply.stderr
    assert line.names()["google_compute_subnetwork"] == ["private-connector", "private-nodes"]


def test_a_connector_range_changes_once_the_connector_is_gone(deployed_with: Change) -> None:
    line = deployed_with({"network.connector": "10.9.0.0/28"})
    line.succeed("connector", "destroy", "-auto-approve")
    assert apply_all(line) == {
        "network": [
            "replace google_compute_subnetwork",
            "update google_compute_firewall",
            "update google_compute_firewall",
        ],
        "connector": ["create google_project_service", "create google_vpc_access_connector"],
        "service": ["update kubernetes_service_v1"],
    }


def test_a_larger_node_range_comes_in_place(deployed_with: Change) -> None:
    line = deployed_with({"network.nodes": "192.168.32.0/23"})
    assert line.applied("network") == ["update google_compute_subnetwork"]
    assert line.applied("cluster") == []


def test_nat_comes_without_a_change_of_anything_else(deployed_with: Change) -> None:
    line = deployed_with({"network.nat": True})
    assert line.applied("network") == [
        "create google_compute_router",
        "create google_compute_router_nat",
    ]


@pytest.mark.parametrize("access", ["private", "public"])
def test_another_access_updates_the_cluster_in_place(access: str, deployed_with: Change) -> None:
    line = deployed_with({"cluster.control_plane": access, **ACCESSES[access]})
    assert apply_all(line) == {"cluster": ["update google_container_cluster"]}
    assert line.planned("service") == []

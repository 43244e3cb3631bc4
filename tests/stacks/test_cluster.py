"""The cluster stack: one control plane endpoint, and the settings of cluster and nodes."""

import pytest

from tests.line import ACCESSES, Line, Table, changed
from tests.support import Synthesize


@pytest.mark.parametrize(
    ("access", "expected"),
    [
        ("dns", {"private_endpoint": True, "by_dns": True, "authorized": None}),
        ("private", {"private_endpoint": True, "by_dns": False, "authorized": ["10.100.0.0/16"]}),
        ("public", {"private_endpoint": False, "by_dns": False, "authorized": ["203.0.113.0/29"]}),
    ],
)
def test_only_one_control_plane_endpoint_is_on(
    synthesize: Synthesize,
    table: Table,
    access: str,
    expected: Table,
) -> None:
    line = synthesize(changed(table, {"cluster.control_plane": access, **ACCESSES[access]}))
    cluster = line.one("cluster", "google_container_cluster")
    assert cluster["private_cluster_config"] == {
        "enable_private_nodes": True,
        "enable_private_endpoint": expected["private_endpoint"],
    }
    endpoints = cluster["control_plane_endpoints_config"]
    assert endpoints["dns_endpoint_config"]["allow_external_traffic"] is expected["by_dns"]
    assert endpoints["ip_endpoints_config"]["enabled"] is not expected["by_dns"]
    if expected["authorized"] is None:
        assert "master_authorized_networks_config" not in cluster
    else:
        config = cluster["master_authorized_networks_config"]
        assert [block["cidr_block"] for block in config["cidr_blocks"]] == expected["authorized"]
        assert config["gcp_public_cidrs_access_enabled"] is False


@pytest.mark.parametrize(
    ("access", "flag"), [("dns", "--dns-endpoint"), ("private", "--internal-ip"), ("public", "")]
)
def test_the_credentials_command_uses_the_same_endpoint(
    synthesize: Synthesize, table: Table, access: str, flag: str
) -> None:
    line = synthesize(changed(table, {"cluster.control_plane": access, **ACCESSES[access]}))
    command = line.stacks["cluster"]["output"]["credentials_command"]["value"]
    assert command.endswith(f"--project my-project-id {flag}".rstrip())


def test_cluster_settings_are_applied_to_the_cluster_and_its_nodes(
    synthesize: Synthesize, table: Table
) -> None:
    line = synthesize(
        changed(
            table,
            {
                "cluster.location": "asia-northeast1-b",
                "cluster.machine_type": "e2-standard-4",
                "cluster.min_nodes": 2,
                "cluster.max_nodes": 5,
                "cluster.release_channel": "STABLE",
                "cluster.deletion_protection": False,
                "cluster.maintenance_window": {
                    "days": ["SU", "SA"],
                    "start": "22:30",
                    "hours": 6,
                },
            },
        )
    )
    cluster = line.one("cluster", "google_container_cluster")
    pool = line.one("cluster", "google_container_node_pool")
    assert cluster["location"] == "asia-northeast1-b"
    assert cluster["release_channel"] == {"channel": "STABLE"}
    assert cluster["deletion_protection"] is False
    assert cluster["lifecycle"]["prevent_destroy"] is False
    assert cluster["maintenance_policy"]["recurring_window"] == {
        "start_time": "2025-01-04T22:30:00Z",
        "end_time": "2025-01-05T04:30:00Z",
        "recurrence": "FREQ=WEEKLY;BYDAY=SA,SU",
    }
    assert pool["node_config"]["machine_type"] == "e2-standard-4"
    assert pool["autoscaling"]["total_min_node_count"] == 2
    assert pool["autoscaling"]["total_max_node_count"] == 5
    assert line.source("cluster", pool["cluster"]).endswith("google_container_cluster.name")
    assert line.source("cluster", pool["location"]).endswith("google_container_cluster.location")


def test_the_default_node_pool_is_removed_and_later_plans_ignore_it(line: Line) -> None:
    cluster = line.one("cluster", "google_container_cluster")
    assert cluster["remove_default_node_pool"] is True
    assert "node_config" in cluster["lifecycle"]["ignore_changes"]


def test_subsetting_for_internal_load_balancers_is_on_as_in_newer_gke(line: Line) -> None:
    assert line.one("cluster", "google_container_cluster")["enable_l4_ilb_subsetting"] is True


def test_pods_cannot_use_the_service_account_of_their_node(line: Line) -> None:
    cluster = line.one("cluster", "google_container_cluster")
    nodes = line.one("cluster", "google_container_node_pool")["node_config"]
    assert cluster["workload_identity_config"] == {"workload_pool": "my-project-id.svc.id.goog"}
    assert nodes["workload_metadata_config"] == {"mode": "GKE_METADATA"}

"""Cluster, nodes and subnets as a new project's quota, an organization and a reviewer want them.

Each test names who asks: Google's hardening guide, the CIS benchmark of GKE, or an issue.
"""

from datetime import datetime

import pytest

from tests.line import Line, Table, changed
from tests.support import SECRETS_KEY, SECURITY_GROUP, Synthesize

NEW_PROJECT_SSD_GB = 250
"""SSD_TOTAL_GB of a new project in one region (terraform-google-kubernetes-engine#1795)."""

ZONES = 3
"""In which a regional cluster boots one node each."""

GKE_DISK = {"disk_type": "pd-balanced", "disk_size_gb": 100}
"""What GKE gives a node whose disk nobody chose."""


def ssd_gb(node_config: Table, nodes: int) -> int:
    """What nodes ask of SSD_TOTAL_GB: all disk types but pd-standard count."""
    disk = {**GKE_DISK, **node_config}
    return 0 if disk["disk_type"] == "pd-standard" else int(disk["disk_size_gb"]) * nodes


def test_a_new_project_has_room_for_the_disks_of_boot_and_of_an_upgrade(line: Line) -> None:
    boot = line.one("cluster", "google_container_cluster")["node_config"]
    pool = line.one("cluster", "google_container_node_pool")
    surge = pool["upgrade_settings"]["max_surge"]
    most = pool["autoscaling"]["total_max_node_count"]
    assert ssd_gb(boot, ZONES) + ssd_gb(pool["node_config"], ZONES) == 150
    assert ssd_gb(pool["node_config"], most + surge) == 200
    assert ssd_gb(boot, ZONES) + ssd_gb(pool["node_config"], most + surge) <= NEW_PROJECT_SSD_GB


def test_disk_settings_reach_the_nodes(synthesize: Synthesize, table: Table) -> None:
    settings = {"cluster.disk_type": "pd-standard", "cluster.disk_size_gb": 80}
    line = synthesize(changed(table, settings))
    config = line.one("cluster", "google_container_node_pool")["node_config"]
    assert (config["disk_type"], config["disk_size_gb"]) == ("pd-standard", 80)


def test_pods_are_held_to_their_cpu_limits(line: Line) -> None:
    """What is not written goes out as false (terraform-provider-google#15767)."""
    kubelet = line.one("cluster", "google_container_node_pool")["node_config"]["kubelet_config"]
    assert kubelet["cpu_cfs_quota"] is True


def test_nodes_that_live_for_minutes_keep_their_credentials_from_pods_too(line: Line) -> None:
    boot = line.one("cluster", "google_container_cluster")["node_config"]
    assert boot["workload_metadata_config"] == {"mode": "GKE_METADATA"}
    assert boot["shielded_instance_config"]["enable_secure_boot"] is True


def test_nobody_gets_in_without_an_identity_of_google_s(line: Line) -> None:
    """Hardening guide: no client certificate (CIS GKE 2.1.1), no anonymous caller, no open role."""
    cluster = line.one("cluster", "google_container_cluster")
    certificate = cluster["master_auth"]["client_certificate_config"]
    assert certificate == {"issue_client_certificate": False}
    assert cluster["anonymous_authentication_config"] == {"mode": "LIMITED"}
    assert cluster["rbac_binding_config"] == {
        "enable_insecure_binding_system_authenticated": False,
        "enable_insecure_binding_system_unauthenticated": False,
    }


def test_logs_and_metrics_are_written_down_and_none_is_charged_by_the_sample(line: Line) -> None:
    """CIS GKE 5.7.1."""
    cluster = line.one("cluster", "google_container_cluster")
    assert cluster["logging_config"] == {"enable_components": ["SYSTEM_COMPONENTS", "WORKLOADS"]}
    assert cluster["monitoring_config"] == {"enable_components": ["SYSTEM_COMPONENTS"]}


def test_every_subnet_writes_flow_logs(line: Line) -> None:
    """constraints/compute.requireVpcFlowLogs stops a subnet without (CIS Google Cloud 3.8)."""
    nodes = line.one("network", "google_compute_subnetwork")
    connector = line.one("connector", "google_compute_subnetwork")
    assert nodes["log_config"] == connector["log_config"]
    assert connector["log_config"]["flow_sampling"] > 0


@pytest.mark.parametrize("days", [["MO"], ["TU", "TH"], ["SA", "SU"], ["WE"], ["SU"], ["FR"]])
def test_a_maintenance_window_opens_first_on_one_of_its_days(
    synthesize: Synthesize, table: Table, days: list[str]
) -> None:
    """Else RFC 5545 leaves open which openings count."""
    window = {"days": days, "start": "22:30", "hours": 12}
    line = synthesize(changed(table, {"cluster.maintenance_window": window}))
    cluster = line.one("cluster", "google_container_cluster")
    opening = cluster["maintenance_policy"]["recurring_window"]["start_time"]
    assert f"{datetime.fromisoformat(opening):%a}"[:2].upper() in days


@pytest.mark.parametrize(
    ("access", "ignored"),
    [
        ("dns", ["node_config", "private_cluster_config[0].enable_private_endpoint"]),
        ("private", ["node_config"]),
    ],
)
def test_what_gke_decides_about_an_endpoint_that_is_off_is_no_change(
    synthesize: Synthesize, table: Table, access: str, ignored: list[str]
) -> None:
    """terraform-google-kubernetes-engine#2217."""
    line = synthesize(changed(table, {"cluster.control_plane": access}))
    lifecycle = line.one("cluster", "google_container_cluster")["lifecycle"]
    assert lifecycle["ignore_changes"] == ignored


POLICY = "PROJECT_SINGLETON_POLICY_ENFORCE"

OPTIONS = {
    "intranode_visibility": (True, "enable_intranode_visibility", False, True),
    "binary_authorization": (True, "binary_authorization", None, {"evaluation_mode": POLICY}),
    "security_group": (
        SECURITY_GROUP,
        "authenticator_groups_config",
        None,
        {"security_group": SECURITY_GROUP},
    ),
    "secrets_key": (
        SECRETS_KEY,
        "database_encryption",
        {"state": "DECRYPTED"},
        {"state": "ENCRYPTED", "key_name": SECRETS_KEY},
    ),
}
"""By setting: a value, the cluster's attribute, what is written without it, and with it."""


@pytest.mark.parametrize("setting", OPTIONS)
def test_what_costs_or_needs_an_organization_is_off_until_it_is_set(
    synthesize: Synthesize, table: Table, line: Line, setting: str
) -> None:
    value, attribute, off, on = OPTIONS[setting]
    assert line.one("cluster", "google_container_cluster").get(attribute) == off
    with_it = synthesize(changed(table, {f"cluster.{setting}": value}))
    assert with_it.one("cluster", "google_container_cluster")[attribute] == on

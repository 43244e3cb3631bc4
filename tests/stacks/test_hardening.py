"""Cluster, nodes and subnets fit a new project's quota, organization policies and benchmarks.

Each test cites its source: Google's hardening guide, the CIS benchmark for GKE, or an issue. The
guide is https://cloud.google.com/kubernetes-engine/docs/how-to/hardening-your-cluster.
"""

from datetime import datetime

import pytest

from tests.line import Line, Table, changed
from tests.support import SECRETS_KEY, SECURITY_GROUP, Synthesize

NEW_PROJECT_SSD_GB = 250
"""The quota SSD_TOTAL_GB of a new project in one region.

https://github.com/terraform-google-modules/terraform-google-kubernetes-engine/issues/1795
"""

ZONES = 3
"""A regional cluster starts with one node in each of three zones."""

GKE_DISK = {"disk_type": "pd-balanced", "disk_size_gb": 100}
"""GKE's default disk of a node."""


def ssd_gb(node_config: Table, nodes: int) -> int:
    """The part of SSD_TOTAL_GB that nodes use: all disk types except pd-standard count."""
    disk = {**GKE_DISK, **node_config}
    return 0 if disk["disk_type"] == "pd-standard" else int(disk["disk_size_gb"]) * nodes


def test_the_disks_at_creation_and_during_an_upgrade_fit_the_quota_of_a_new_project(
    line: Line,
) -> None:
    boot = line.one("cluster", "google_container_cluster")["node_config"]
    pool = line.one("cluster", "google_container_node_pool")
    surge = pool["upgrade_settings"]["max_surge"]
    most = pool["autoscaling"]["total_max_node_count"]
    assert ssd_gb(boot, ZONES) + ssd_gb(pool["node_config"], ZONES) == 150
    assert ssd_gb(pool["node_config"], most + surge) == 200
    assert ssd_gb(boot, ZONES) + ssd_gb(pool["node_config"], most + surge) <= NEW_PROJECT_SSD_GB


def test_disk_settings_are_applied_to_the_nodes(synthesize: Synthesize, table: Table) -> None:
    settings = {"cluster.disk_type": "pd-standard", "cluster.disk_size_gb": 80}
    line = synthesize(changed(table, settings))
    config = line.one("cluster", "google_container_node_pool")["node_config"]
    assert (config["disk_type"], config["disk_size_gb"]) == ("pd-standard", 80)


def test_cpu_limits_of_pods_are_enforced(line: Line) -> None:
    """https://github.com/hashicorp/terraform-provider-google/issues/15767."""
    kubelet = line.one("cluster", "google_container_node_pool")["node_config"]["kubelet_config"]
    assert kubelet["cpu_cfs_quota"] is True


def test_nodes_of_the_default_pool_hide_their_credentials_from_pods(line: Line) -> None:
    boot = line.one("cluster", "google_container_cluster")["node_config"]
    assert boot["workload_metadata_config"] == {"mode": "GKE_METADATA"}
    assert boot["shielded_instance_config"]["enable_secure_boot"] is True


def test_only_google_identities_can_access_the_control_plane(line: Line) -> None:
    """Hardening guide: no client certificate (CIS GKE 2.1.1), no anonymous access, no open role."""
    cluster = line.one("cluster", "google_container_cluster")
    certificate = cluster["master_auth"]["client_certificate_config"]
    assert certificate == {"issue_client_certificate": False}
    assert cluster["anonymous_authentication_config"] == {"mode": "LIMITED"}
    assert cluster["rbac_binding_config"] == {
        "enable_insecure_binding_system_authenticated": False,
        "enable_insecure_binding_system_unauthenticated": False,
    }


def test_logs_and_metrics_are_set_and_no_metric_is_charged_per_sample(line: Line) -> None:
    """CIS GKE 5.7.1."""
    cluster = line.one("cluster", "google_container_cluster")
    assert cluster["logging_config"] == {"enable_components": ["SYSTEM_COMPONENTS", "WORKLOADS"]}
    assert cluster["monitoring_config"] == {"enable_components": ["SYSTEM_COMPONENTS"]}


def test_every_subnet_has_flow_logs(line: Line) -> None:
    """Required by constraints/compute.requireVpcFlowLogs and CIS Google Cloud 3.8."""
    nodes = line.one("network", "google_compute_subnetwork")
    connector = line.one("connector", "google_compute_subnetwork")
    assert nodes["log_config"] == connector["log_config"]
    assert connector["log_config"]["flow_sampling"] > 0


@pytest.mark.parametrize("days", [["MO"], ["TU", "TH"], ["SA", "SU"], ["WE"], ["SU"], ["FR"]])
def test_a_maintenance_window_starts_on_one_of_its_days(
    synthesize: Synthesize, table: Table, days: list[str]
) -> None:
    """For any other start, RFC 5545 (section 3.8.5.3) does not define the recurrence."""
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
def test_plans_ignore_what_gke_sets_for_an_endpoint_that_is_off(
    synthesize: Synthesize, table: Table, access: str, ignored: list[str]
) -> None:
    """https://github.com/terraform-google-modules/terraform-google-kubernetes-engine/issues/2217."""
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
"""By setting: a value, the cluster's attribute, and that attribute without and with the value."""


@pytest.mark.parametrize("setting", OPTIONS)
def test_options_that_cost_or_need_an_organization_are_off_by_default(
    synthesize: Synthesize, table: Table, line: Line, setting: str
) -> None:
    value, attribute, off, on = OPTIONS[setting]
    assert line.one("cluster", "google_container_cluster").get(attribute) == off
    with_value = synthesize(changed(table, {f"cluster.{setting}": value}))
    assert with_value.one("cluster", "google_container_cluster")[attribute] == on

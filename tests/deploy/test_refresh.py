"""A refresh after an apply returns other values than the apply, as with the real providers."""

import json

import pytest

from tests.fake_cloud.cloud import FakeCloud
from tests.fake_cloud.fixtures import Change
from tests.fake_cloud.provider.values import Values, first
from tests.support import DEV_TABLE, REPORTS

SERVICE = "kubernetes_service_v1.service-reports"


def in_state(line: FakeCloud, part: str, kind: str) -> Values:
    """The attributes of the only resource of a type in a state."""
    state = json.loads(line.succeed(part, "show", "-json").stdout)
    resources = state["values"]["root_module"]["resources"]
    (values,) = (
        resource["values"]
        for resource in resources
        if resource["mode"] == "managed" and resource["type"] == kind
    )
    found: Values = values
    return found


@pytest.mark.parametrize(
    ("part", "kind", "path", "before", "after"),
    [
        ("service", "kubernetes_service_v1", "spec.external_ips", None, []),
        ("cluster", "google_container_node_pool", "node_config.storage_pools", None, []),
        ("network", "google_compute_subnetwork", "log_config.metadata_fields", None, []),
    ],
)
def test_an_unset_list_is_null_after_the_apply_and_empty_after_a_refresh(
    part: str, kind: str, path: str, before: object, after: object, deployed: FakeCloud
) -> None:
    block, _, name = path.partition(".")
    assert first(in_state(deployed, part, kind), block)[name] == before
    deployed.succeed(part, "apply", "-auto-approve")
    assert first(in_state(deployed, part, kind), block)[name] == after


def test_after_a_refresh_a_cluster_lists_its_pool_and_a_zone_has_full_links(
    deployed: FakeCloud,
) -> None:
    assert in_state(deployed, "cluster", "google_container_cluster")["node_pool"] == []
    for part in ("cluster", "dns"):
        assert deployed.applied(part) == []
    (pool,) = in_state(deployed, "cluster", "google_container_cluster")["node_pool"]
    assert pool["name"] == in_state(deployed, "cluster", "google_container_node_pool")["name"]
    zone = in_state(deployed, "dns", "google_dns_managed_zone")
    link = first(zone, "private_visibility_config.networks.network_url")
    assert link.startswith("https://www.googleapis.com/compute/v1/projects/")
    assert deployed.planned("cluster") == deployed.planned("dns") == []


def test_a_load_balancer_that_is_ready_too_late_taints_its_service(
    deployed_with: Change,
) -> None:
    line = deployed_with({"services": [*DEV_TABLE["services"], REPORTS]})
    late = line.with_environment({"FAKE_CLOUD_LATE": "1"}).terraform(
        "service", "apply", "-no-color", "-auto-approve"
    )
    assert late.returncode == 1
    assert "context deadline exceeded" in late.stderr
    assert line.planned("service") == ["replace kubernetes_service_v1"]
    line.succeed("service", "untaint", SERVICE)
    assert line.planned("service") == []
    line.deploy("service", "dns")
    names = {record["name"] for record in line.world.all("google_dns_record_set")}
    assert "reports.api.private." in names

"""A first deploy of all stacks, and the plans after it."""

import pytest

from tests.fake_cloud.cloud import FakeCloud
from tests.fake_cloud.fixtures import Change
from tests.line import STACKS, Table
from tests.support import DEV_TABLE, REPORTS


def test_a_first_deploy_creates_all_resources(first_deploy: FakeCloud) -> None:
    assert first_deploy.names() == {
        "google_compute_address": ["private-myapi"],
        "google_compute_firewall": [
            "private-allow-myapi",
            "private-deny-connector",
            "private-deny-connector-egress",
            "private-egress-myapi",
        ],
        "google_compute_network": ["private"],
        "google_compute_subnetwork": ["private-connector", "private-nodes"],
        "google_container_cluster": ["private-cluster"],
        "google_container_node_pool": ["private-nodes"],
        "google_dns_managed_zone": ["private-zone"],
        "google_dns_record_set": ["my.api.private."],
        "google_project_iam_member": [
            "roles/artifactregistry.reader",
            "roles/container.defaultNodeServiceAccount",
        ],
        "google_project_service": [
            "cloudresourcemanager.googleapis.com",
            "compute.googleapis.com",
            "container.googleapis.com",
            "dns.googleapis.com",
            "iam.googleapis.com",
            "vpcaccess.googleapis.com",
        ],
        "google_service_account": ["private-nodes"],
        "google_vpc_access_connector": ["private-connector"],
        "kubernetes_service_v1": ["myapi"],
    }, "write the name of a new resource here, by its type"


@pytest.mark.parametrize(
    "apis",
    [
        [*DEV_TABLE["services"], REPORTS],
        [{**DEV_TABLE["services"][0], "ports": REPORTS["ports"], "host": "your"}],
        [REPORTS],
    ],
    ids=["added", "changed", "removed"],
)
def test_a_change_of_the_apis_does_not_change_network_connector_and_cluster(
    apis: list[Table], deployed_with: Change
) -> None:
    line = deployed_with({"services": apis})
    for part in ("network", "connector", "cluster"):
        plan = line.terraform(part, "plan", "-detailed-exitcode", "-no-color")
        assert plan.returncode == 0, plan.stdout + plan.stderr


@pytest.mark.parametrize("part", STACKS)
def test_a_second_plan_is_empty(part: str, first_deploy: FakeCloud) -> None:
    plan = first_deploy.terraform(part, "plan", "-detailed-exitcode", "-no-color")
    assert plan.returncode == 0, plan.stdout + plan.stderr

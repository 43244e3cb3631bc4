"""An environment whose network, connector, cluster and zone get another owner, and back."""

from typing import Final

import pytest

from tests.deploy.test_existing import nothing_is_left_to_do, resources
from tests.fake_cloud.cloud import FakeCloud
from tests.fake_cloud.google.lookup import FIREWALL
from tests.line import Table, changed
from tests.support import DEV_TABLE, Synthesize

OF_ANOTHER_OWNER: Final[Table] = {
    "network": {
        "existing": True,
        "name": "private",
        "node_subnet": "private-nodes",
        "pods_range": "pods",
        "services_range": "services",
    },
    "connector": {"existing": True, "name": "private-connector"},
    "cluster": {"existing": True, "name": "private-cluster"},
    "dns": {"existing": True, "name": "private-zone", "zone": "api.private"},
}
"""The names in `tests/fixtures/dev.toml`, as names of what exists."""


@pytest.fixture
def handed_over(deployed: FakeCloud, synthesize: Synthesize) -> FakeCloud:
    """A deployed environment after another deploy with `existing = true` everywhere."""
    deployed.take(synthesize(changed(DEV_TABLE, OF_ANOTHER_OWNER)))
    deployed.deploy()
    return deployed


def test_terraform_forgets_what_becomes_existing_and_destroys_only_the_deny_rules(
    first_deploy: FakeCloud, handed_over: FakeCloud
) -> None:
    before, after = resources(first_deploy), resources(handed_over)
    gone = {(kind, key.rpartition("/")[2]) for kind, key in before.keys() - after.keys()}
    assert gone == {
        (FIREWALL, "private-deny-connector"),
        (FIREWALL, "private-deny-connector-egress"),
    }
    assert after.keys() <= before.keys()
    assert nothing_is_left_to_do(handed_over)


def test_a_destroy_afterwards_leaves_what_became_existing(handed_over: FakeCloud) -> None:
    handed_over.destroy()
    kinds = {kind for kind, _ in resources(handed_over)}
    assert {
        "google_compute_network",
        "google_compute_subnetwork",
        "google_vpc_access_connector",
        "google_container_cluster",
        "google_container_node_pool",
        "google_dns_managed_zone",
    } < kinds
    assert not kinds & {"google_compute_address", "kubernetes_service_v1", "google_dns_record_set"}


def test_a_change_back_stops_at_the_network_because_its_name_is_taken(
    handed_over: FakeCloud, synthesize: Synthesize
) -> None:
    before = resources(handed_over)
    handed_over.take(synthesize(DEV_TABLE))
    run = handed_over.terraform("network", "apply", "-auto-approve", "-no-color")
    assert run.returncode == 1
    assert "networks/private already exists" in run.stderr
    assert resources(handed_over) == before

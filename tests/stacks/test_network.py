"""The network stack: the VPC, Cloud NAT and deletion protection."""

import pytest

from tests.line import Line, Table, changed
from tests.support import Synthesize


def test_cloud_nat_is_optional_and_serves_only_nodes_and_pods(
    synthesize: Synthesize, table: Table, line: Line
) -> None:
    assert line.all("network", "google_compute_router_nat") == {}
    with_nat = synthesize(changed(table, {"network.nat": True}))
    nat = with_nat.one("network", "google_compute_router_nat")
    assert nat["source_subnetwork_ip_ranges_to_nat"] == "LIST_OF_SUBNETWORKS"
    (subnet,) = nat["subnetwork"]
    assert with_nat.source("network", subnet["name"]) == (
        "network: private-nodes google_compute_subnetwork.id"
    )
    assert subnet["source_ip_ranges_to_nat"] == ["PRIMARY_IP_RANGE", "LIST_OF_SECONDARY_IP_RANGES"]
    nodes = with_nat.named("network", "google_compute_subnetwork", "private-nodes")
    names = {
        range_["ip_cidr_range"]: range_["range_name"] for range_ in nodes["secondary_ip_range"]
    }
    assert subnet["secondary_ip_range_names"] == [names[table["network"]["pods"]]]
    assert with_nat.source("network", nat["router"]) == (
        "network: private-router google_compute_router.name"
    )


def test_the_vpc_has_no_automatic_subnets_and_each_subnet_has_private_google_access(
    line: Line,
) -> None:
    assert line.one("network", "google_compute_network")["auto_create_subnetworks"] is False
    for part in ("network", "connector"):
        subnet = line.one(part, "google_compute_subnetwork")
        assert subnet["private_ip_google_access"] is True


@pytest.mark.parametrize("protected", [True, False])
def test_the_vpc_and_the_node_subnet_are_protected_like_the_cluster(
    synthesize: Synthesize,
    table: Table,
    protected: bool,  # noqa: FBT001 - pytest passes parameters by position or name
) -> None:
    line = synthesize(changed(table, {"cluster.deletion_protection": protected}))
    for kind in ("google_compute_network", "google_compute_subnetwork"):
        assert line.one("network", kind)["lifecycle"] == {"prevent_destroy": protected}

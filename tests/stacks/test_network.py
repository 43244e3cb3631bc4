"""The network stack: who may reach what, and which way is out."""

from tests.line import Line, Table, changed
from tests.support import Synthesize


def test_the_connector_is_denied_all_but_each_service_s_ports(
    synthesize: Synthesize, table: Table
) -> None:
    ports = [
        {"name": "http", "port": 80, "target_port": 8080},
        {"name": "admin", "port": 9090, "target_port": "admin"},
    ]
    line = synthesize(changed(table, {"services[0].ports": ports}))
    deny = line.named("network", "google_compute_firewall", "private-deny-connector")
    allow = line.named("network", "google_compute_firewall", "private-allow-myapi")
    assert len(line.all("network", "google_compute_firewall")) == 2
    assert deny["deny"] == [{"protocol": "all"}]
    assert "target_tags" not in deny
    assert allow["allow"] == [{"protocol": "tcp", "ports": ["80", "9090"]}]
    assert allow["priority"] < deny["priority"] < 1000
    for rule in (allow, deny):
        (source,) = rule["source_ranges"]
        assert rule["direction"] == "INGRESS"
        assert line.source("network", source) == (
            "network: private-connector google_compute_subnetwork.ip_cidr_range"
        )
    (destination,) = allow["destination_ranges"]
    assert line.source("network", destination.removesuffix("/32")) == (
        "network: private-myapi google_compute_address.address"
    )


def test_nodes_get_out_only_with_nat_and_only_they_do(
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
    names = {one["ip_cidr_range"]: one["range_name"] for one in nodes["secondary_ip_range"]}
    assert subnet["secondary_ip_range_names"] == [names[table["network"]["pods"]]]
    assert with_nat.source("network", nat["router"]) == (
        "network: private-router google_compute_router.name"
    )


def test_the_vpc_has_no_subnet_but_ours_and_each_reaches_google_s_apis(line: Line) -> None:
    assert line.one("network", "google_compute_network")["auto_create_subnetworks"] is False
    subnets = line.all("network", "google_compute_subnetwork").values()
    assert [one["private_ip_google_access"] for one in subnets] == [True, True]

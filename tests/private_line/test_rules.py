"""Constructs reject invalid values without the settings."""

from collections.abc import Callable
from datetime import time
from ipaddress import IPv4Address, IPv4Network

import pytest
from cdktf import App, TerraformStack
from cdktf_cdktf_provider_google.provider import GoogleProvider

from private_line import rules
from private_line.cluster import Cluster, ClusterProps
from private_line.connector import Connector, ConnectorProps
from private_line.connector_allow import AllowedTarget
from private_line.control_plane import ControlPlane
from private_line.errors import InvalidValueError
from private_line.internal_service import InternalServiceProps, ServicePort
from private_line.maintenance_window import MaintenanceWindow
from private_line.network import Network, NetworkProps
from private_line.node_account import NodeAccount, NodeAccountProps
from private_line.node_pool import NodePoolProps
from private_line.private_zone import ARecordProps, PrivateZone, PrivateZoneProps
from private_line.reserved_address import ReservedAddress, ReservedAddressProps


def network_props(
    nodes: str = "192.168.32.0/24",
    pods: str = "10.4.0.0/14",
    services: str = "10.0.16.0/20",
) -> NetworkProps:
    return NetworkProps(
        name="private-{}".format,
        network_name="private",
        region="asia-northeast1",
        nodes=IPv4Network(nodes),
        pods=IPv4Network(pods),
        services=IPv4Network(services),
    )


def connector_props(
    network: Network,
    name: str = "private-connector",
    subnet_range: str = "10.8.0.0/28",
    min_instances: int = 2,
) -> ConnectorProps:
    return ConnectorProps(
        name="private-{}".format,
        connector_name=name,
        region="asia-northeast1",
        network=network,
        subnet_range=IPv4Network(subnet_range),
        min_instances=min_instances,
    )


@pytest.fixture(scope="module")
def stack() -> TerraformStack:
    stack = TerraformStack(App(), "any")
    GoogleProvider(stack, "google", project="my-project-id")
    return stack


@pytest.fixture(scope="module")
def network(stack: TerraformStack) -> Network:
    return Network(stack, "network", props=network_props())


@pytest.fixture(scope="module")
def address(stack: TerraformStack, network: Network) -> ReservedAddress:
    props = ReservedAddressProps(name="private-a", network=network, region="asia-northeast1")
    return ReservedAddress(stack, "address", props=props)


@pytest.fixture(scope="module")
def account(stack: TerraformStack) -> NodeAccount:
    props = NodeAccountProps(account_id="private-nodes", project="my-project-id")
    return NodeAccount(stack, "account", props=props)


@pytest.mark.parametrize(
    ("key", "cidr", "rule"),
    [
        ("nodes", "8.8.8.0/24", "private range"),
        ("pods", "172.16.0.0/15", "Docker"),
        ("services", "127.0.0.0/20", "loopback"),
    ],
)
def test_a_network_rejects_an_invalid_range(key: str, cidr: str, rule: str) -> None:
    with pytest.raises(InvalidValueError, match=rule):
        network_props(**{key: cidr})


def test_a_connector_rejects_an_invalid_name_range_and_number_of_instances(
    network: Network,
) -> None:
    with pytest.raises(InvalidValueError, match="got 22"):
        connector_props(network, name="private-connector-ab")
    with pytest.raises(InvalidValueError, match="must be a /28"):
        connector_props(network, subnet_range="10.8.0.0/27")
    with pytest.raises(InvalidValueError, match="private range"):
        connector_props(network, subnet_range="8.8.8.0/28")
    with pytest.raises(InvalidValueError, match="below max_instances"):
        connector_props(network, min_instances=3)


def cluster_props(
    network: Network, account: NodeAccount, access: ControlPlane, *authorized: str, name: str = "c"
) -> ClusterProps:
    return ClusterProps(
        name=name,
        project="my-project-id",
        location="asia-northeast1",
        network=network,
        node_account=account,
        control_plane=access,
        authorized_networks=[IPv4Network(cidr) for cidr in authorized],
    )


def test_a_cluster_rejects_an_invalid_name_and_ranges_that_do_not_match_the_endpoint(
    network: Network, account: NodeAccount
) -> None:
    with pytest.raises(InvalidValueError, match="at most 40"):
        cluster_props(network, account, ControlPlane.DNS, name="c" * 41)
    with pytest.raises(InvalidValueError, match="at least one range"):
        cluster_props(network, account, ControlPlane.PUBLIC)
    with pytest.raises(InvalidValueError, match="must be empty"):
        cluster_props(network, account, ControlPlane.DNS, "10.0.0.0/8")
    with pytest.raises(InvalidValueError, match="allows every caller"):
        cluster_props(network, account, ControlPlane.PUBLIC, "0.0.0.0/0")


@pytest.mark.parametrize(
    ("low", "high", "rule"), [(0, 3, "1 to 3000"), (4, 3, "min_nodes or more")]
)
def test_a_node_pool_rejects_invalid_limits(
    stack: TerraformStack, network: Network, account: NodeAccount, low: int, high: int, rule: str
) -> None:
    cluster = Cluster(
        stack, f"cluster-{low}", props=cluster_props(network, account, ControlPlane.DNS)
    )
    with pytest.raises(InvalidValueError, match=rule):
        NodePoolProps(
            name="nodes",
            cluster=cluster,
            node_account=account,
            node_tag="node",
            min_nodes=low,
            max_nodes=high,
        )


@pytest.mark.parametrize("port", [0, 65536])
def test_ports_are_1_to_65535(address: ReservedAddress, port: int) -> None:
    makers: list[Callable[[], object]] = [
        lambda: AllowedTarget(address=address, protocol="TCP", ports=[port]),
        lambda: ServicePort(name="http", port=port, target_port=8080),
        lambda: ServicePort(name="http", port=80, target_port=port),
    ]
    for make in makers:
        with pytest.raises(InvalidValueError, match="1 to 65535"):
            make()


def test_a_service_rejects_an_empty_selector_no_ports_and_a_range_of_every_address(
    stack: TerraformStack, network: Network, address: ReservedAddress
) -> None:
    connector = Connector(stack, "connector", props=connector_props(network))

    def props(
        selector: dict[str, str], ports: list[ServicePort], *extra: str
    ) -> InternalServiceProps:
        return InternalServiceProps(
            name="myapi",
            namespace="default",
            selector=selector,
            ports=ports,
            address=address,
            connector=connector,
            extra_source_ranges=[IPv4Network(cidr) for cidr in extra],
        )

    port = ServicePort(name="http", port=80, target_port=8080)
    with pytest.raises(InvalidValueError, match="at least one label"):
        props({}, [port])
    with pytest.raises(InvalidValueError, match="needs a port"):
        props({"app": "myapi"}, [])
    with pytest.raises(InvalidValueError, match="allows every caller"):
        props({"app": "myapi"}, [port], "0.0.0.0/0")
    assert props({"app": "myapi"}, [port], "10.100.0.0/16").extra_source_ranges


def test_a_zone_and_its_records_reject_invalid_dns_names(
    stack: TerraformStack, network: Network, address: ReservedAddress
) -> None:
    with pytest.raises(InvalidValueError, match="must not end with a dot"):
        PrivateZoneProps(name="z", dns_name="api.private.", network=network)
    props = PrivateZoneProps(name="z", dns_name="api.private", network=network)
    zone = PrivateZone(stack, "zone", props=props)
    with pytest.raises(InvalidValueError, match="DNS name"):
        ARecordProps(host="my_api", zone=zone, address=address)


def test_a_maintenance_window_meets_the_minimum_of_gke() -> None:
    with pytest.raises(InvalidValueError, match="12 hours per week"):
        MaintenanceWindow(days=("SU",), hours=11)
    with pytest.raises(InvalidValueError, match="4 to 24, got 3"):
        MaintenanceWindow(hours=3)
    window = MaintenanceWindow(days=("SU",), start=time(23, 0), hours=12)
    assert window.end_time == "2025-01-06T11:00:00Z"


def test_a_fixed_address_is_not_reserved_by_google() -> None:
    subnet = IPv4Network("10.0.0.0/29")
    free = []
    for candidate in subnet:
        try:
            free.append(rules.address_in(candidate, subnet))
        except InvalidValueError:
            continue
    assert free == [IPv4Address(f"10.0.0.{last}") for last in (2, 3, 4, 5)]


def test_an_error_message_contains_rule_and_hint() -> None:
    with pytest.raises(InvalidValueError) as caught:
        rules.connector_range(IPv4Network("10.9.0.0/24"))
    assert str(caught.value) == (
        "must be a /28, got a /24; choose a /28 that nothing else uses, for example 10.8.0.0/28"
    )

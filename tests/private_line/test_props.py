"""Props apply to each value the same rule as the settings."""

from collections.abc import Sequence
from dataclasses import fields, is_dataclass, replace
from importlib import import_module
from ipaddress import IPv4Network
from typing import Any, Final

import pytest
from cdktf import App, TerraformStack
from cdktf_cdktf_provider_google.provider import GoogleProvider

from private_line.cluster import Cluster, ClusterProps
from private_line.connector import Connector, ConnectorProps
from private_line.connector_allow import AllowedTarget, AllowIngressProps, AllowProps
from private_line.errors import InvalidValueError
from private_line.existing_cluster import ExistingClusterProps
from private_line.existing_connector import ExistingConnectorProps
from private_line.existing_network import ExistingNetwork, ExistingNetworkProps
from private_line.existing_subnet import ExistingSubnetProps
from private_line.existing_zone import ExistingZoneProps
from private_line.extra_destinations import ExtraDestinationsProps
from private_line.internal_service import InternalServiceProps, ServicePort
from private_line.maintenance_window import MaintenanceWindow
from private_line.namespaces import NamespacesProps
from private_line.network import Network, NetworkProps
from private_line.node_account import NodeAccount, NodeAccountProps
from private_line.node_pool import NodePoolProps
from private_line.private_zone import ARecordProps, PrivateZone, PrivateZoneProps
from private_line.reserved_address import ReservedAddress, ReservedAddressProps
from tests.support import ROOT

PACKAGE = ROOT / "constructs" / "private_line"
REGION = "asia-northeast1"
BAD_LABELS = {"Team": "platform"}


@pytest.fixture(scope="module")
def valid_props() -> dict[str, Any]:
    """Valid props of every kind, by class name."""
    stack = TerraformStack(App(), "any")
    GoogleProvider(stack, "google", project="my-project-id")
    network_props = NetworkProps(
        name="private-{}".format,
        network_name="private",
        region=REGION,
        nodes=IPv4Network("192.168.32.0/24"),
        pods=IPv4Network("10.4.0.0/14"),
        services=IPv4Network("10.0.16.0/20"),
    )
    network = Network(stack, "network", props=network_props)
    account_props = NodeAccountProps(account_id="private-nodes", project="my-project-id")
    account = NodeAccount(stack, "account", props=account_props)
    cluster_props = ClusterProps(
        name="private-cluster",
        project="my-project-id",
        location=REGION,
        network=network,
        node_account=account,
    )
    cluster = Cluster(stack, "cluster", props=cluster_props)
    address_props = ReservedAddressProps(name="private-a", network=network, region=REGION)
    address = ReservedAddress(stack, "address", props=address_props)
    connector_props = ConnectorProps(
        name="private-{}".format,
        connector_name="private-connector",
        region=REGION,
        network=network,
        subnet_range=IPv4Network("10.8.0.0/28"),
    )
    connector = Connector(stack, "connector", props=connector_props)
    zone_props = PrivateZoneProps(name="zone", dns_name="api.private", network=network)
    zone = PrivateZone(stack, "zone", props=zone_props)
    existing_network_props = ExistingNetworkProps(
        name="private",
        region=REGION,
        node_subnet="gke-nodes",
        pods_range="pods",
        services_range="services",
        new_cluster=True,
    )
    existing_network = ExistingNetwork(stack, "existing-network", props=existing_network_props)
    port = ServicePort(name="http", port=80, target_port=8080)
    target = AllowedTarget(address=address, protocol="TCP", ports=[80])
    valid = [
        network_props,
        account_props,
        cluster_props,
        address_props,
        port,
        connector_props,
        target,
        AllowProps(name="private-allow-a", network=network, connector=connector, target=target),
        AllowIngressProps(
            name="private-allow-a",
            network=network,
            connector=connector,
            target=target,
            node_tags=["private-node"],
        ),
        existing_network_props,
        ExistingSubnetProps(
            key="network.node_subnet", name="gke-nodes", region=REGION, network_id="${any.id}"
        ),
        ExistingConnectorProps(
            name="private-{}".format,
            connector_name="shared-connector",
            region=REGION,
            network=existing_network,
        ),
        ExistingClusterProps(
            name="batch", project="my-project-id", location=REGION, network=existing_network
        ),
        ExistingZoneProps(name="api-private", dns_name="api.private"),
        MaintenanceWindow(),
        ExtraDestinationsProps(
            name="private-{}".format,
            network=network,
            connector=connector,
            destinations=[IPv4Network("10.20.0.0/24")],
        ),
        NodePoolProps(name="nodes", cluster=cluster, node_account=account, node_tag="private-node"),
        ARecordProps(host="my", zone=zone, address=address),
        zone_props,
        NamespacesProps(names=["apis"]),
        InternalServiceProps(
            name="myapi",
            namespace="default",
            selector={"app": "myapi"},
            ports=[port],
            address=address,
            connector=connector,
        ),
    ]
    return {type(props).__name__: props for props in valid}


BAD: Final[Sequence[tuple[str, str, object, str]]] = (
    # props, field, value, rule
    ("NetworkProps", "network_name", "Private", "63 characters"),
    ("NetworkProps", "region", "tokyo", "must be a region"),
    ("NetworkProps", "nodes", IPv4Network("10.0.0.0/30"), "a /8 to a /29, got a /30"),
    ("NetworkProps", "services", IPv4Network("10.0.0.0/15"), "a /16 to a /28"),
    ("NodeAccountProps", "project", "short", "project ID"),
    ("ClusterProps", "name", "2nd", "at most 40"),
    ("ClusterProps", "project", "short", "project ID"),
    ("ClusterProps", "location", "tokyo !!", "a region or a zone"),
    ("NodeAccountProps", "account_id", "short", "6 to 30"),
    ("ClusterProps", "labels", BAD_LABELS, "'Team'"),
    ("ConnectorProps", "connector_name", "private-connector-ab", "got 22"),
    ("ConnectorProps", "region", "asia-northeast1-a", "zone, not a region"),
    ("ConnectorProps", "subnet_range", IPv4Network("10.8.0.0/27"), "must be a /28"),
    ("ConnectorProps", "min_instances", 1, "2 to 9, got 1"),
    ("ConnectorProps", "max_instances", 11, "3 to 10, got 11"),
    ("AllowedTarget", "ports", [80, 0], "1 to 65535, got 0"),
    ("MaintenanceWindow", "hours", 3, "4 to 24, got 3"),
    ("AllowProps", "name", "1st", "63 characters"),
    ("AllowIngressProps", "name", "1st", "63 characters"),
    ("AllowIngressProps", "node_tags", ["node", "Node"], "63 characters"),
    ("ConnectorProps", "existing_subnet", "projects/p", "63 characters"),
    ("ConnectorProps", "subnet_range", None, "a new subnet needs a range"),
    # A name is part of an expression in Terraform's language.
    ("ExistingNetworkProps", "name", '"', "63 characters"),
    ("ExistingNetworkProps", "region", "tokyo", "must be a region"),
    ("ExistingNetworkProps", "node_subnet", "${self.name}", "63 characters"),
    ("ExistingNetworkProps", "pods_range", 'pods"', "63 characters"),
    ("ExistingNetworkProps", "services_range", "Services", "63 characters"),
    ("ExistingNetworkProps", "pods_range", None, "a cluster needs secondary ranges"),
    ("ExistingNetworkProps", "services_range", None, "a cluster needs secondary ranges"),
    ("ExistingSubnetProps", "name", "%{if}", "63 characters"),
    ("ExistingSubnetProps", "region", "us-central", "App Engine location"),
    ("ExistingConnectorProps", "connector_name", "${x}", "a-z, 0-9 and -"),
    ("ExistingConnectorProps", "region", "asia-northeast1-a", "zone, not a region"),
    ("ExistingClusterProps", "name", '"', "at most 40"),
    ("ExistingClusterProps", "project", "short", "project ID"),
    ("ExistingClusterProps", "location", "${x}", "a region or a zone"),
    ("ExistingZoneProps", "name", "api.private", "63 characters"),
    ("ExistingZoneProps", "dns_name", "api.private.", "must not end with a dot"),
    # A rule without ranges applies to every address.
    ("ExtraDestinationsProps", "destinations", [], "at least one range"),
    (
        "ExtraDestinationsProps",
        "destinations",
        [IPv4Network("0.0.0.0/0")],
        "which is every address",
    ),
    ("ExtraDestinationsProps", "destinations", [IPv4Network("8.8.8.8/32")], "private range"),
    ("NodePoolProps", "machine_type", "big", "machine type"),
    ("NodePoolProps", "machine_type", "f1-micro", "too little memory"),
    ("NodePoolProps", "machine_type", "c4-standard-4", "must be hyperdisk-balanced"),
    ("NodePoolProps", "disk_size_gb", 9, "10 to 65536, got 9"),
    ("NodePoolProps", "max_nodes", 3001, "1 to 3000, got 3001"),
    ("ClusterProps", "authorized_networks", [IPv4Network("10.0.0.0/8")], "must be empty"),
    ("NodePoolProps", "labels", BAD_LABELS, "'Team'"),
    ("ReservedAddressProps", "name", "1st", "63 characters"),
    ("ReservedAddressProps", "region", "tokyo", "must be a region"),
    ("ReservedAddressProps", "labels", BAD_LABELS, "'Team'"),
    ("ARecordProps", "host", "my_api", "DNS name"),
    ("PrivateZoneProps", "dns_name", "co.uk", "public suffix"),
    ("PrivateZoneProps", "labels", BAD_LABELS, "'Team'"),
    ("ServicePort", "name", "Http", "63 characters"),
    ("ServicePort", "target_port", "8080", "name of a container port"),
    ("NamespacesProps", "names", ["apis", "kube_x"], "63 characters"),
    ("NamespacesProps", "names", ["kube-system"], "created by Kubernetes or GKE"),
    ("InternalServiceProps", "name", "MyApi", "63 characters"),
    ("InternalServiceProps", "namespace", "kube_system", "63 characters"),
    ("InternalServiceProps", "selector", {}, "at least one label"),
    ("InternalServiceProps", "labels", BAD_LABELS, "'Team'"),
    (
        "InternalServiceProps",
        "extra_source_ranges",
        [IPv4Network("0.0.0.0/1"), IPv4Network("128.0.0.0/1")],
        "allows every caller",
    ),
)


@pytest.mark.parametrize(("props", "field", "value", "rule"), BAD)
def test_a_bad_value_is_rejected(
    valid_props: dict[str, Any], props: str, field: str, value: object, rule: str
) -> None:
    with pytest.raises(InvalidValueError, match=rule):
        replace(valid_props[props], **{field: value})


def test_every_class_that_validates_has_a_bad_value() -> None:
    classes = {
        name
        for path in PACKAGE.glob("*.py")
        for name, found in vars(import_module(f"private_line.{path.stem}")).items()
        if is_dataclass(found) and "__post_init__" in vars(found)
    }
    missing = classes - {props for props, *_ in BAD}
    assert sorted(missing) == [], (
        "add valid props to `valid_props`, and a value for each rule to BAD"
    )


def test_every_number_is_limited(valid_props: dict[str, Any]) -> None:
    accepted = [
        f"{name}.{field.name}"
        for name, props in valid_props.items()
        for field in fields(props)
        if type(getattr(props, field.name)) is int and accepts(props, field.name, 2**64)
    ]
    assert accepted == [], "write limits.NAME.check(self.NAME) in __post_init__"


def accepts(props: Any, field: str, value: object) -> bool:  # noqa: ANN401 - any props
    try:
        replace(props, **{field: value})
    except InvalidValueError:
        return False
    return True

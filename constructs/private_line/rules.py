"""What Google's APIs and Kubernetes demand of ranges, numbers and labels, checked before an apply.

The bindings accept any value. Each function here takes one, returns it unchanged when it
is good, and raises `InvalidValueError` when it is not. Constructs and settings call the same
functions, so that a rule stands in one place.
"""

import re
from collections.abc import Mapping, Sequence
from ipaddress import IPv4Address, IPv4Network
from typing import Final

from private_line import choices
from private_line.control_plane import ControlPlane
from private_line.errors import InvalidValueError

RESERVED_IN_SUBNET: Final = 4
"""Addresses that Google keeps in every subnet: network, gateway, last but one, broadcast."""

PRIVATE_RANGES: Final = tuple(
    IPv4Network(cidr) for cidr in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")
)
"""RFC 1918 and RFC 6598: what `egress_setting: private-ranges-only` sends to the connector."""

DOCKER_BRIDGE: Final = IPv4Network("172.17.0.0/16")


def connector_range(network: IPv4Network) -> IPv4Network:
    """Check a connector's range: exactly a /28 of private addresses."""
    if network.prefixlen != 28:
        raise InvalidValueError(
            "must be a /28, used by nothing else",
            f"for example {network.network_address}/28",
        )
    return private_range(network)


def connector_instances(minimum: int, maximum: int) -> None:
    """Check a connector's bounds: minimum 2 to 9, maximum 3 to 10, minimum below maximum."""
    if not 2 <= minimum <= 9:
        raise InvalidValueError(f"min_instances must be 2 to 9, got {minimum}", "2 is the cheapest")
    if not 3 <= maximum <= 10:
        raise InvalidValueError(
            f"max_instances must be 3 to 10, got {maximum}", "3 is the cheapest"
        )
    if minimum >= maximum:
        raise InvalidValueError(
            f"min_instances must be below max_instances, got {minimum} and {maximum}",
            f"set max_instances to {minimum + 1} or more",
        )


def private_range(network: IPv4Network) -> IPv4Network:
    """Check that a range is private (RFC 1918, RFC 6598) and not Docker's bridge on the nodes.

    The bridge: Google's page on private clusters, "Restrictions".
    """
    _sent_to_the_connector(network, "choose one in " + ", ".join(map(str, PRIVATE_RANGES)))
    if network.overlaps(DOCKER_BRIDGE):
        raise InvalidValueError(
            f"must not overlap {DOCKER_BRIDGE}, Docker's bridge on the nodes",
            "choose another private range",
        )
    return network


def destination_range(network: IPv4Network) -> IPv4Network:
    """Check a range that a connector may reach as a whole: private, and not everything."""
    if network.prefixlen == 0:
        raise InvalidValueError(
            f"{network} opens everything to the app", "name the ranges of what it calls"
        )
    _sent_to_the_connector(network, "remove it: the app calls public addresses directly")
    return network


def _sent_to_the_connector(network: IPv4Network, hint: str) -> None:
    if not any(network.subnet_of(private) for private in PRIVATE_RANGES):
        raise InvalidValueError(
            "must lie in a private range, or App Engine does not send its traffic to the connector",
            hint,
        )


def services_range(network: IPv4Network) -> IPv4Network:
    """Check a cluster's range for Services: private, and a /16 to a /28."""
    private_range(network)
    if not 16 <= network.prefixlen <= 28:
        raise InvalidValueError(
            f"must be a /16 to /28, got a /{network.prefixlen}", "a /20 holds 4096 Services"
        )
    return network


def source_range(network: IPv4Network) -> IPv4Network:
    """Check a range that is let in: anything but the whole internet."""
    if network.prefixlen == 0:
        raise InvalidValueError(f"{network} lets everybody in", "name the ranges of the callers")
    return network


def address_in(address: IPv4Address, subnet: IPv4Network) -> IPv4Address:
    """Check that an address lies in a subnet and is not one that Google keeps for itself."""
    if subnet.num_addresses <= RESERVED_IN_SUBNET:
        raise InvalidValueError(
            f"must lie in the node range, but {subnet} has no address that Google does not keep",
            "choose a larger node range",
        )
    if address not in subnet:
        raise InvalidValueError(
            f"must lie in the node range {subnet}", f"choose one from {subnet[2]} to {subnet[-3]}"
        )
    kept = {
        subnet[0]: "network",
        subnet[1]: "gateway",
        subnet[-2]: "last but one",
        subnet[-1]: "broadcast",
    }
    if address in kept:
        raise InvalidValueError(
            f"is the {kept[address]} address of {subnet}, which Google keeps",
            f"choose one from {subnet[2]} to {subnet[-3]}",
        )
    return address


def port_number(port: int) -> int:
    """Check a port number: 1 to 65535."""
    if not 1 <= port <= 65535:
        raise InvalidValueError(f"must be 1 to 65535, got {port}", "for example 80")
    return port


def target_port(port: int | str) -> int | str:
    """Check the pods' port: a number, or a port name of at most 15 characters."""
    if isinstance(port, int):
        return port_number(port)
    if not re.fullmatch(r"(?=.*[a-z])[a-z0-9]([-a-z0-9]{0,13}[a-z0-9])?", port) or "--" in port:
        raise InvalidValueError(
            "must be a port number or a container port's name", "for example 8080"
        )
    return port


def authorized_networks(access: ControlPlane, networks: Sequence[IPv4Network]) -> None:
    """Check who may reach the control plane, for one way of access."""
    if access is ControlPlane.PUBLIC and not networks:
        raise InvalidValueError(
            "must name at least one range when control_plane is public",
            'name the ranges that deploy, or set control_plane to "dns"',
        )
    if access is ControlPlane.DNS and networks:
        raise InvalidValueError(
            "must be empty when control_plane is dns: with it GKE turns the IP endpoints on again",
            "remove it: IAM (container.clusters.connect) decides who gets in",
        )
    for network in networks:
        source_range(network)


def boot_zones(location: str) -> int:
    """In how many zones nodes boot: three of a region, or one (Google's page "Regional clusters").

    Args:
        location: a region, or one zone of it.
    """
    return 1 if re.search(r"-[a-z]$", location) else 3


def node_bounds(minimum: int, maximum: int, zones: int) -> None:
    """Check an autoscaler's bounds: minimum 1 or more, not above maximum, room for each zone.

    A pool boots with one node per zone.

    Args:
        minimum: over all zones together.
        maximum: over all zones together.
        zones: how many zones the pool is in.
    """
    if minimum < 1:
        raise InvalidValueError(f"min_nodes must be 1 or more, got {minimum}", "1 is the cheapest")
    if maximum < zones:
        raise InvalidValueError(
            f"max_nodes must be {zones} or more, got {maximum}: the nodes boot in {zones} zones",
            f"set max_nodes to {zones}, or cluster.location to one zone",
        )
    if maximum < minimum:
        raise InvalidValueError(
            f"max_nodes must be min_nodes or more, got {maximum} and {minimum}",
            f"set max_nodes to {minimum} or more",
        )


def disk_size(gigabytes: int) -> int:
    """Check a boot disk in GB: 10, the provider's minimum, to 64 TB, the most of a disk."""
    if not 10 <= gigabytes <= 65536:
        raise InvalidValueError(
            f"must be 10 to 65536, got {gigabytes}", f"{choices.DISK_SIZE_GB} is the default"
        )
    return gigabytes


def maintenance_window(days: int, hours: int) -> None:
    """Check a weekly window: GKE wants 48 hours in any 32 days, in pieces of 4 hours or more.

    Any 32 days hold each weekday four times at least, hence 12 hours a week.
    Source: Google's page "Maintenance windows and exclusions".
    """
    if not 4 <= hours <= 24:
        raise InvalidValueError(f"hours must be 4 to 24, got {hours}", "4 is the shortest")
    if days * hours < 12:
        raise InvalidValueError(
            f"must be open at least 12 hours a week, got {days * hours}",
            "add days or hours",
        )


def selector(labels: Mapping[str, str]) -> Mapping[str, str]:
    """Check a Service's selector: not empty, keys and values in Kubernetes' label syntax."""
    if not labels:
        raise InvalidValueError(
            "must hold at least one label, or the Service has no pods",
            'for example { app = "myapi" }',
        )
    name = r"[A-Za-z0-9]([-_.A-Za-z0-9]{0,61}[A-Za-z0-9])?"
    prefix = r"[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?"
    for key, value in labels.items():
        if not re.fullmatch(rf"({prefix}/)?{name}", key):
            raise InvalidValueError(f"{key!r} is not a Kubernetes label key", "for example app")
        if not re.fullmatch(rf"({name})?", value):
            raise InvalidValueError(
                f"{value!r} is not a Kubernetes label value", "for example myapi"
            )
    return labels


def labels(values: Mapping[str, str]) -> Mapping[str, str]:
    """Check labels that both Google and Kubernetes take: lower case, 63 characters, 64 labels."""
    if len(values) > 64:
        raise InvalidValueError(f"must be at most 64 labels, got {len(values)}", "remove some")
    inner = r"[-_a-z0-9]{0,61}[a-z0-9]"
    for key, value in values.items():
        if not re.fullmatch(rf"[a-z]({inner})?", key):
            raise InvalidValueError(
                f"the key {key!r} must start with a letter, end with a letter or digit and hold "
                "only a-z, 0-9, - and _, 63 characters at most",
                "for example team",
            )
        if not re.fullmatch(rf"([a-z0-9]({inner})?)?", value):
            raise InvalidValueError(
                f"the value {value!r} must start and end with a letter or digit and hold "
                "only a-z, 0-9, - and _, 63 characters at most",
                "for example platform",
            )
    return values

"""Rules of Google's APIs and Kubernetes for ranges, numbers and labels, checked before an apply.

The provider bindings accept any value. Each function here returns a valid value unchanged and
raises `InvalidValueError` for any other. Constructs and settings call the same functions.
"""

import re
from collections.abc import Mapping, Sequence
from ipaddress import IPv4Address, IPv4Network
from typing import Final

from private_line import choices, names
from private_line.control_plane import ControlPlane
from private_line.errors import InvalidValueError

RESERVED_IN_SUBNET: Final = 4
"""Reserved addresses per subnet: network, gateway, second-to-last and broadcast.

See https://cloud.google.com/vpc/docs/subnets.
"""

PRIVATE_RANGES: Final = tuple(
    IPv4Network(cidr) for cidr in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")
)
"""RFC 1918 and RFC 6598, the destinations of `egress_setting: private-ranges-only`."""

DOCKER_BRIDGE: Final = IPv4Network("172.17.0.0/16")


def connector_range(network: IPv4Network) -> IPv4Network:
    """Check a connector's range: a private /28."""
    if network.prefixlen != 28:
        raise InvalidValueError(
            "must be a /28 that nothing else uses",
            f"for example {network.network_address}/28",
        )
    return private_range(network)


def connector_instances(minimum: int, maximum: int) -> None:
    """Check the number of instances: minimum 2 to 9, maximum 3 to 10, minimum below maximum."""
    if not 2 <= minimum <= 9:
        raise InvalidValueError(f"min_instances must be 2 to 9, got {minimum}", "2 costs least")
    if not 3 <= maximum <= 10:
        raise InvalidValueError(f"max_instances must be 3 to 10, got {maximum}", "3 costs least")
    if minimum >= maximum:
        raise InvalidValueError(
            f"min_instances must be below max_instances, got {minimum} and {maximum}",
            f"set max_instances to {minimum + 1} or more",
        )


def private_range(network: IPv4Network) -> IPv4Network:
    """Check that a range is private (RFC 1918, RFC 6598) and not Docker's bridge on the nodes.

    For the bridge, see https://cloud.google.com/kubernetes-engine/docs/how-to/private-clusters.
    """
    _routed_to_the_connector(network, "choose a range in " + ", ".join(map(str, PRIVATE_RANGES)))
    if network.overlaps(DOCKER_BRIDGE):
        raise InvalidValueError(
            f"must not overlap {DOCKER_BRIDGE}, the range of Docker's bridge on the nodes",
            "choose another private range",
        )
    return network


def destination_range(network: IPv4Network) -> IPv4Network:
    """Check a range that a connector can reach on all ports: private, and not 0.0.0.0/0."""
    if network.prefixlen == 0:
        raise InvalidValueError(
            f"must not be {network}, which is every address", "list the ranges that the app calls"
        )
    _routed_to_the_connector(network, "remove it: the app reaches public addresses directly")
    return network


def _routed_to_the_connector(network: IPv4Network, hint: str) -> None:
    if not any(network.subnet_of(private) for private in PRIVATE_RANGES):
        raise InvalidValueError(
            "must be in a private range: App Engine sends no other traffic to the connector",
            hint,
        )


def services_range(network: IPv4Network) -> IPv4Network:
    """Check a cluster's range for Services: a private /16 to /28."""
    private_range(network)
    if not 16 <= network.prefixlen <= 28:
        raise InvalidValueError(
            f"must be a /16 to /28, got a /{network.prefixlen}",
            "a /20 has addresses for 4096 Services",
        )
    return network


def source_range(network: IPv4Network) -> IPv4Network:
    """Check a range that is allowed in: any range except 0.0.0.0/0."""
    if network.prefixlen == 0:
        raise InvalidValueError(
            f"must not be {network}, which allows every caller", "list the ranges of the callers"
        )
    return network


def address_in(address: IPv4Address, subnet: IPv4Network) -> IPv4Address:
    """Check that an address is in a subnet and not reserved by Google."""
    if subnet.num_addresses <= RESERVED_IN_SUBNET:
        raise InvalidValueError(
            f"must be in the node range, but all addresses of {subnet} are reserved by Google",
            "choose a larger node range",
        )
    if address not in subnet:
        raise InvalidValueError(
            f"must be in the node range {subnet}",
            f"choose an address from {subnet[2]} to {subnet[-3]}",
        )
    reserved = {
        subnet[0]: "network",
        subnet[1]: "gateway",
        subnet[-2]: "second-to-last",
        subnet[-1]: "broadcast",
    }
    if address in reserved:
        raise InvalidValueError(
            f"is the {reserved[address]} address of {subnet}, which Google reserves",
            f"choose an address from {subnet[2]} to {subnet[-3]}",
        )
    return address


def port_number(port: int) -> int:
    """Check a port number: 1 to 65535."""
    if not 1 <= port <= 65535:
        raise InvalidValueError(f"must be 1 to 65535, got {port}", "for example 80")
    return port


def target_port(port: int | str) -> int | str:
    """Check the pods' port: a number, or a container port name of at most 15 characters."""
    if isinstance(port, int):
        return port_number(port)
    if not re.fullmatch(r"(?=.*[a-z])[a-z0-9]([-a-z0-9]{0,13}[a-z0-9])?", port) or "--" in port:
        raise InvalidValueError(
            "must be a port number or the name of a container port", "for example 8080"
        )
    return port


def authorized_networks(access: ControlPlane, networks: Sequence[IPv4Network]) -> None:
    """Check the ranges that can reach the control plane on the given endpoint."""
    if access is ControlPlane.PUBLIC and not networks:
        raise InvalidValueError(
            'must list at least one range if control_plane is "public"',
            'list the ranges that you deploy from, or set control_plane to "dns"',
        )
    if access is ControlPlane.DNS and networks:
        raise InvalidValueError(
            'must be empty if control_plane is "dns": ranges turn the IP-based endpoints on again',
            "remove it: the IAM permission container.clusters.connect controls access",
        )
    for network in networks:
        source_range(network)


def boot_zones(location: str) -> int:
    """The number of zones in which GKE creates nodes: three for a region, one for a zone.

    See https://cloud.google.com/kubernetes-engine/docs/concepts/regional-clusters.

    Args:
        location: a region, or one zone of it.
    """
    return 1 if re.search(r"-[a-z]$", location) else 3


def node_bounds(minimum: int, maximum: int, zones: int) -> None:
    """Check an autoscaler's limits: minimum 1 or more, maximum not below the minimum.

    GKE creates a pool with one node per zone, so the maximum is at least the number of zones.

    Args:
        minimum: the number of nodes in all zones together.
        maximum: the number of nodes in all zones together.
        zones: the number of zones of the pool.
    """
    if minimum < 1:
        raise InvalidValueError(f"min_nodes must be 1 or more, got {minimum}", "1 costs least")
    if maximum < zones:
        raise InvalidValueError(
            f"max_nodes must be {zones} or more, got {maximum}: GKE creates a node in each zone",
            f"set max_nodes to {zones}, or cluster.location to one zone",
        )
    if maximum < minimum:
        raise InvalidValueError(
            f"max_nodes must be min_nodes or more, got {maximum} and {minimum}",
            f"set max_nodes to {minimum} or more",
        )


def disk_size(gigabytes: int) -> int:
    """Check a boot disk in GB: 10, the provider's minimum, to 65536, the largest disk."""
    if not 10 <= gigabytes <= 65536:
        raise InvalidValueError(
            f"must be 10 to 65536, got {gigabytes}", f"the default is {choices.DISK_SIZE_GB}"
        )
    return gigabytes


def maintenance_window(days: int, hours: int) -> None:
    """Check a weekly window: 4 to 24 hours long, and open for at least 12 hours per week.

    GKE requires 48 hours in every 32 days, in windows of 4 hours or more:
    https://cloud.google.com/kubernetes-engine/docs/concepts/maintenance-windows-and-exclusions.
    Every 32 days contain each weekday at least four times, hence 12 hours per week.
    """
    if not 4 <= hours <= 24:
        raise InvalidValueError(f"hours must be 4 to 24, got {hours}", "4 is the shortest")
    if days * hours < 12:
        raise InvalidValueError(
            f"must be open at least 12 hours per week, got {days * hours}",
            "add days or hours",
        )


def selector(labels: Mapping[str, str]) -> Mapping[str, str]:
    """Check a Service's selector: at least one label, in Kubernetes' syntax.

    The prefix of a key is a DNS subdomain:
    https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/.
    """
    if not labels:
        raise InvalidValueError(
            "must contain at least one label: without one, the Service selects no pods",
            'for example { app = "myapi" }',
        )
    name = r"[A-Za-z0-9]([-_.A-Za-z0-9]{0,61}[A-Za-z0-9])?"
    for key, value in labels.items():
        prefix, slash, last = key.rpartition("/")
        if (slash and not names.is_dns_subdomain(prefix)) or not re.fullmatch(name, last):
            raise InvalidValueError(
                f"the key {key!r} is not a valid Kubernetes label key", "for example app"
            )
        if not re.fullmatch(rf"({name})?", value):
            raise InvalidValueError(
                f"the value {value!r} is not a valid Kubernetes label value", "for example myapi"
            )
    return labels


def labels(values: Mapping[str, str]) -> Mapping[str, str]:
    """Check labels for Google Cloud and Kubernetes: lowercase, 63 characters, at most 64 labels."""
    if len(values) > 64:
        raise InvalidValueError(f"must have at most 64 labels, got {len(values)}", "remove labels")
    inner = r"[-_a-z0-9]{0,61}[a-z0-9]"
    for key, value in values.items():
        if not re.fullmatch(rf"[a-z]({inner})?", key):
            raise InvalidValueError(
                f"the key {key!r} must be at most 63 characters of a-z, 0-9, - and _, start with a "
                "letter and end with a letter or digit",
                "for example team",
            )
        if not re.fullmatch(rf"([a-z0-9]({inner})?)?", value):
            raise InvalidValueError(
                f"the value {value!r} must be at most 63 characters of a-z, 0-9, - and _, and "
                "start and end with a letter or digit",
                "for example platform",
            )
    return values

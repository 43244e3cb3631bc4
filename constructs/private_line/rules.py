"""Rules of Google's APIs and Kubernetes for ranges, numbers and labels, checked before an apply.

The provider bindings accept any value. Each function here returns a valid value unchanged and
raises `InvalidValueError` for any other. Constructs and settings call the same functions. The
numbers, and the pages that document them, are in `private_line.limits`.
"""

import re
from collections.abc import Mapping, Sequence
from ipaddress import IPv4Address, IPv4Network, collapse_addresses

from private_line import limits, names
from private_line.control_plane import ControlPlane
from private_line.errors import InvalidValueError


def connector_range(network: IPv4Network) -> IPv4Network:
    """Check a connector's range: a private /28."""
    limits.CONNECTOR_PREFIX.check(network.prefixlen)
    return _private_range(network)


def connector_instances(minimum: int, maximum: int) -> None:
    """Check the number of instances: minimum 2 to 9, maximum 3 to 10, minimum below maximum."""
    limits.CONNECTOR_MIN_INSTANCES.check(minimum)
    limits.CONNECTOR_MAX_INSTANCES.check(maximum)
    if minimum >= maximum:
        raise InvalidValueError(
            f"min_instances must be below max_instances, got {minimum} and {maximum}",
            f"set max_instances to {minimum + 1} or more",
        )


def nodes_range(network: IPv4Network) -> IPv4Network:
    """Check the range of nodes and load balancers: a private /8 to /29."""
    limits.NODES_PREFIX.check(network.prefixlen)
    return _private_range(network)


def _private_range(network: IPv4Network) -> IPv4Network:
    """Check that packets between a range and App Engine use the connector."""
    hint = "choose a range in " + ", ".join(map(str, limits.PRIVATE_RANGES))
    _routed_to_the_connector(network, hint)
    return subnet_range(network)


def subnet_range(network: IPv4Network) -> IPv4Network:
    """Check a range that a subnet can have, for addresses that App Engine never calls.

    Besides RFC 1918, GKE accepts special-purpose ranges such as 240.0.0.0/4, and public ranges that
    you use privately: https://cloud.google.com/kubernetes-engine/docs/how-to/alias-ips.
    """
    for prohibited, purpose in limits.PROHIBITED.items():
        if network.overlaps(prohibited):
            raise InvalidValueError(
                f"must not overlap {prohibited}: {purpose}", "choose another range"
            )
    return network


def is_public(network: IPv4Network) -> bool:
    """Whether a range contains addresses of the internet."""
    return not any(network.subnet_of(private) for private in limits.NOT_PUBLIC)


def destination_range(network: IPv4Network) -> IPv4Network:
    """Check a range that a connector can reach on all ports: private, and not 0.0.0.0/0."""
    if network.prefixlen == 0:
        raise InvalidValueError(
            f"must not be {network}, which is every address", "list the ranges that the app calls"
        )
    _routed_to_the_connector(network, "remove it: the app reaches public addresses directly")
    return network


def _routed_to_the_connector(network: IPv4Network, hint: str) -> None:
    if not any(network.subnet_of(private) for private in limits.PRIVATE_RANGES):
        raise InvalidValueError(
            "must be in a private range: App Engine sends no other traffic to the connector",
            hint,
        )


def services_range(network: IPv4Network) -> IPv4Network:
    """Check a cluster's range for Services: as for pods, and a /16 to /28."""
    limits.SERVICES_PREFIX.check(network.prefixlen)
    return subnet_range(network)


def source_range(network: IPv4Network) -> IPv4Network:
    """Check a range that is allowed in: any range except 0.0.0.0/0."""
    if network.prefixlen == 0:
        raise InvalidValueError(
            f"must not be {network}, which allows every caller", "list the ranges of the callers"
        )
    return network


def source_ranges(networks: Sequence[IPv4Network]) -> Sequence[IPv4Network]:
    """Check the ranges that are allowed in: together not every address."""
    for network in collapse_addresses(networks):
        source_range(network)
    return networks


def service_source_ranges(networks: Sequence[IPv4Network]) -> Sequence[IPv4Network]:
    """Check a Service's source ranges, which GKE writes into one firewall rule.

    The connector's range is one of them, so there is one less for other callers.
    """
    limits.SERVICE_SOURCE_RANGES.check(networks)
    return source_ranges(networks)


def address_in(address: IPv4Address, subnet: IPv4Network) -> IPv4Address:
    """Check that an address is in a subnet and not reserved by Google."""
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


def private_address(address: IPv4Address) -> IPv4Address:
    """Check an address in a subnet of unknown range: packets to it use the connector."""
    hint = "choose a free address of the node subnet"
    _routed_to_the_connector(IPv4Network(address), hint)
    return address


def port_number(port: int) -> int:
    """Check a port number."""
    return limits.PORT.check(port)


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
    """Check the ranges that can reach the control plane on the given endpoint.

    GKE rejects a public range at a private endpoint ("is not a reserved network"):
    https://github.com/terraform-google-modules/terraform-google-kubernetes-engine/issues/153.
    """
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
    limits.AUTHORIZED_NETWORKS.check(networks)
    source_ranges(networks)
    public = [str(network) for network in networks if is_public(network)]
    if access is ControlPlane.PRIVATE and public:
        raise InvalidValueError(
            f'must contain no public range if control_plane is "private", got {public[0]}',
            'list private ranges, or set control_plane to "public"',
        )


def boot_zones(location: str) -> int:
    """The number of zones in which GKE creates nodes: three for a region, one for a zone.

    Args:
        location: a region, or one zone of it.
    """
    return 1 if re.search(r"-[a-z]$", location) else limits.BOOT_ZONES


def node_bounds(minimum: int, maximum: int, zones: int) -> None:
    """Check an autoscaler's limits: minimum 1 or more, maximum not below the minimum.

    GKE creates a pool with one node per zone, so the maximum is at least the number of zones. It is
    at most 1000 nodes per zone.

    Args:
        minimum: the number of nodes in all zones together.
        maximum: the number of nodes in all zones together.
        zones: the number of zones of the pool.
    """
    limits.NODES.check(minimum)
    limits.NODES.check(maximum)
    if maximum < zones:
        raise InvalidValueError(
            f"max_nodes must be {zones} or more, got {maximum}: GKE creates a node in each zone",
            f"set max_nodes to {zones}, or cluster.location to one zone",
        )
    if maximum > zones * limits.NODES_PER_ZONE:
        raise InvalidValueError(
            f"max_nodes must be at most {zones * limits.NODES_PER_ZONE}, got {maximum}: "
            f"a pool has at most {limits.NODES_PER_ZONE} nodes per zone",
            "lower it, or remove cluster.location for a cluster in three zones",
        )
    if maximum < minimum:
        raise InvalidValueError(
            f"max_nodes must be min_nodes or more, got {maximum} and {minimum}",
            f"set max_nodes to {minimum} or more",
        )


def maintenance_window(days: int, hours: int) -> None:
    """Check a weekly window: 4 to 24 hours long, and open for at least 12 hours per week."""
    limits.MAINTENANCE_HOURS.check(hours)
    if days * hours < limits.MAINTENANCE_HOURS_PER_WEEK:
        raise InvalidValueError(
            f"must be open at least {limits.MAINTENANCE_HOURS_PER_WEEK} hours per week, "
            f"got {days * hours}",
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
    """Check labels for Google Cloud and Kubernetes: lowercase, 63 characters, at most 63 labels."""
    limits.LABELS.check(values)
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

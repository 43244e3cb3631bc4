"""Rules for the address plan: how the ranges of files relate to each other."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from ipaddress import IPv4Network
from itertools import combinations
from pathlib import Path
from typing import Final

from private_line.limits import POD_ADDRESSES_PER_NODE, RESERVED_IN_SUBNET
from settings.created import Cluster
from settings.environment import Settings
from settings.errors import SettingError


def _ranges_are_disjoint(settings: Settings) -> Iterator[SettingError]:
    for (key, network), (other_key, other) in combinations(network_ranges(settings).items(), 2):
        if network.overlaps(other):
            yield SettingError(
                key=other_key,
                value=other,
                rule=f"must not overlap {key}, which is {network}",
                hint="choose ranges that do not overlap",
            )


def _destinations_are_outside(settings: Settings) -> Iterator[SettingError]:
    for key, destination in destinations(settings).items():
        for other, network in network_ranges(settings).items():
            if destination.overlaps(network):
                yield SettingError(
                    key=key,
                    value=destination,
                    rule=f"must not overlap {other}, which is {network}: it would allow more ports "
                    "than those of the APIs",
                    hint="list smaller ranges that exclude it",
                )


def _destinations_are_disjoint(settings: Settings) -> Iterator[SettingError]:
    larger: dict[IPv4Network, str] = {}
    largest_first = sorted(destinations(settings).items(), key=lambda item: item[1].prefixlen)
    for key, destination in largest_first:
        # Of two ranges that overlap, one contains the other.
        lengths = range(destination.prefixlen + 1)
        containing = (destination.supernet(new_prefix=length) for length in lengths)
        if found := next(filter(larger.__contains__, containing), None):
            yield SettingError(
                key=key,
                value=destination,
                rule=f"must not overlap {larger[found]}, which is {found}",
                hint="keep one of them",
            )
        larger.setdefault(destination, key)


def destinations(settings: Settings) -> dict[str, IPv4Network]:
    """What the app reaches besides the APIs, by key."""
    return {
        f"connector.extra_destinations[{index}]": destination
        for index, destination in enumerate(settings.connector.extra_destinations)
    }


def outside_the_node_subnet(settings: Settings) -> dict[str, IPv4Network]:
    """The ranges that must not overlap those of an existing node subnet, by key."""
    ranges = destinations(settings)
    if (new := settings.new_connector_range) is not None:
        ranges["network.connector"] = new
    return ranges


def network_ranges(settings: Settings) -> dict[str, IPv4Network]:
    """The ranges that are in the settings; those of an existing network need not be."""
    network = settings.network
    ranges = {
        "network.nodes": network.nodes,
        "network.pods": network.pods,
        "network.services": network.services,
        "network.connector": network.connector,
    }
    return {key: given for key, given in ranges.items() if given is not None}


def _nodes_fit(settings: Settings) -> Iterator[SettingError]:
    network, cluster = settings.network, settings.cluster
    if network.nodes is None or not isinstance(cluster, Cluster):
        return
    needed = {
        "reserved by Google": RESERVED_IN_SUBNET,
        "for nodes": cluster.max_nodes,
        "for an upgrade": 1,
        "for the control plane": 1,
        "for services": len(settings.services),
    }
    if network.nodes.num_addresses < sum(needed.values()):
        parts = ", ".join(f"{number} {purpose}" for purpose, number in needed.items())
        yield SettingError(
            key="network.nodes",
            value=network.nodes,
            rule=f"must have at least {sum(needed.values())} addresses: {parts}",
            hint="choose a larger range, or lower cluster.max_nodes",
        )


def _pods_fit(settings: Settings) -> Iterator[SettingError]:
    pods, cluster = settings.network.pods, settings.cluster
    if pods is None or not isinstance(cluster, Cluster):
        return
    needed = cluster.max_nodes + 1
    if pods.num_addresses < needed * POD_ADDRESSES_PER_NODE:
        yield SettingError(
            key="network.pods",
            value=pods,
            rule=f"must have a /24 for each of {needed} nodes: max_nodes, and one for upgrades",
            hint="choose a larger range, or lower cluster.max_nodes",
        )


ADDRESS_PLAN: Final[Sequence[Callable[[Settings], Iterator[SettingError]]]] = (
    _ranges_are_disjoint,
    _destinations_are_outside,
    _destinations_are_disjoint,
    _nodes_fit,
    _pods_fit,
)


def connector_ranges_are_disjoint(
    environments: Mapping[Path, Settings],
) -> Iterator[tuple[Path, SettingError]]:
    """Yield the errors of connector subnets that several environments create in one VPC.

    Each pair of environments has at most one error, in the later file if it can change there.
    """
    for (first, one), (second, two) in combinations(environments.items(), 2):
        if (one.project, one.network.name) == (two.project, two.network.name):
            found = _overlap(two, first, one)
            other = None if found else _overlap(one, second, two)
            if found:
                yield second, found
            if other:
                yield first, other


def _overlap(settings: Settings, path: Path, other: Settings) -> SettingError | None:
    """The error of a new connector subnet in an existing VPC, which has ranges of others."""
    new = settings.new_connector_range
    if new is None or not settings.network.existing:
        return None
    ranges = network_ranges(other)
    if other.new_connector_range is None:
        # It can be the subnet of the same connector.
        ranges.pop("network.connector", None)
    for key, network in ranges.items():
        if network.overlaps(new):
            return SettingError(
                key="network.connector",
                value=new,
                rule=f"must not overlap {key} of {path}, which is {network}: both are in the VPC"
                f" {settings.network.name}",
                hint="choose a range that nothing in the VPC uses",
            )
    return None

"""Rules for the address plan: how the ranges of one file relate to each other."""

from collections.abc import Callable, Iterator, Sequence
from ipaddress import IPv4Network
from itertools import combinations
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
    for key, destination in _destinations(settings).items():
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
    destinations = sorted(_destinations(settings).items(), key=lambda item: item[1].prefixlen)
    for key, destination in destinations:
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


def _destinations(settings: Settings) -> dict[str, IPv4Network]:
    return {
        f"connector.extra_destinations[{index}]": destination
        for index, destination in enumerate(settings.connector.extra_destinations)
    }


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

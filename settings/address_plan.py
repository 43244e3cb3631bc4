"""Rules of the address plan: how the ranges of one file fit together."""

from collections.abc import Callable, Iterator, Sequence
from ipaddress import IPv4Network
from itertools import combinations
from typing import Final

from private_line.rules import RESERVED_IN_SUBNET
from settings.environment import Settings
from settings.errors import SettingError

_PODS_OF_A_NODE: Final = 256
"""Addresses of the /24 that GKE gives each node."""


def _ranges_are_disjoint(settings: Settings) -> Iterator[SettingError]:
    for (first, one), (second, other) in combinations(_own_ranges(settings).items(), 2):
        if one.overlaps(other):
            yield SettingError(
                key=second,
                value=other,
                rule=f"must not overlap {first}, which is {one}",
                hint="choose ranges that share no address",
            )


def _destinations_are_elsewhere(settings: Settings) -> Iterator[SettingError]:
    taken = _own_ranges(settings)
    for index, destination in enumerate(settings.connector.extra_destinations):
        key = f"connector.extra_destinations[{index}]"
        for other, network in taken.items():
            if destination.overlaps(network):
                own = other.startswith("network.")
                yield SettingError(
                    key=key,
                    value=destination,
                    rule=f"must not overlap {other}, which is {network}"
                    + (": it would open more there than the APIs' ports" if own else ""),
                    hint="name smaller ranges, without that one" if own else "keep one of them",
                )
        taken[key] = destination


def _own_ranges(settings: Settings) -> dict[str, IPv4Network]:
    network = settings.network
    return {
        "network.nodes": network.nodes,
        "network.pods": network.pods,
        "network.services": network.services,
        "network.connector": network.connector,
    }


def _nodes_fit(settings: Settings) -> Iterator[SettingError]:
    network, cluster = settings.network, settings.cluster
    needed = {
        "that Google keeps": RESERVED_IN_SUBNET,
        "for nodes": cluster.max_nodes,
        "for the node of an upgrade": 1,
        "for the control plane": 1,
        "for services": len(settings.services),
    }
    if network.nodes.num_addresses < sum(needed.values()):
        parts = ", ".join(f"{number} {what}" for what, number in needed.items())
        yield SettingError(
            key="network.nodes",
            value=network.nodes,
            rule=f"must hold {sum(needed.values())} addresses: {parts}",
            hint="choose a larger range, or lower cluster.max_nodes",
        )


def _pods_fit(settings: Settings) -> Iterator[SettingError]:
    pods, needed = settings.network.pods, settings.cluster.max_nodes + 1
    if pods.num_addresses < needed * _PODS_OF_A_NODE:
        yield SettingError(
            key="network.pods",
            value=pods,
            rule=f"must hold a /24 for each of {needed} nodes (max_nodes, and one for upgrades)",
            hint="choose a larger range, or lower cluster.max_nodes",
        )


ADDRESS_PLAN: Final[Sequence[Callable[[Settings], Iterator[SettingError]]]] = (
    _ranges_are_disjoint,
    _destinations_are_elsewhere,
    _nodes_fit,
    _pods_fit,
)

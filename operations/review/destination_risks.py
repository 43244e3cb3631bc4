"""What the plans do to destinations of the connector other than the APIs."""

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network, collapse_addresses

from operations.review.environment import Environment, networks
from operations.review.plan import ResourceChange
from operations.review.resource_types import ADDRESS, FIREWALL
from operations.review.risk import DEPLOY, Explanation, Risk, explain
from operations.terraform.synthesized import Table


def destination_risks(environment: Environment) -> Iterator[Explanation]:
    """The risks of added and removed destinations, as the egress rules list them."""
    for rule in _rules(environment, "EGRESS"):
        before, after = (
            _destinations(environment, rule, values) for values in (rule.now, rule.after)
        )
        if added := _difference(after, before):
            yield explain(
                Risk.MEDIUM,
                rule,
                f"the app reaches {added} through the connector, besides the APIs: all ports that"
                " the destination allows",
                DEPLOY,
                env=environment.name,
            )
        if removed := _difference(before, after):
            ingress = [
                other
                for other in _rules(environment, "INGRESS")
                if set(_destinations(environment, other, other.now)) & set(before)
            ]
            yield explain(
                Risk.MEDIUM,
                rule,
                f"the app no longer reaches {removed}: its calls there fail",
                f"make sure that the app makes no calls there, then {DEPLOY}",
                *ingress,
                env=environment.name,
            )


def _rules(environment: Environment, direction: str) -> Iterator[ResourceChange]:
    for rule in environment.changes:
        values = rule.after or rule.before
        if rule.kind == FIREWALL and values["direction"] == direction and values.get("allow"):
            yield rule


def _destinations(
    environment: Environment, rule: ResourceChange, values: Table
) -> list[IPv4Network]:
    """The ranges of a rule without the addresses of APIs."""
    addresses = {
        f"{ip}/32"
        for change in environment.changes
        if change.kind == ADDRESS
        for ip in (change.now.get("address"), change.after.get("address"))
    }
    ranges = networks(rule.elements("destination_ranges", values))
    return [network for network in ranges if str(network) not in addresses]


def _difference(ranges: Iterable[IPv4Network], others: Iterable[IPv4Network]) -> str:
    """The parts of some ranges that are in none of the others, for messages."""
    left = list(ranges)
    for other in others:
        left = [part for network in left for part in _outside(network, other)]
    return ", ".join(map(str, collapse_addresses(left)))


def _outside(network: IPv4Network, other: IPv4Network) -> Iterable[IPv4Network]:
    if network.subnet_of(other):
        return ()
    return network.address_exclude(other) if other.subnet_of(network) else (network,)

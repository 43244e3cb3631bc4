"""What the plans do to what the connector reaches besides the APIs."""

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network, collapse_addresses

from operations.review.line import Line, networks
from operations.review.plan import Change
from operations.review.resource_types import ADDRESS, FIREWALL
from operations.review.risk import DEPLOY, Explained, Risk, explained
from operations.terraform.synthesized import Table


def destination_risks(line: Line) -> Iterator[Explained]:
    """The risks of destinations that come or go; egress rules say what the connector reaches."""
    for rule in _rules(line, "EGRESS"):
        before, after = (_destinations(line, rule, values) for values in (rule.now, rule.after))
        if more := _without(after, before):
            yield explained(
                Risk.MEDIUM,
                rule,
                f"the app reaches {more} through the connector, besides the APIs: every port there,"
                " as far as the other end lets it",
                DEPLOY,
                env=line.environment,
            )
        if less := _without(before, after):
            # The rule for where these packets arrive goes with the one for where they leave.
            ends = [
                one
                for one in _rules(line, "INGRESS")
                if set(_destinations(line, one, one.now)) & set(before)
            ]
            yield explained(
                Risk.MEDIUM,
                rule,
                f"the app no longer reaches {less}: its calls there get no answer",
                f"make sure that the app calls nothing there, then {DEPLOY}",
                *ends,
                env=line.environment,
            )


def _rules(line: Line, direction: str) -> Iterator[Change]:
    for rule in line.changes:
        values = rule.after or rule.before
        if rule.kind == FIREWALL and values["direction"] == direction and values.get("allow"):
            yield rule


def _destinations(line: Line, rule: Change, values: Table) -> list[IPv4Network]:
    """The ranges of a rule, but for the addresses of APIs."""
    addresses = {
        f"{address}/32"
        for one in line.changes
        if one.kind == ADDRESS
        for address in (one.now.get("address"), one.after.get("address"))
    }
    ranges = networks(rule.elements("destination_ranges", values))
    return [one for one in ranges if str(one) not in addresses]


def _without(ranges: Iterable[IPv4Network], others: Iterable[IPv4Network]) -> str:
    """What of some ranges is in no other one, for people."""
    left = list(ranges)
    for other in others:
        left = [part for one in left for part in _parts_outside(one, other)]
    return ", ".join(map(str, collapse_addresses(left)))


def _parts_outside(one: IPv4Network, other: IPv4Network) -> Iterable[IPv4Network]:
    if one.subnet_of(other):
        return ()
    return one.address_exclude(other) if other.subnet_of(one) else (one,)

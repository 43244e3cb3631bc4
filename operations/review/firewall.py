"""What the firewall lets the connector reach."""

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network
from typing import Final

from operations.review.hop import FailsError, UnknownError, connector_range, reserved_address
from operations.review.line import Line, network_or_none, networks
from operations.review.plan import Change, found, is_planned
from operations.review.public import EVERYBODY
from operations.review.resource_types import FIREWALL, NODE_POOL, SERVICE

_GOOGLE_OPENS_AT: Final = 1000
"""Priority of the rules by which Google opens the whole VPC to a connector."""

_LIMITS: Final = ("target_tags", "target_service_accounts", "destination_ranges")
"""What makes a firewall rule concern only a part of the VPC."""


def let_through(line: Line, service: Change) -> str:
    """The connector reaches a Service's ports, and nothing else.

    Raises:
        FailsError: it does not, or it reaches more.
        UnknownError: a range or a priority is not known.
    """
    source = connector_range(line)
    rules = [rule for rule in line.all(FIREWALL) if _concerns(rule, source)]
    deny = _deny(line, rules, source)
    before = [
        rule for rule in rules if _protocols(rule, "allow") and _priority(rule) < _priority(deny)
    ]
    own = _allowing(before, deny, line, service)
    _reject_denied_first(rules, own, line, service)
    _reject_more_than_services(before, line)
    _reject_other_targets(own, line)
    return f"{source} reaches {_listed(_ports(service))} and nothing else"


def _deny(line: Line, rules: Sequence[Change], source: IPv4Network) -> Change:
    """The first rule that keeps the connector from everything."""
    denies = [rule for rule in rules if "all" in _protocols(rule, "deny") and _covers(rule, source)]
    if not denies:
        raise FailsError(f"no rule denies {source} the rest of the VPC", line.one(FIREWALL))
    deny = min(denies, key=_priority)
    if _priority(deny) >= _GOOGLE_OPENS_AT:
        raise FailsError(f"{deny.title} comes after Google's own opening of the VPC", deny)
    return deny


def _allowing(before: Sequence[Change], deny: Change, line: Line, service: Change) -> list[Change]:
    """The rules before the deny that are for a Service; together they let all its ports through."""
    own = [rule for rule in before if _is_to(rule, line, service)]
    missing = _ports(service) - {opening for rule in own for opening in _openings(rule)}
    if missing:
        raise FailsError(
            f"{_listed(missing)} is not let through before {deny.title}", next(iter(own), deny)
        )
    return own


def _reject_denied_first(
    rules: Sequence[Change], own: Sequence[Change], line: Line, service: Change
) -> None:
    """No other deny comes before what lets a Service's ports through; of two equals a deny wins."""
    last = max(_priority(rule) for rule in own)
    tags = _node_tags(line)
    for rule in rules:
        targets = set(rule.elements("target_tags"))
        denied = _denied(rule, _ports(service))
        here = _is_to(rule, line, service) and (not targets or not tags or targets & tags)
        if denied and here and _priority(rule) <= last:
            raise FailsError(f"{rule.title} denies {_listed(denied)} first", rule)


def _denied(rule: Change, ports: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Those of a Service's ports that a rule denies."""
    denied = {
        (deny["protocol"].lower(), port)
        for deny in rule.elements("deny")
        for port in rule.elements("ports", deny) or [""]
    }
    return {
        (protocol, port)
        for protocol, port in ports
        if denied & {("all", ""), (protocol, ""), (protocol, port)}
    }


def _reject_more_than_services(before: Sequence[Change], line: Line) -> None:
    """No rule before the deny lets through what no Service listens to."""
    services = line.all(SERVICE)
    ports = {port for service in services for port in _ports(service)}
    addresses = [address for service in services if (address := line.address_of(service))]
    destinations = {f"{address.after['address']}/32" for address in addresses}
    for rule in before:
        if more := _openings(rule) - ports:
            raise FailsError(f"{rule.title} lets {_listed(more)} through as well", rule)
        if others := set(rule.elements("destination_ranges") or [str(EVERYBODY)]) - destinations:
            raise FailsError(f"{rule.title} is for {', '.join(sorted(others))} as well", rule)


def _node_tags(line: Line) -> set[str]:
    return {tag for pool in line.all(NODE_POOL) for tag in pool.elements("node_config.tags")}


def _reject_other_targets(own: Sequence[Change], line: Line) -> None:
    """The rules for a Service act at the nodes, where its packets arrive."""
    tags = _node_tags(line)
    for rule in own:
        targets = set(rule.elements("target_tags") or tags)
        if tags and not targets & tags:
            raise FailsError(
                f"{rule.title} is not for the nodes, which have {', '.join(sorted(tags))}", rule
            )


def _listed(ports: Iterable[tuple[str, str]]) -> str:
    return ", ".join(f"{protocol} {port}".strip() for protocol, port in sorted(ports))


def _concerns(rule: Change, source: IPv4Network) -> bool:
    ingress = rule.after.get("direction") != "EGRESS" and not rule.after.get("disabled")
    ranges = networks(rule.elements("source_ranges"))
    return ingress and any(one.overlaps(source) for one in ranges)


def _covers(rule: Change, source: IPv4Network) -> bool:
    everywhere = not any(rule.elements(limit) for limit in _LIMITS)
    ranges = networks(rule.elements("source_ranges"))
    return everywhere and any(source.subnet_of(one) for one in ranges)


def _ports(service: Change) -> set[tuple[str, str]]:
    ports = found(service.after, "spec.port")
    return {((port.get("protocol") or "TCP").lower(), str(port["port"])) for port in ports}


def _priority(rule: Change) -> int:
    priority = rule.after.get("priority")
    if not isinstance(priority, int):
        raise UnknownError(f"the priority of {rule.title} is not known")
    return priority


def _protocols(rule: Change, what: str) -> set[str]:
    return {protocol.lower() for protocol in found(rule.after, f"{what}.protocol")}


def _openings(rule: Change) -> set[tuple[str, str]]:
    return {
        (allow["protocol"].lower(), str(port))
        for allow in rule.elements("allow")
        for port in rule.elements("ports", allow) or [""]
    }


def _is_to(rule: Change, line: Line, service: Change) -> bool:
    """Whether a rule is for this Service's address, or for every one."""
    address = reserved_address(line, service).after["address"]
    for destination in rule.elements("destination_ranges") or [str(EVERYBODY)]:
        known = network_or_none(destination)
        if destination == f"{address}/32":
            return True
        if known == EVERYBODY or (
            known and not is_planned(address) and IPv4Address(address) in known
        ):
            return True
    return False

"""What the firewall lets the connector reach, where its packets leave and where they arrive."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from typing import Final

from operations.review.hop import FailsError, UnknownError, known_connector_range, reserved_address
from operations.review.line import Line, Port, network_or_none, networks, service_ports
from operations.review.plan import Change, found, is_planned
from operations.review.public import EVERYBODY
from operations.review.resource_types import FIREWALL, NODE_POOL, SERVICE

_GOOGLE_OPENS_AT: Final = 1000
"""Priority of the ingress rules by which Google opens the whole VPC to a connector."""


@dataclass(frozen=True, kw_only=True)
class _Gate:
    """One of the two places where the VPC filters the connector's packets.

    Attributes:
        rules: the rules that filter some of them there.
        deny: the first that denies them all.
        machines: who filters those for a Service.
        tags: the network tags of these machines; empty if they are not known.
    """

    rules: Sequence[Change]
    deny: Change
    machines: str
    tags: set[str]

    @property
    def before(self) -> list[Change]:
        """The rules that let packets through before the deny."""
        return [
            rule
            for rule in self.rules
            if _protocols(rule, "allow") and _priority(rule) < _priority(self.deny)
        ]


def let_out(line: Line, service: Change) -> str:
    """Packets leave the connector for a Service's ports and for what the settings add, no others.

    Raises:
        FailsError: they do not, or others do.
        UnknownError: a range or a priority is not known.
    """
    source, tags = known_connector_range(line), line.connector_tags()
    rules = [rule for rule in _rules(line, source) if _is_egress(rule) and _is_at(rule, tags)]
    denies = [rule for rule in rules if _denies_all(rule, source)]
    deny = _first(denies, line, "nothing keeps the connector from sending to everything else")
    gate = _Gate(rules=rules, deny=deny, machines="the connector", tags=tags)
    reached = _reached(gate, line, service)
    return f"calls to {reached} leave the connector, and nothing else does"


def let_through(line: Line, service: Change) -> str:
    """The connector reaches a Service's ports and what the settings add, nothing else.

    Raises:
        FailsError: it does not, or it reaches more.
        UnknownError: a range or a priority is not known.
    """
    source = known_connector_range(line)
    rules = [rule for rule in _rules(line, source) if not _is_egress(rule)]
    # Anywhere in the VPC, so at machines with any tag.
    denies = [rule for rule in rules if _denies_all(rule, source) and not _targets(rule)]
    deny = _first(denies, line, f"nothing keeps {source} from the rest of the VPC")
    if _priority(deny) >= _GOOGLE_OPENS_AT:
        raise FailsError(f"{deny.title} comes after Google's own opening of the VPC", deny)
    gate = _Gate(rules=rules, deny=deny, machines="the nodes", tags=_node_tags(line))
    return f"{source} reaches {_reached(gate, line, service)} and nothing else"


def _first(denies: Sequence[Change], line: Line, without: str) -> Change:
    if not denies:
        raise FailsError(without, line.one(FIREWALL))
    return min(denies, key=_priority)


def _reached(gate: _Gate, line: Line, service: Change) -> str:
    """What a gate lets through for a Service, and besides the Services.

    Raises:
        FailsError: not all of the Service's ports, or what the settings do not name.
        UnknownError: a priority is not known.
    """
    own = _allowing(gate, line, service)
    _reject_denied_first(gate, own, line, service)
    extra = sorted(_extra_destinations(gate, line))
    return " and all of ".join([_listed(service_ports(service.after)), *extra])


def _allowing(gate: _Gate, line: Line, service: Change) -> list[Change]:
    """The rules before the deny that are for a Service; together they let all its ports through."""
    own = [rule for rule in gate.before if _is_to(rule, line, service)]
    for rule in own:
        if not _is_at(rule, gate.tags):
            tags = ", ".join(sorted(gate.tags))
            raise FailsError(f"{rule.title} is not for {gate.machines}, which have {tags}", rule)
    missing = service_ports(service.after) - {
        opening for rule in own for opening in _openings(rule)
    }
    if missing:
        raise FailsError(
            f"{_listed(missing)} is not let through at {gate.machines} before {gate.deny.title}",
            next(iter(own), gate.deny),
        )
    return own


def _reject_denied_first(gate: _Gate, own: Sequence[Change], line: Line, service: Change) -> None:
    """No other deny comes before what lets a Service's ports through; of two equals a deny wins."""
    last = max(_priority(rule) for rule in own)
    for rule in gate.rules:
        denied = _denied(rule, service_ports(service.after))
        here = _is_to(rule, line, service) and _is_at(rule, gate.tags)
        if denied and here and _priority(rule) <= last:
            raise FailsError(f"{rule.title} denies {_listed(denied)} first", rule)


def _denied(rule: Change, ports: set[Port]) -> set[Port]:
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


def _extra_destinations(gate: _Gate, line: Line) -> set[str]:
    """The destinations besides Services that rules before the deny are for.

    Raises:
        FailsError: the settings do not name one, or a rule lets through what no Service listens to.
    """
    services = line.all(SERVICE)
    known = {port for service in services for port in service_ports(service.after)}
    addresses = [address for service in services if (address := line.address_of(service))]
    destinations = {f"{address.after['address']}/32" for address in addresses}
    named, found_extra = line.extra_destinations(), set()
    for rule in gate.before:
        extra = {one for one in _destinations(rule) if _lies_in(one, named)}
        others = set(_destinations(rule)) - extra
        if others and (more := _openings(rule) - known):
            raise FailsError(f"{rule.title} lets {_listed(more)} through as well", rule)
        if others := others - destinations:
            raise FailsError(f"{rule.title} is for {', '.join(sorted(others))} as well", rule)
        found_extra |= extra
    return found_extra


def _lies_in(destination: str, ranges: Iterable[IPv4Network]) -> bool:
    network = network_or_none(destination)
    return network is not None and any(network.subnet_of(one) for one in ranges)


def _node_tags(line: Line) -> set[str]:
    return {tag for pool in line.all(NODE_POOL) for tag in pool.elements("node_config.tags")}


def _listed(ports: Iterable[Port]) -> str:
    return ", ".join(f"{protocol} {port}".strip() for protocol, port in sorted(ports))


def _rules(line: Line, source: IPv4Network) -> list[Change]:
    """The rules in force that filter packets of a range, or of the connector by its tag."""
    return [
        rule
        for rule in line.all(FIREWALL)
        if not rule.after.get("disabled")
        and (
            any(one.overlaps(source) for one in networks(_sources(rule)))
            or line.connector_tags() & set(rule.elements("source_tags"))
        )
    ]


def _denies_all(rule: Change, source: IPv4Network) -> bool:
    """Whether a rule denies all packets of a range, whatever they are for."""
    return (
        "all" in _protocols(rule, "deny")
        and any(source.subnet_of(one) for one in networks(_sources(rule)))
        and EVERYBODY in networks(_destinations(rule))
        and not rule.elements("target_service_accounts")
    )


def _is_egress(rule: Change) -> bool:
    return rule.after.get("direction") == "EGRESS"


def _sources(rule: Change) -> list[str]:
    """A rule that names no source filters packets of every one."""
    others = rule.elements("source_tags") or rule.elements("source_service_accounts")
    return rule.elements("source_ranges") or ([] if others else [str(EVERYBODY)])


def _destinations(rule: Change) -> list[str]:
    return rule.elements("destination_ranges") or [str(EVERYBODY)]


def _targets(rule: Change) -> set[str]:
    return set(rule.elements("target_tags"))


def _is_at(rule: Change, tags: set[str]) -> bool:
    """Whether machines with these tags have a rule; a rule without tags is for all machines."""
    targets = _targets(rule)
    return not targets or not tags or bool(targets & tags)


def _priority(rule: Change) -> int:
    priority = rule.after.get("priority")
    if not isinstance(priority, int):
        raise UnknownError(f"the priority of {rule.title} is not known")
    return priority


def _protocols(rule: Change, what: str) -> set[str]:
    return {protocol.lower() for protocol in found(rule.after, f"{what}.protocol")}


def _openings(rule: Change) -> set[Port]:
    return {
        (allow["protocol"].lower(), str(port))
        for allow in rule.elements("allow")
        for port in rule.elements("ports", allow) or [""]
    }


def _is_to(rule: Change, line: Line, service: Change) -> bool:
    """Whether a rule is for this Service's address, or for every one."""
    address = reserved_address(line, service).after["address"]
    for destination in _destinations(rule):
        known = network_or_none(destination)
        if destination == f"{address}/32":
            return True
        if known == EVERYBODY or (
            known and not is_planned(address) and IPv4Address(address) in known
        ):
            return True
    return False

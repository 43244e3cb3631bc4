"""The path of a call, hop by hop, from what all stacks together would be."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network
from typing import Final

from operations.review.line import (
    Line,
    has_global_access,
    is_internal,
    names,
    network_or_none,
    networks,
)
from operations.review.plan import Change, first, found, is_planned
from operations.review.public import EVERYBODY, open_to_the_world
from operations.review.resource_types import (
    CONNECTOR,
    FIREWALL,
    NETWORK,
    NODE_POOL,
    RECORD,
    SERVICE,
)

_GOOGLE_OPENS_AT: Final = 1000
"""Priority of the rules by which Google opens the whole VPC to a connector."""

_LIMITS: Final = ("target_tags", "target_service_accounts", "destination_ranges")
"""What makes a firewall rule concern only a part of the VPC."""


class Verdict(StrEnum):
    """What is known of a hop."""

    HOLDS = "holds"
    FAILS = "fails"
    UNKNOWN = "not known before the apply"


@dataclass(frozen=True, kw_only=True)
class Hop:
    """One thing that must be so for a call to arrive.

    Attributes:
        title: what must be so.
        verdict: whether it is.
        why: what was seen.
        stack: the stack to look at when it fails; else empty.
        address: the resource there.
    """

    title: str
    verdict: Verdict
    why: str
    stack: str = ""
    address: str = ""


class _Fails(Exception):  # noqa: N818 - a verdict, not an error
    def __init__(self, why: str, thing: Change | None = None) -> None:
        super().__init__(why)
        self.stack = thing.stack if thing else ""
        self.address = thing.address if thing else ""


class _Unknown(Exception):  # noqa: N818 - a verdict, not an error
    pass


_Check = Callable[[Line, Change], str]


def path(line: Line) -> dict[str, list[Hop]]:
    """The hops of every service, by the Service's name."""
    return {
        service.title: [_hop(title, check, line, service) for title, check in _HOPS.items()]
        for service in line.all(SERVICE)
    }


def _hop(title: str, check: _Check, line: Line, service: Change) -> Hop:
    try:
        return Hop(title=title, verdict=Verdict.HOLDS, why=check(line, service))
    except _Fails as fails:
        if line.failures and not fails.stack:
            stacks = ", ".join(failure.stack for failure in line.failures)
            return Hop(title=title, verdict=Verdict.UNKNOWN, why=f"{stacks} could not be planned")
        return Hop(
            title=title,
            verdict=Verdict.FAILS,
            why=str(fails),
            stack=fails.stack,
            address=fails.address,
        )
    except _Unknown as unknown:
        return Hop(title=title, verdict=Verdict.UNKNOWN, why=str(unknown))


def _name(line: Line, service: Change) -> str:
    address = _address(line, service)
    record = line.record_of(address)
    if record is None:
        other = line.one(RECORD)
        raise _Fails(f"no record points at {address.title}, the address of {service.title}", other)
    zone = line.zone_of(record)
    if zone is None:
        raise _Fails(f"the zone of {record.title} is not there", record)
    if zone.after["visibility"] != "private":
        raise _Fails(f"zone {zone.title} is public", zone)
    network = line.one(NETWORK)
    seen_from = found(zone.after, "private_visibility_config.networks.network_url")
    if network is None or not any(names(one, network) for one in seen_from):
        raise _Fails(f"zone {zone.title} is not seen from this VPC", zone)
    return f"{record.title.rstrip('.')} is {_shown(address.after['address'])}"


def _reserved(line: Line, service: Change) -> str:
    address = _address(line, service)
    if address.after["address_type"] != "INTERNAL":
        raise _Fails(f"{address.title} is not internal", address)
    subnet = line.node_subnet()
    if subnet is None:
        raise _Fails("there is no subnet for nodes and load balancers")
    if not names(address.after["subnetwork"], subnet):
        raise _Fails(f"{address.title} is not of subnet {subnet.title}", address)
    nodes = _range(subnet)
    if not nodes.is_private:
        raise _Fails(f"{nodes} is not private", subnet)
    value = address.after["address"]
    if is_planned(value):
        return f"Google picks it from {nodes}"
    if IPv4Address(value) not in nodes:
        raise _Fails(f"{value} is outside {nodes}", address)
    return f"{value} is of {nodes}"


def _region(line: Line, _: Change) -> str:
    connector = line.one(CONNECTOR)
    if connector is None:
        raise _Fails("there is no connector", next(iter(line.gone(CONNECTOR)), None))
    region = line.output("app_engine_region")
    if region is None:
        raise _Unknown("the output app_engine_region is missing")
    if connector.after["region"] != region:
        raise _Fails(
            f"the connector is in {connector.after['region']}, App Engine in {region}", connector
        )
    if line.connector_subnet() is None:
        raise _Fails("the connector's subnet is not there", connector)
    return f"both are in {region}"


def _let_through(line: Line, service: Change) -> str:
    source = _connector_range(line)
    rules = [rule for rule in line.all(FIREWALL) if _concerns(rule, source)]
    deny = _deny(line, rules, source)
    before = [
        rule for rule in rules if _protocols(rule, "allow") and _priority(rule) < _priority(deny)
    ]
    own = _allowing(before, deny, line, service)
    _reject_more_than_services(before, line)
    _reject_other_targets(own, line)
    return f"{source} reaches {_listed(_ports(service))} and nothing else"


def _deny(line: Line, rules: Sequence[Change], source: IPv4Network) -> Change:
    """The first rule that keeps the connector from everything."""
    denies = [rule for rule in rules if "all" in _protocols(rule, "deny") and _covers(rule, source)]
    if not denies:
        raise _Fails(f"no rule denies {source} the rest of the VPC", line.one(FIREWALL))
    deny = min(denies, key=_priority)
    if _priority(deny) >= _GOOGLE_OPENS_AT:
        raise _Fails(f"{deny.title} comes after Google's own opening of the VPC", deny)
    return deny


def _allowing(before: Sequence[Change], deny: Change, line: Line, service: Change) -> list[Change]:
    """The rules before the deny that are for a Service; together they let all its ports through."""
    own = [rule for rule in before if _is_to(rule, line, service)]
    missing = _ports(service) - {opening for rule in own for opening in _openings(rule)}
    if missing:
        raise _Fails(
            f"{_listed(missing)} is not let through before {deny.title}", next(iter(own), deny)
        )
    return own


def _reject_more_than_services(before: Sequence[Change], line: Line) -> None:
    """No rule before the deny lets through what no Service listens to."""
    wanted = {port for service in line.all(SERVICE) for port in _ports(service)}
    for rule in before:
        if more := _openings(rule) - wanted:
            raise _Fails(f"{rule.title} lets {_listed(more)} through as well", rule)


def _reject_other_targets(own: Sequence[Change], line: Line) -> None:
    """The rules for a Service act at the nodes, where its packets arrive."""
    tags = {tag for pool in line.all(NODE_POOL) for tag in pool.elements("node_config.tags")}
    for rule in own:
        targets = set(rule.elements("target_tags") or tags)
        if tags and not targets & tags:
            raise _Fails(f"{rule.title} is not for the nodes, which have {', '.join(tags)}", rule)


def _listed(ports: Iterable[tuple[str, str]]) -> str:
    return ", ".join(f"{protocol} {port}".strip() for protocol, port in sorted(ports))


def _takes(line: Line, service: Change) -> str:
    balanced = first(service.after, "spec.type") == "LoadBalancer"
    if not (balanced and is_internal(service)):
        raise _Fails(f"{service.title} is no internal load balancer", service)
    address = _address(line, service)
    if first(service.after, "spec.load_balancer_ip") != address.after["address"]:
        raise _Fails(f"{service.title} asks for another address than {address.title}", service)
    source = _connector_range(line)
    taken = service.elements("spec.load_balancer_source_ranges")
    if not taken:
        raise _Fails("without source ranges GKE lets everybody in", service)
    if not any(source.subnet_of(one) for one in networks(taken)):
        raise _Fails(f"{service.title} does not take calls from {source}", service)
    connector, region = line.one(CONNECTOR), address.after["region"]
    if connector and connector.after["region"] != region and not has_global_access(service):
        raise _Fails(f"{service.title} takes no calls from outside {region}", service)
    return f"{service.title} is internal and takes calls from {source}"


def _nothing_public(line: Line, _: Change) -> str:
    for one in line.changes:
        if why := open_to_the_world(one):
            raise _Fails(f"{one.title} {why}", one)
    return "no public address, zone, load balancer or control plane"


def _address(line: Line, service: Change) -> Change:
    address = line.address_of(service)
    if address is None:
        raise _Fails(f"{service.title} names no reserved address", service)
    return address


def _connector_range(line: Line) -> IPv4Network:
    subnet = line.connector_subnet()
    if subnet is None:
        raise _Fails("the connector has no subnet", line.one(CONNECTOR))
    return _range(subnet)


def _range(subnet: Change) -> IPv4Network:
    network = network_or_none(subnet.after.get("ip_cidr_range"))
    if network is None:
        raise _Unknown(f"the range of {subnet.title} is not known")
    return network


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
        raise _Unknown(f"the priority of {rule.title} is not known")
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
    address = _address(line, service).after["address"]
    for destination in rule.elements("destination_ranges") or [str(EVERYBODY)]:
        known = network_or_none(destination)
        if destination == f"{address}/32":
            return True
        if known == EVERYBODY or (
            known and not is_planned(address) and IPv4Address(address) in known
        ):
            return True
    return False


def _shown(value: object) -> str:
    return "the reserved address" if is_planned(value) else str(value)


_HOPS: Final[dict[str, _Check]] = {
    "The name resolves in this VPC to the address": _name,
    "The address is reserved, private and of the node subnet": _reserved,
    "The connector is in App Engine's region": _region,
    "The firewall lets the connector reach the service's ports only": _let_through,
    "The Service is internal and takes the connector's calls": _takes,
    "Nothing on the way is public": _nothing_public,
}
"""What must be so, in the order in which a call meets it."""

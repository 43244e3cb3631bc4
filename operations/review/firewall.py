"""Checks what the firewall allows the connector to reach, on egress and on ingress."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from typing import Final

from operations.review.environment import (
    Environment,
    Port,
    network_or_none,
    networks,
    service_ports,
)
from operations.review.exposure import ANY_ADDRESS
from operations.review.hop import FailsError, UnknownError, known_connector_range, reserved_address
from operations.review.plan import ResourceChange, is_planned, values_at
from operations.review.resource_types import CLUSTER, CONNECTOR, FIREWALL, NODE_POOL, SERVICE

_GOOGLE_ALLOW_PRIORITY: Final = 1000
"""Priority of the ingress rules with which Google allows a connector to reach the whole VPC."""


@dataclass(frozen=True, kw_only=True)
class _Direction:
    """The firewall rules for the connector's packets in one direction.

    Attributes:
        rules: the rules that match some of these packets.
        deny: the first rule that denies all of them; None if an existing connector has none.
        machines: the machines that enforce the rules, for messages.
        tags: the network tags of these machines; empty if they are not known.
    """

    rules: Sequence[ResourceChange]
    deny: ResourceChange | None
    machines: str
    tags: set[str]

    @property
    def allows(self) -> list[ResourceChange]:
        """The allow rules that come before the deny rule, if there is one."""
        return [
            rule
            for rule in self.rules
            if _protocols(rule, "allow")
            and (self.deny is None or _priority(rule) < _priority(self.deny))
        ]


def check_egress(environment: Environment, service: ResourceChange) -> str:
    """Check that only packets to a Service's ports and the extra destinations leave the connector.

    Raises:
        FailsError: a port of the Service is missing, or other packets leave.
        UnknownError: a range or a priority is not known, or the connector exists.
    """
    source, tags = known_connector_range(environment), environment.connector_tags()
    rules = [
        rule for rule in _rules(environment, source) if _is_egress(rule) and _applies_to(rule, tags)
    ]
    denies = [rule for rule in rules if _denies_all(rule, source)]
    deny = _first_deny(
        denies, environment, "no rule denies the connector's egress to all other destinations"
    )
    egress = _Direction(rules=rules, deny=deny, machines="the connector", tags=tags)
    reached = _reached(egress, environment, service)
    return f"the connector sends to {reached} and nothing else"


def check_ingress(environment: Environment, service: ResourceChange) -> str:
    """Check that the connector reaches only a Service's ports and the extra destinations.

    Raises:
        FailsError: a port of the Service is missing, or the connector reaches more.
        UnknownError: a range or a priority is not known, or the connector exists.
    """
    source = known_connector_range(environment)
    rules = [rule for rule in _rules(environment, source) if not _is_egress(rule)]
    # The deny rule must protect the whole VPC, so it must have no target tags.
    denies = [rule for rule in rules if _denies_all(rule, source) and not _targets(rule)]
    deny = _first_deny(
        denies, environment, f"no rule denies ingress from {source} to the rest of the VPC"
    )
    if deny is not None and _priority(deny) >= _GOOGLE_ALLOW_PRIORITY:
        raise FailsError(
            f"{deny.title} comes after the rules with which Google opens the VPC", deny
        )
    ingress = _Direction(rules=rules, deny=deny, machines="the nodes", tags=_node_tags(environment))
    return f"{source} reaches {_reached(ingress, environment, service)} and nothing else"


def _first_deny(
    denies: Sequence[ResourceChange], environment: Environment, missing: str
) -> ResourceChange | None:
    connector = environment.only(CONNECTOR)
    if not denies and not (connector and connector.exists):
        raise FailsError(missing, environment.only(FIREWALL))
    return min(denies, key=_priority, default=None)


def _reached(direction: _Direction, environment: Environment, service: ResourceChange) -> str:
    """Describe what the rules allow for a Service, and besides the Services.

    Raises:
        FailsError: a port of the Service is missing, or a destination is not in the settings.
        UnknownError: a priority is not known, or no rule denies the rest.
    """
    own = _allowing(direction, environment, service)
    _reject_denied_first(direction, own, environment, service)
    extra = sorted(_extra_destinations(direction, environment))
    reached = " and all of ".join([_listed(service_ports(service.after)), *extra])
    if direction.deny is None:
        raise UnknownError(
            f"{reached} is allowed at {direction.machines}; the connector exists, and no rule of"
            " these stacks denies it the rest: it reaches what Google's own rules, and those of"
            " others, allow"
        )
    return reached


def _allowing(
    direction: _Direction, environment: Environment, service: ResourceChange
) -> list[ResourceChange]:
    """The allow rules for a Service, after a check that together they allow all its ports."""
    own = [rule for rule in direction.allows if _is_to(rule, environment, service)]
    for rule in own:
        if not _applies_to(rule, direction.tags):
            tags = ", ".join(sorted(direction.tags))
            raise FailsError(
                f"{rule.title} does not apply to {direction.machines}, which have {tags}", rule
            )
    missing = service_ports(service.after) - {port for rule in own for port in _allowed(rule)}
    if missing:
        before = f" before {direction.deny.title}" if direction.deny else ""
        raise FailsError(
            f"{_listed(missing)} is not allowed at {direction.machines}{before}",
            next(iter(own), direction.deny),
        )
    return own


def _reject_denied_first(
    direction: _Direction,
    own: Sequence[ResourceChange],
    environment: Environment,
    service: ResourceChange,
) -> None:
    """Check that no deny rule precedes a Service's allow rules; at equal priority a deny wins."""
    last = max(_priority(rule) for rule in own)
    for rule in direction.rules:
        denied = _denied(rule, service_ports(service.after))
        matches = _is_to(rule, environment, service) and _applies_to(rule, direction.tags)
        if denied and matches and _priority(rule) <= last:
            raise FailsError(f"{rule.title} denies {_listed(denied)} first", rule)


def _denied(rule: ResourceChange, ports: set[Port]) -> set[Port]:
    """The ports of a Service that a rule denies."""
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


def _extra_destinations(direction: _Direction, environment: Environment) -> set[str]:
    """The destinations other than Services that the allow rules are for.

    Raises:
        FailsError: a destination is not in the settings, or a rule allows a port of no Service.
    """
    services = environment.all(SERVICE)
    known = {port for service in services for port in service_ports(service.after)}
    addresses = [address for service in services if (address := environment.address_of(service))]
    destinations = {f"{address.after['address']}/32" for address in addresses}
    named, extra_destinations = environment.extra_destinations(), set()
    for rule in direction.allows:
        extra = {
            destination for destination in _destinations(rule) if _is_within(destination, named)
        }
        others = set(_destinations(rule)) - extra
        if others and (more := _allowed(rule) - known):
            raise FailsError(f"{rule.title} also allows {_listed(more)}", rule)
        if others := others - destinations:
            raise FailsError(f"{rule.title} also applies to {', '.join(sorted(others))}", rule)
        extra_destinations |= extra
    return extra_destinations


def _is_within(destination: str, ranges: Iterable[IPv4Network]) -> bool:
    network = network_or_none(destination)
    return network is not None and any(network.subnet_of(outer) for outer in ranges)


def _node_tags(environment: Environment) -> set[str]:
    """The tags of the nodes; empty for an existing cluster, whose node pools are not read."""
    cluster = environment.only(CLUSTER)
    if cluster and cluster.exists:
        return set()
    return {tag for pool in environment.all(NODE_POOL) for tag in pool.elements("node_config.tags")}


def _listed(ports: Iterable[Port]) -> str:
    return ", ".join(f"{protocol} {port}".strip() for protocol, port in sorted(ports))


def _rules(environment: Environment, source: IPv4Network) -> list[ResourceChange]:
    """The enabled rules that match packets from a range, or from the connector by its tag."""
    return [
        rule
        for rule in environment.all(FIREWALL)
        if not rule.after.get("disabled")
        and (
            any(network.overlaps(source) for network in networks(_sources(rule)))
            or environment.connector_tags() & set(rule.elements("source_tags"))
        )
    ]


def _denies_all(rule: ResourceChange, source: IPv4Network) -> bool:
    """Whether a rule denies all packets from a range, to every destination."""
    return (
        "all" in _protocols(rule, "deny")
        and any(source.subnet_of(network) for network in networks(_sources(rule)))
        and ANY_ADDRESS in networks(_destinations(rule))
        and not rule.elements("target_service_accounts")
    )


def _is_egress(rule: ResourceChange) -> bool:
    return rule.after.get("direction") == "EGRESS"


def _sources(rule: ResourceChange) -> list[str]:
    """The source ranges of a rule; a rule that names no source matches every source."""
    others = rule.elements("source_tags") or rule.elements("source_service_accounts")
    return rule.elements("source_ranges") or ([] if others else [str(ANY_ADDRESS)])


def _destinations(rule: ResourceChange) -> list[str]:
    return rule.elements("destination_ranges") or [str(ANY_ADDRESS)]


def _targets(rule: ResourceChange) -> set[str]:
    return set(rule.elements("target_tags"))


def _applies_to(rule: ResourceChange, tags: set[str]) -> bool:
    """Whether a rule applies to machines with these tags; without tags it applies to all."""
    targets = _targets(rule)
    return not targets or not tags or bool(targets & tags)


def _priority(rule: ResourceChange) -> int:
    priority = rule.after.get("priority")
    if not isinstance(priority, int):
        raise UnknownError(f"the priority of {rule.title} is not known")
    return priority


def _protocols(rule: ResourceChange, block: str) -> set[str]:
    return {protocol.lower() for protocol in values_at(rule.after, f"{block}.protocol")}


def _allowed(rule: ResourceChange) -> set[Port]:
    return {
        (allow["protocol"].lower(), str(port))
        for allow in rule.elements("allow")
        for port in rule.elements("ports", allow) or [""]
    }


def _is_to(rule: ResourceChange, environment: Environment, service: ResourceChange) -> bool:
    """Whether a rule matches packets to this Service's address."""
    address = reserved_address(environment, service).after["address"]
    for destination in _destinations(rule):
        network = network_or_none(destination)
        if destination == f"{address}/32":
            return True
        if network == ANY_ADDRESS or (
            network and not is_planned(address) and IPv4Address(address) in network
        ):
            return True
    return False

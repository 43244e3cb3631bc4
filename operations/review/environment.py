"""All stacks of one environment as they are after their plans are applied."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Any, Final

from operations.review.plan import (
    PLANNED,
    Action,
    Drift,
    Failure,
    Plan,
    ResourceChange,
    first_value,
    values_at,
)
from operations.review.resource_types import ADDRESS, CONNECTOR, RECORD, SUBNET, ZONE
from operations.terraform.synthesized import Table

INTERNAL_TYPE: Final = "networking.gke.io/load-balancer-type"
ADDRESS_NAMES: Final = "networking.gke.io/load-balancer-ip-addresses"
Port = tuple[str, str]
"""A protocol in lower case and a port, as firewall rules have them."""

GLOBAL_ACCESS: Final = "networking.gke.io/internal-load-balancer-allow-global-access"


@dataclass(frozen=True, kw_only=True)
class Environment:
    """The plans of an environment's stacks.

    Attributes:
        name: such as `dev`.
        plans: one plan per stack.
        failures: the stacks that could not be planned.
    """

    name: str
    plans: Sequence[Plan]
    failures: Sequence[Failure]

    @property
    def changes(self) -> list[ResourceChange]:
        """Every resource that a stack manages."""
        return [change for plan in self.plans for change in plan.changes]

    @property
    def found(self) -> list[ResourceChange]:
        """What exists already on the path of a call, and is only read.

        A destroy also destroys what the last deploy did not forget yet: that is left out.
        """
        gone = {_identity(change) for change in self.changes if change.is_gone}
        return [
            found for plan in self.plans for found in plan.found if _identity(found) not in gone
        ]

    @property
    def drift(self) -> list[Drift]:
        """Changes outside Terraform."""
        return [drift for plan in self.plans for drift in plan.drift]

    def all(self, kind: str) -> list[ResourceChange]:
        """The resources of a type that exist after the apply, those that are only read first.

        A resource that Terraform forgets in order to read it is listed once.
        """
        return [
            change
            for change in (*self.found, *self.changes)
            if change.kind == kind and change.after and not self.is_read_instead(change)
        ]

    def is_read_instead(self, change: ResourceChange) -> bool:
        """Whether Terraform forgets a resource in order to read it."""
        return change.action is Action.FORGET and any(
            _identity(found) == _identity(change) for found in self.found
        )

    def gone(self, kind: str) -> list[ResourceChange]:
        """The resources of a type that no longer exist after the apply."""
        return [change for change in self.changes if change.kind == kind and not change.after]

    def only(self, kind: str) -> ResourceChange | None:
        """The only resource of a type, or the first."""
        return next(iter(self.all(kind)), None)

    def output(self, name: str) -> Any:  # noqa: ANN401 - JSON
        """The value of the output with this name in any stack, or None."""
        return next((plan.outputs[name] for plan in self.plans if name in plan.outputs), None)

    def output_now(self, name: str) -> Any:  # noqa: ANN401 - JSON
        """The value of the output with this name at the last apply of any stack, or None."""
        return next(
            (plan.outputs_now[name] for plan in self.plans if name in plan.outputs_now), None
        )

    def node_subnet(self) -> ResourceChange | None:
        """The subnet of nodes and load balancers: the one of the network stack."""
        return next(
            (subnet for subnet in self.all(SUBNET) if subnet.part == "network"),
            None,
        )

    def connector_subnet(self) -> ResourceChange | None:
        """The subnet that the connector names; None for an existing connector without one."""
        connector = self.only(CONNECTOR)
        names = values_at(connector.after, "subnet.name") if connector else []
        return next((subnet for subnet in self.all(SUBNET) if subnet.title in names), None)

    def connector_range(self) -> str | None:
        """The source range of the app's calls."""
        holder = self.connector_subnet() or self.only(CONNECTOR)
        # An existing connector may have a range instead of a subnet.
        return (holder.after.get("ip_cidr_range") or None) if holder else None

    def connector_tags(self) -> set[str]:
        """The network tags of the connector's instances (Serverless VPC Access: "Network tags")."""
        connector = self.only(CONNECTOR)
        if connector is None:
            return set()
        own = f"vpc-connector-{connector.after['region']}-{connector.after['name']}"
        return {"vpc-connector", own}

    def extra_destinations(self) -> list[IPv4Network]:
        """The ranges other than the APIs that the settings let the connector reach."""
        return list(networks(self.output("extra_destinations") or []))

    def address_of(self, service: ResourceChange) -> ResourceChange | None:
        """The reserved address that a Service names in its annotation."""
        name = _annotation(service, ADDRESS_NAMES)
        return next((address for address in self.all(ADDRESS) if address.title == name), None)

    def record_of(self, address: ResourceChange) -> ResourceChange | None:
        """The record that points at an address."""
        value = address.after.get("address")
        return next(
            (record for record in self.all(RECORD) if value in record.elements("rrdatas")), None
        )

    def zone_of(self, record: ResourceChange) -> ResourceChange | None:
        """The zone that holds a record."""
        name = record.after.get("managed_zone")
        return next((zone for zone in self.all(ZONE) if zone.title == name), None)


def _identity(resource: ResourceChange) -> tuple[str, str, str]:
    return resource.stack, resource.kind, resource.title_now


def _annotation(service: ResourceChange, name: str) -> str | None:
    annotations = first_value(service.after or service.before, "metadata.annotations") or {}
    value: str | None = annotations.get(name)
    return value


def is_internal(service: ResourceChange) -> bool:
    """Whether a Service's load balancer is internal; with any other value it is public."""
    return _annotation(service, INTERNAL_TYPE) == "Internal"


def has_global_access(service: ResourceChange) -> bool:
    """Whether callers in other regions reach a Service."""
    return _annotation(service, GLOBAL_ACCESS) == "true"


def names(value: object, resource: ResourceChange) -> bool:
    """Whether a value names a resource: by its ID, its self link, or its short name."""
    text = str(value)
    known = [resource.after.get(key) for key in ("id", "self_link", "name")]
    if text in known:
        return True
    return not text.startswith(PLANNED) and text.rpartition("/")[2] == resource.title


def network_or_none(value: object) -> IPv4Network | None:
    """A range; None if the value is known only after apply, or is not a range."""
    try:
        return IPv4Network(str(value))
    except ValueError:
        return None


def service_ports(service: Table) -> set[Port]:
    """The ports of a Service's load balancer."""
    return {
        ((port.get("protocol") or "TCP").lower(), str(port["port"]))
        for port in values_at(service, "spec.port")
    }


def networks(values: Iterable[Any]) -> Iterator[IPv4Network]:
    """The known ranges of a list of ranges, or of blocks of authorized networks."""
    for value in values:
        network = network_or_none(value.get("cidr_block") if isinstance(value, dict) else value)
        if network:
            yield network


def combined_action(changes: Sequence[ResourceChange]) -> Action:
    """The action on a group of resources: adding or destroying a part changes the group.

    What is only read counts only if nothing else is in the group.
    """
    actions = {change.action for change in changes}
    actions = actions - {Action.READ} or actions
    if len(actions) > 1:
        parts = {Action.ADD, Action.DESTROY, Action.FORGET}
        actions = {Action.CHANGE if action in parts else action for action in actions}
    return max(actions, key=list(Action).index, default=Action.NO_OP)

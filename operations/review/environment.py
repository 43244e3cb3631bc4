"""The line of one environment, as the plans of its stacks would leave it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Any, Final

from operations.review.plan import PLANNED, Action, Change, Drift, Failure, Plan, first, found
from operations.review.resource_types import ADDRESS, CONNECTOR, RECORD, SUBNET, ZONE
from operations.terraform.synthesized import Table

INTERNAL_TYPE: Final = "networking.gke.io/load-balancer-type"
ADDRESS_NAMES: Final = "networking.gke.io/load-balancer-ip-addresses"
Port = tuple[str, str]
"""A protocol in lower case and a port, as firewall rules have them."""

GLOBAL_ACCESS: Final = "networking.gke.io/internal-load-balancer-allow-global-access"


@dataclass(frozen=True, kw_only=True)
class Line:
    """What the stacks of an environment hold together.

    Attributes:
        environment: its name.
        plans: a plan a stack.
        failures: the stacks that could not be planned.
    """

    environment: str
    plans: Sequence[Plan]
    failures: Sequence[Failure]

    @property
    def changes(self) -> list[Change]:
        """Every resource of every stack."""
        return [change for plan in self.plans for change in plan.changes]

    @property
    def drift(self) -> list[Drift]:
        """What somebody else changed."""
        return [change for plan in self.plans for change in plan.drift]

    def all(self, kind: str) -> list[Change]:
        """The resources of a kind that there would be."""
        return [one for one in self.changes if one.kind == kind and one.after]

    def gone(self, kind: str) -> list[Change]:
        """The resources of a kind that there would be no more."""
        return [one for one in self.changes if one.kind == kind and not one.after]

    def one(self, kind: str) -> Change | None:
        """The only resource of a kind, or the first."""
        return next(iter(self.all(kind)), None)

    def output(self, name: str) -> Any:  # noqa: ANN401 - JSON
        """A named output of any stack, or None."""
        return next((one.outputs[name] for one in self.plans if name in one.outputs), None)

    def node_subnet(self) -> Change | None:
        """The subnet of nodes and load balancers: the one with ranges for pods and Services."""
        path = "secondary_ip_range.range_name"
        return next((one for one in self.all(SUBNET) if found(one.after, path)), None)

    def connector_subnet(self) -> Change | None:
        """The subnet that the connector names."""
        connector = self.one(CONNECTOR)
        names = found(connector.after, "subnet.name") if connector else []
        return next((one for one in self.all(SUBNET) if one.title in names), None)

    def connector_range(self) -> str | None:
        """The addresses from which the app's calls come."""
        subnet = self.connector_subnet()
        return subnet.after["ip_cidr_range"] if subnet else None

    def connector_tags(self) -> set[str]:
        """The network tags that Google puts on the connector's instances ("Network tags")."""
        connector = self.one(CONNECTOR)
        if connector is None:
            return set()
        own = f"vpc-connector-{connector.after['region']}-{connector.after['name']}"
        return {"vpc-connector", own}

    def extra_destinations(self) -> list[IPv4Network]:
        """The ranges that the settings let the connector reach besides the APIs."""
        return list(networks(self.output("extra_destinations") or []))

    def address_of(self, service: Change) -> Change | None:
        """The reserved address that a Service names in its annotation."""
        name = _annotation(service, ADDRESS_NAMES)
        return next((one for one in self.all(ADDRESS) if one.title == name), None)

    def record_of(self, address: Change) -> Change | None:
        """The record that points at an address."""
        value = address.after.get("address")
        return next((one for one in self.all(RECORD) if value in one.elements("rrdatas")), None)

    def zone_of(self, record: Change) -> Change | None:
        """The zone that holds a record."""
        name = record.after.get("managed_zone")
        return next((one for one in self.all(ZONE) if one.title == name), None)


def _annotation(service: Change, name: str) -> str | None:
    annotations = first(service.after or service.before, "metadata.annotations") or {}
    value: str | None = annotations.get(name)
    return value


def is_internal(service: Change) -> bool:
    """Whether a Service's load balancer is inside the VPC; any other value makes it public."""
    return _annotation(service, INTERNAL_TYPE) == "Internal"


def has_global_access(service: Change) -> bool:
    """Whether callers of other regions reach a Service."""
    return _annotation(service, GLOBAL_ACCESS) == "true"


def names(value: object, thing: Change) -> bool:
    """Whether a value names a thing: by its id, its link, or its short name."""
    text = str(value)
    known = [thing.after.get(key) for key in ("id", "self_link", "name")]
    if text in known:
        return True
    return not text.startswith(PLANNED) and text.rpartition("/")[2] == thing.title


def network_or_none(value: object) -> IPv4Network | None:
    """A range, unless only an apply can know it, or it is none."""
    try:
        return IPv4Network(str(value))
    except ValueError:
        return None


def service_ports(service: Table) -> set[Port]:
    """Where a Service's load balancer answers."""
    return {
        ((port.get("protocol") or "TCP").lower(), str(port["port"]))
        for port in found(service, "spec.port")
    }


def networks(values: Iterable[Any]) -> Iterator[IPv4Network]:
    """The ranges of a list that are known; a block of authorized networks holds its range."""
    for value in values:
        network = network_or_none(value.get("cidr_block") if isinstance(value, dict) else value)
        if network:
            yield network


def worst(changes: Sequence[Change]) -> Action:
    """What happens to several things taken as one: a part that comes or goes changes the whole."""
    actions = {one.action for one in changes}
    if len(actions) > 1:
        parts = {Action.NEW, Action.DESTROYED, Action.FORGOTTEN}
        actions = {Action.CHANGED if action in parts else action for action in actions}
    return max(actions, key=list(Action).index, default=Action.KEPT)

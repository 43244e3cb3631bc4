"""The APIs that are deployed before the plans are applied, each with its resources."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from operations.review.environment import ADDRESS_NAMES, Environment
from operations.review.plan import ResourceChange, first_value
from operations.review.resource_types import ADDRESS, FIREWALL, RECORD, SERVICE


@dataclass(frozen=True, kw_only=True)
class Api:
    """A deployed API.

    Attributes:
        service: its Service.
        address: the reserved address of its load balancer; None if there is none.
        rules: the firewall rules for this address.
        records: the records that point at it.
    """

    service: ResourceChange
    address: ResourceChange | None
    rules: Sequence[ResourceChange]
    records: Sequence[ResourceChange]

    @property
    def ip(self) -> str:
        """Its IP address; empty if it has none yet."""
        return str(first_value(self.service.now, "spec.load_balancer_ip") or "")

    @property
    def names(self) -> str:
        """Its DNS names, or the Service's name if no record points at it."""
        names = [record.now["name"].rstrip(".") for record in self.records]
        return ", ".join(names) or self.service.title


def apis(environment: Environment) -> Iterator[Api]:
    """The deployed APIs of an environment."""
    deployed = [change for change in environment.changes if change.now]

    def all_of(kind: str) -> list[ResourceChange]:
        return [change for change in deployed if change.kind == kind]

    for service in all_of(SERVICE):
        ip = first_value(service.now, "spec.load_balancer_ip")
        annotations = first_value(service.now, "metadata.annotations") or {}
        name = annotations.get(ADDRESS_NAMES)
        addresses = (
            address
            for address in all_of(ADDRESS)
            if address.now["address"] == ip or address.now["name"] == name
        )
        yield Api(
            service=service,
            address=next(addresses, None),
            rules=[
                rule
                for rule in all_of(FIREWALL)
                if f"{ip}/32" in rule.elements("destination_ranges", rule.now)
            ],
            records=[
                record for record in all_of(RECORD) if ip in record.elements("rrdatas", record.now)
            ],
        )

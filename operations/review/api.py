"""The APIs that can be called before the plans are applied, each with all that belongs to it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from operations.review.line import ADDRESS_NAMES, Line
from operations.review.plan import Change, first
from operations.review.resource_types import ADDRESS, FIREWALL, RECORD, SERVICE


@dataclass(frozen=True, kw_only=True)
class Api:
    """An API as it is now.

    Attributes:
        service: its Service.
        address: the reserved address that its load balancer holds, if there is one.
        rules: the firewall rules for this address.
        records: the records that point at it.
    """

    service: Change
    address: Change | None
    rules: Sequence[Change]
    records: Sequence[Change]

    @property
    def ip(self) -> str:
        """Its address."""
        return str(first(self.service.now, "spec.load_balancer_ip"))

    @property
    def names(self) -> str:
        """What callers call; the Service's name where no record points at it."""
        names = [record.now["name"].rstrip(".") for record in self.records]
        return ", ".join(names) or self.service.title


def apis(line: Line) -> Iterator[Api]:
    """The APIs of an environment."""
    now = [change for change in line.changes if change.now]
    for service in now:
        if service.kind != SERVICE:
            continue
        ip = first(service.now, "spec.load_balancer_ip")
        annotations = first(service.now, "metadata.annotations") or {}
        name = annotations.get(ADDRESS_NAMES)
        yield Api(
            service=service,
            address=next(
                (
                    one
                    for one in now
                    if one.kind == ADDRESS and (one.now["address"] == ip or one.now["name"] == name)
                ),
                None,
            ),
            rules=[one for one in now if one.kind == FIREWALL and _names(one, f"{ip}/32")],
            records=[
                one for one in now if one.kind == RECORD and ip in one.elements("rrdatas", one.now)
            ],
        )


def _names(rule: Change, destination: str) -> bool:
    return destination in rule.elements("destination_ranges", rule.now)

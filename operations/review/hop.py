"""One hop of a call, and what its checks have in common."""

from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Network

from operations.review.line import Line, network_or_none
from operations.review.plan import Change
from operations.review.resource_types import CONNECTOR


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


class FailsError(Exception):
    """A hop fails; the text says why."""

    def __init__(self, why: str, thing: Change | None = None) -> None:
        """Say why, and which resource to look at."""
        super().__init__(why)
        self.stack = thing.stack if thing else ""
        self.address = thing.address if thing else ""


class UnknownError(Exception):
    """Only an apply can tell whether a hop holds; the text says why."""


def reserved_address(line: Line, service: Change) -> Change:
    """The address that a Service names.

    Raises:
        FailsError: there is none.
    """
    address = line.address_of(service)
    if address is None:
        raise FailsError(f"{service.title} names no reserved address", service)
    return address


def known_connector_range(line: Line) -> IPv4Network:
    """The addresses from which the app's calls come.

    Raises:
        FailsError: the connector has no subnet.
        UnknownError: its range is not known.
    """
    subnet = line.connector_subnet()
    if subnet is None:
        raise FailsError("the connector has no subnet", line.one(CONNECTOR))
    return range_of(subnet)


def range_of(subnet: Change) -> IPv4Network:
    """A subnet's primary range.

    Raises:
        UnknownError: it is not known.
    """
    network = network_or_none(subnet.after.get("ip_cidr_range"))
    if network is None:
        raise UnknownError(f"the range of {subnet.title} is not known")
    return network

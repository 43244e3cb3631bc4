"""One hop of a call, and helpers that its checks share."""

from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Network

from operations.review.environment import Environment, network_or_none
from operations.review.plan import ResourceChange
from operations.review.resource_types import CONNECTOR


class Verdict(StrEnum):
    """The result of checking a hop."""

    HOLDS = "holds"
    FAILS = "fails"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Hop:
    """One condition that a call depends on.

    Attributes:
        title: the condition.
        verdict: whether it holds.
        why: what the plans say about it.
        stack: the stack to look at when it fails; else empty.
        address: the address of the resource in that stack.
    """

    title: str
    verdict: Verdict
    why: str
    stack: str = ""
    address: str = ""


class FailsError(Exception):
    """A hop fails; the text says why."""

    def __init__(self, why: str, resource: ResourceChange | None = None) -> None:
        """Take the reason, and the resource to look at."""
        super().__init__(why)
        self.stack = resource.stack if resource else ""
        self.address = resource.address if resource else ""


class UnknownError(Exception):
    """The plans do not show whether a hop holds; the text says why."""


def reserved_address(environment: Environment, service: ResourceChange) -> ResourceChange:
    """The address that a Service names.

    Raises:
        FailsError: the Service names no address of this environment.
    """
    address = environment.address_of(service)
    if address is None:
        raise FailsError(f"{service.title} names no reserved address", service)
    return address


def known_connector_range(environment: Environment) -> IPv4Network:
    """The source range of the app's calls.

    Raises:
        FailsError: the connector has no range.
        UnknownError: its range is not known.
    """
    connector = environment.only(CONNECTOR)
    holder = environment.connector_subnet() or connector
    if holder is None or not environment.connector_range():
        raise FailsError("the connector has no subnet", connector)
    return range_of(holder)


def range_of(subnet: ResourceChange) -> IPv4Network:
    """The primary range of a subnet, or the range of a connector without one.

    Raises:
        UnknownError: it is not known.
    """
    network = network_or_none(subnet.after.get("ip_cidr_range"))
    if network is None:
        raise UnknownError(f"the range of {subnet.title} is not known")
    return network

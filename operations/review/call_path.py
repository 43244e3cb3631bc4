"""The path of a call, hop by hop, from what all stacks together would be."""

from collections.abc import Callable
from ipaddress import IPv4Address
from typing import Final

from operations.review.firewall import let_out, let_through
from operations.review.hop import (
    FailsError,
    Hop,
    UnknownError,
    Verdict,
    known_connector_range,
    range_of,
    reserved_address,
)
from operations.review.line import (
    Line,
    has_global_access,
    is_internal,
    names,
    networks,
)
from operations.review.plan import Change, first, found, is_planned
from operations.review.public import open_to_the_world
from operations.review.resource_types import (
    CONNECTOR,
    NETWORK,
    RECORD,
    SERVICE,
)
from private_line.rules import PRIVATE_RANGES

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
    except FailsError as fails:
        # What is missing may be of a stack without a plan; what is public is so all the same.
        if line.failures and check is not _nothing_public:
            stacks = ", ".join(failure.stack for failure in line.failures)
            return Hop(title=title, verdict=Verdict.UNKNOWN, why=f"{stacks} could not be planned")
        return Hop(
            title=title,
            verdict=Verdict.FAILS,
            why=str(fails),
            stack=fails.stack,
            address=fails.address,
        )
    except UnknownError as unknown:
        return Hop(title=title, verdict=Verdict.UNKNOWN, why=str(unknown))


def _name(line: Line, service: Change) -> str:
    address = reserved_address(line, service)
    record = line.record_of(address)
    if record is None:
        other = line.one(RECORD)
        raise FailsError(
            f"no record points at {address.title}, the address of {service.title}", other
        )
    zone = line.zone_of(record)
    if zone is None:
        raise FailsError(f"the zone of {record.title} is not there", record)
    if zone.after["visibility"] != "private":
        raise FailsError(f"zone {zone.title} is public", zone)
    network = line.one(NETWORK)
    seen_from = found(zone.after, "private_visibility_config.networks.network_url")
    if network is None or not any(names(one, network) for one in seen_from):
        raise FailsError(f"zone {zone.title} is not seen from this VPC", zone)
    return f"{record.title.rstrip('.')} is {_shown(address.after['address'])}"


def _reserved(line: Line, service: Change) -> str:
    address = reserved_address(line, service)
    if address.after["address_type"] != "INTERNAL":
        raise FailsError(f"{address.title} is not internal", address)
    subnet = line.node_subnet()
    if subnet is None:
        raise FailsError("there is no subnet for nodes and load balancers")
    if not names(address.after["subnetwork"], subnet):
        raise FailsError(f"{address.title} is not of subnet {subnet.title}", address)
    nodes = range_of(subnet)
    if not any(nodes.subnet_of(private) for private in PRIVATE_RANGES):
        raise FailsError(f"{nodes} is not private", subnet)
    value = address.after["address"]
    if is_planned(value):
        return f"Google picks it from {nodes}"
    if IPv4Address(value) not in nodes:
        raise FailsError(f"{value} is outside {nodes}", address)
    return f"{value} is of {nodes}"


def _region(line: Line, _: Change) -> str:
    connector = line.one(CONNECTOR)
    if connector is None:
        raise FailsError("there is no connector", next(iter(line.gone(CONNECTOR)), None))
    region = line.output("app_engine_region")
    if region is None:
        raise UnknownError("the output app_engine_region is missing")
    if connector.after["region"] != region:
        raise FailsError(
            f"the connector is in {connector.after['region']}, App Engine in {region}", connector
        )
    if line.connector_subnet() is None:
        raise FailsError("the connector's subnet is not there", connector)
    return f"both are in {region}"


def _takes(line: Line, service: Change) -> str:
    balanced = first(service.after, "spec.type") == "LoadBalancer"
    if not (balanced and is_internal(service)):
        raise FailsError(f"{service.title} is no internal load balancer", service)
    address = reserved_address(line, service)
    if first(service.after, "spec.load_balancer_ip") != address.after["address"]:
        raise FailsError(f"{service.title} asks for another address than {address.title}", service)
    source = known_connector_range(line)
    taken = service.elements("spec.load_balancer_source_ranges")
    if not taken:
        raise FailsError("without source ranges GKE lets everybody in", service)
    if not any(source.subnet_of(one) for one in networks(taken)):
        raise FailsError(f"{service.title} does not take calls from {source}", service)
    connector, region = line.one(CONNECTOR), address.after["region"]
    if connector and connector.after["region"] != region and not has_global_access(service):
        raise FailsError(f"{service.title} takes no calls from outside {region}", service)
    return f"{service.title} is internal and takes calls from {source}"


def _nothing_public(line: Line, _: Change) -> str:
    for one in line.changes:
        if why := open_to_the_world(one):
            raise FailsError(f"{one.title} {why}", one)
    return "no public address, zone, load balancer or control plane"


def _shown(value: object) -> str:
    return "the reserved address" if is_planned(value) else str(value)


_HOPS: Final[dict[str, _Check]] = {
    "The name resolves in this VPC to the address": _name,
    "The address is reserved, private and of the node subnet": _reserved,
    "The connector is in App Engine's region": _region,
    "The firewall lets only what the settings name leave the connector": let_out,
    "The firewall lets the connector reach only what the settings name": let_through,
    "The Service is internal and takes the connector's calls": _takes,
    "Nothing on the way is public": _nothing_public,
}
"""What must be so, in the order in which a call meets it."""

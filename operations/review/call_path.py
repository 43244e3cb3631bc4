"""Checks the path of a call, hop by hop, in the plans of all stacks together."""

from collections.abc import Callable
from ipaddress import IPv4Address
from typing import Final

from operations.review.environment import (
    Environment,
    has_global_access,
    is_internal,
    names,
    networks,
)
from operations.review.exposure import exposure
from operations.review.firewall import check_egress, check_ingress
from operations.review.hop import (
    FailsError,
    Hop,
    UnknownError,
    Verdict,
    known_connector_range,
    range_of,
    reserved_address,
)
from operations.review.plan import ResourceChange, first_value, is_planned, values_at
from operations.review.resource_types import (
    CONNECTOR,
    NETWORK,
    RECORD,
    SERVICE,
)
from private_line.limits import PRIVATE_RANGES

_Check = Callable[[Environment, ResourceChange], str]


def call_path(environment: Environment) -> dict[str, list[Hop]]:
    """The hops to every service, by the Service's name."""
    return {
        service.title: [_hop(title, check, environment, service) for title, check in _HOPS.items()]
        for service in environment.all(SERVICE)
    }


def _hop(title: str, check: _Check, environment: Environment, service: ResourceChange) -> Hop:
    try:
        return Hop(title=title, verdict=Verdict.HOLDS, why=check(environment, service))
    except FailsError as fails:
        # A missing resource may belong to a stack without a plan; a public resource is public
        # whatever the other stacks hold.
        if environment.failures and check is not _check_exposure:
            stacks = ", ".join(failure.stack for failure in environment.failures)
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


def _check_name(environment: Environment, service: ResourceChange) -> str:
    address = reserved_address(environment, service)
    record = environment.record_of(address)
    if record is None:
        raise FailsError(
            f"no record points at {address.title}, the address of {service.title}",
            environment.only(RECORD),
        )
    zone = environment.zone_of(record)
    if zone is None:
        raise FailsError(f"the zone of {record.title} does not exist", record)
    if zone.after["visibility"] != "private":
        raise FailsError(f"zone {zone.title} is public", zone)
    name, value = record.title.rstrip("."), _shown(address.after["address"])
    if zone.exists:
        raise UnknownError(
            f"{name} is {value} in zone {zone.title}, which exists. Whether this VPC sees the zone,"
            f" no plan shows: see `gcloud dns managed-zones describe {zone.title}"
            f" --project={zone.after['project']}`"
        )
    network = environment.only(NETWORK)
    visible_from = values_at(zone.after, "private_visibility_config.networks.network_url")
    if network is None or not any(names(url, network) for url in visible_from):
        raise FailsError(f"zone {zone.title} is not visible from this VPC", zone)
    return f"{name} is {value}"


def _check_address(environment: Environment, service: ResourceChange) -> str:
    address = reserved_address(environment, service)
    if address.after["address_type"] != "INTERNAL":
        raise FailsError(f"{address.title} is not internal", address)
    subnet = environment.node_subnet()
    if subnet is None:
        raise FailsError("there is no subnet for nodes and load balancers")
    if not names(address.after["subnetwork"], subnet):
        raise FailsError(f"{address.title} is not in subnet {subnet.title}", address)
    nodes = range_of(subnet)
    if not any(nodes.subnet_of(private) for private in PRIVATE_RANGES):
        raise FailsError(f"{nodes} is not private", subnet)
    value = address.after["address"]
    if is_planned(value):
        return f"Google picks it from {nodes}"
    if IPv4Address(value) not in nodes:
        raise FailsError(f"{value} is outside {nodes}", address)
    return f"{value} is in {nodes}"


def _check_region(environment: Environment, _: ResourceChange) -> str:
    connector = environment.only(CONNECTOR)
    if connector is None:
        raise FailsError("there is no connector", next(iter(environment.gone(CONNECTOR)), None))
    region = environment.output("app_engine_region")
    if region is None:
        raise UnknownError("the output app_engine_region is missing")
    if connector.after["region"] != region:
        raise FailsError(
            f"the connector is in {connector.after['region']}, App Engine in {region}", connector
        )
    if environment.connector_range() is None:
        raise FailsError("the connector's subnet does not exist", connector)
    return f"both are in {region}"


def _check_service(environment: Environment, service: ResourceChange) -> str:
    balanced = first_value(service.after, "spec.type") == "LoadBalancer"
    if not (balanced and is_internal(service)):
        raise FailsError(f"{service.title} is not an internal load balancer", service)
    address = reserved_address(environment, service)
    if first_value(service.after, "spec.load_balancer_ip") != address.after["address"]:
        raise FailsError(f"{service.title} requests an address other than {address.title}", service)
    source = known_connector_range(environment)
    allowed = service.elements("spec.load_balancer_source_ranges")
    if not allowed:
        raise FailsError("without source ranges, GKE allows every source", service)
    if not any(source.subnet_of(network) for network in networks(allowed)):
        raise FailsError(f"{service.title} does not accept calls from {source}", service)
    connector, region = environment.only(CONNECTOR), address.after["region"]
    if connector and connector.after["region"] != region and not has_global_access(service):
        raise FailsError(f"{service.title} accepts no calls from outside {region}", service)
    return f"{service.title} is internal and accepts calls from {source}"


def _check_exposure(environment: Environment, _: ResourceChange) -> str:
    for change in environment.changes:
        if why := exposure(change):
            raise FailsError(f"{change.title} {why}", change)
    others = ", not counting what exists" if environment.found else ""
    return f"no public address, zone, load balancer or control plane{others}"


def _shown(value: object) -> str:
    return "the reserved address" if is_planned(value) else str(value)


_HOPS: Final[dict[str, _Check]] = {
    "The name resolves to the address in this VPC": _check_name,
    "The address is reserved, private and in the node subnet": _check_address,
    "The connector is in App Engine's region": _check_region,
    "The firewall allows egress from the connector only to configured destinations": check_egress,
    "The firewall allows ingress from the connector only to configured destinations": check_ingress,
    "The Service is internal and accepts the connector's calls": _check_service,
    "Nothing on the path is public": _check_exposure,
}
"""The condition of each hop, in the order of a call."""

"""Finding one resource by what another says of it, as Google's APIs do."""

import re
from ipaddress import IPv4Address, IPv4Network
from typing import Any, Final

from tests.fake_cloud.google.world import World
from tests.fake_cloud.provider.values import Values, first, found, relative

ACCOUNT: Final = "google_service_account"
ADDRESS: Final = "google_compute_address"
API: Final = "google_project_service"
CLUSTER: Final = "google_container_cluster"
CONNECTOR: Final = "google_vpc_access_connector"
FIREWALL: Final = "google_compute_firewall"
MEMBER: Final = "google_project_iam_member"
NAMESPACE: Final = "kubernetes_namespace_v1"
NAT: Final = "google_compute_router_nat"
NETWORK: Final = "google_compute_network"
POOL: Final = "google_container_node_pool"
RECORD: Final = "google_dns_record_set"
ROUTER: Final = "google_compute_router"
SERVICE: Final = "kubernetes_service_v1"
SUBNET: Final = "google_compute_subnetwork"
VERSION: Final = "app_engine_version"
ZONE: Final = "google_dns_managed_zone"


def region_of(resource: Values) -> str | None:
    """The region of a regional or zonal resource, None where it is global."""
    place = first(resource, "region") or first(resource, "location")
    return place and re.sub(r"-[a-z]$", "", place)


def references(holder: Values, text: str, by: str, held: Values) -> bool:
    """Whether `text`, as `holder` says it, is `held`.

    A self link does for an `id`. By `name` it must be of the holder's project and region.
    """
    if by == "name":
        regions = {region_of(holder), region_of(held)} - {None}
        same_project = first(holder, "project") in (None, held.get("project"))
        return len(regions) <= 1 and same_project and bool(text == held["name"])
    if by == "id":
        return bool(relative(text) == held["id"])
    return bool(text == held.get(by))


def one(world: World, kind: str, holder: Values, path: str, by: str = "id") -> Values | None:
    """The resource of a kind that `holder` names at a path."""
    text = first(holder, path)
    candidates = (
        resource for resource in world.all(kind) if references(holder, text, by, resource)
    )
    return next(candidates, None) if text else None


def subnet_of(world: World, holder: Values) -> Values | None:
    """The subnet in which an address or a cluster is."""
    return one(world, SUBNET, holder, "subnetwork")


def ranges(subnet: Values) -> list[IPv4Network]:
    """A subnet's primary and secondary ranges."""
    paths = ("ip_cidr_range", "secondary_ip_range.ip_cidr_range")
    return [IPv4Network(text) for path in paths for text in found(subnet, path)]


def taken(world: World, subnet: Values) -> list[tuple[str, Values]]:
    """Each address of a subnet that something holds, with its holder."""
    paths = {ADDRESS: "address", CLUSTER: "private_cluster_config.private_endpoint"}
    return [
        (first(resource, path), resource)
        for kind, path in paths.items()
        for resource in world.all(kind)
        if subnet_of(world, resource) == subnet
    ]


def free_address(world: World, subnet: Values, seed: int) -> str:
    """An address of a subnet that nobody holds; another seed mostly gives another one.

    Google keeps the first two and the last two of a primary range.
    """
    network = IPv4Network(subnet["ip_cidr_range"])
    held = {address for address, _ in taken(world, subnet)}
    usable = [str(IPv4Address(number)) for number in range(int(network[2]), int(network[-2]))]
    start = seed % len(usable)
    return next(address for address in (*usable[start:], *usable[:start]) if address not in held)


def service_address(world: World, service: Values, cluster: Values) -> Any:  # noqa: ANN401
    """The reserved address that GKE gives a Service, None where it finds none.

    The annotation's name comes first; a name that is not found is skipped without a word.
    """
    annotations = first(service, "metadata.annotations") or {}
    name = annotations.get("networking.gke.io/load-balancer-ip-addresses")
    by_value = first(service, "spec.load_balancer_ip")
    subnet = subnet_of(world, cluster)
    mine = [one for one in world.all(ADDRESS) if subnet_of(world, one) == subnet]
    by_name = [address for address in mine if address["name"] == name]
    return next(iter([*by_name, *(one for one in mine if one["address"] == by_value)]), None)


def is_internal(service: Values) -> bool:
    """Whether GKE makes a Service's load balancer internal: by this one value only."""
    annotations = first(service, "metadata.annotations") or {}
    older = str(annotations.get("cloud.google.com/load-balancer-type", ""))
    return annotations.get("networking.gke.io/load-balancer-type") == "Internal" or (
        older.lower() == "internal"
    )

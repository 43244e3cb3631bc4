"""Finds the resource that another resource refers to, as Google's APIs do."""

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


def in_cluster(cluster: str, identifier: str) -> str:
    """The key of a Kubernetes object in the world: the IDs of its cluster and of itself."""
    return f"{cluster} {identifier}"


def cluster_of(key: str) -> str:
    """The ID of a Kubernetes object's cluster; empty for a resource of Google Cloud."""
    return key.rpartition(" ")[0]


def region_of(resource: Values) -> str | None:
    """The region of a regional or zonal resource, or None for a global one."""
    location = first(resource, "region") or first(resource, "location")
    return location and re.sub(r"-[a-z]$", "", location)


def references(referrer: Values, text: str, by: str, target: Values) -> bool:
    """Whether `text`, an argument of `referrer`, refers to `target`.

    Args:
        referrer: the resource with the argument.
        text: the value of the argument.
        by: the attribute of `target` that `text` must equal. For `id`, a self link is valid too.
            For `name`, both resources must be in the same project and region.
        target: the resource that `text` may refer to.
    """
    if by == "name":
        regions = {region_of(referrer), region_of(target)} - {None}
        same_project = first(referrer, "project") in (None, target.get("project"))
        return len(regions) <= 1 and same_project and bool(text == target["name"])
    if by == "id":
        return bool(relative(text) == target["id"])
    return bool(text == target.get(by))


def referenced(
    world: World, kind: str, referrer: Values, path: str, by: str = "id"
) -> Values | None:
    """The resource of a type that `referrer` refers to at a path, or None."""
    text = first(referrer, path)
    candidates = (
        resource for resource in world.all(kind) if references(referrer, text, by, resource)
    )
    return next(candidates, None) if text else None


def subnet_of(world: World, resource: Values) -> Values | None:
    """The subnet of an address or a cluster."""
    return referenced(world, SUBNET, resource, "subnetwork")


def ranges(subnet: Values) -> list[IPv4Network]:
    """The primary and secondary ranges of a subnet."""
    paths = ("ip_cidr_range", "secondary_ip_range.ip_cidr_range")
    return [IPv4Network(text) for path in paths for text in found(subnet, path)]


def used_addresses(world: World, subnet: Values) -> list[tuple[str, Values]]:
    """Each address of a subnet that is in use, with the resource that uses it."""
    paths = {ADDRESS: "address", CLUSTER: "private_cluster_config.private_endpoint"}
    return [
        (first(resource, path), resource)
        for kind, path in paths.items()
        for resource in world.all(kind)
        if subnet_of(world, resource) == subnet
    ]


def free_address(world: World, subnet: Values, seed: int) -> str:
    """A free address of a subnet; the search starts at a position that depends on the seed.

    Google reserves the first two and the last two addresses of a primary range.
    """
    network = IPv4Network(subnet["ip_cidr_range"])
    used = {address for address, _ in used_addresses(world, subnet)}
    usable = [str(IPv4Address(number)) for number in range(int(network[2]), int(network[-2]))]
    start = seed % len(usable)
    return next(address for address in (*usable[start:], *usable[:start]) if address not in used)


def service_address(world: World, service: Values, cluster: Values) -> Any:  # noqa: ANN401
    """The reserved address that Google Kubernetes Engine (GKE) assigns to a Service, or None.

    The name in the annotation has priority. GKE silently ignores a name that does not exist.
    """
    annotations = first(service, "metadata.annotations") or {}
    name = annotations.get("networking.gke.io/load-balancer-ip-addresses")
    by_value = first(service, "spec.load_balancer_ip")
    subnet = subnet_of(world, cluster)
    reserved = [address for address in world.all(ADDRESS) if subnet_of(world, address) == subnet]
    candidates = [
        *(address for address in reserved if address["name"] == name),
        *(address for address in reserved if address["address"] == by_value),
    ]
    return next(iter(candidates), None)


def is_internal(service: Values) -> bool:
    """Whether GKE creates an internal load balancer for a Service.

    The current annotation is case-sensitive, its predecessor is not.
    """
    annotations = first(service, "metadata.annotations") or {}
    older = str(annotations.get("cloud.google.com/load-balancer-type", ""))
    return annotations.get("networking.gke.io/load-balancer-type") == "Internal" or (
        older.lower() == "internal"
    )

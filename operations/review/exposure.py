"""Finds resources that are reachable from the internet."""

from collections.abc import Callable
from ipaddress import IPv4Network
from typing import Final

from operations.review.environment import is_internal, networks
from operations.review.plan import ResourceChange, first_value
from operations.review.resource_types import ADDRESS, CLUSTER, SERVICE, ZONE

ANY_ADDRESS: Final = IPv4Network("0.0.0.0/0")


def exposure(resource: ResourceChange) -> str:
    """Why a resource is reachable from the internet; empty if it is not."""
    return next((why for public, why in _PUBLIC if resource.after and public(resource)), "")


def _allows_any_address(*paths: str) -> Callable[[ResourceChange], bool]:
    return lambda resource: any(ANY_ADDRESS in networks(resource.elements(path)) for path in paths)


def _has_public_control_plane(cluster: ResourceChange) -> bool:
    private = first_value(cluster.after, "private_cluster_config.enable_private_endpoint")
    by_ip = first_value(cluster.after, "control_plane_endpoints_config.ip_endpoints_config.enabled")
    limited = cluster.elements("master_authorized_networks_config.cidr_blocks")
    return cluster.kind == CLUSTER and not private and by_ip is not False and not limited


def _has_public_nodes(cluster: ResourceChange) -> bool:
    private = first_value(cluster.after, "private_cluster_config.enable_private_nodes")
    return cluster.kind == CLUSTER and not private


def _is_public_load_balancer(service: ResourceChange) -> bool:
    ranges = service.elements("spec.load_balancer_source_ranges")
    balanced = first_value(service.after, "spec.type") == "LoadBalancer"
    return service.kind == SERVICE and balanced and not (is_internal(service) and ranges)


def _is_public_zone(zone: ResourceChange) -> bool:
    return zone.kind == ZONE and zone.after["visibility"] != "private"


def _is_public_address(address: ResourceChange) -> bool:
    return address.kind == ADDRESS and address.after["address_type"] != "INTERNAL"


def _is_open_rule(rule: ResourceChange) -> bool:
    return bool(rule.elements("allow")) and _allows_any_address("source_ranges")(rule)


_PUBLIC: Final[tuple[tuple[Callable[[ResourceChange], bool], str], ...]] = (
    (_is_public_zone, "is a public zone"),
    (_is_public_address, "is public"),
    (_is_public_load_balancer, "is a public load balancer"),
    (_has_public_nodes, "has nodes with public addresses"),
    (_has_public_control_plane, "has a control plane that is reachable from the internet"),
    (_is_open_rule, "allows every source (0.0.0.0/0)"),
    (
        _allows_any_address(
            "spec.load_balancer_source_ranges",
            "master_authorized_networks_config.cidr_blocks",
        ),
        "allows every source (0.0.0.0/0)",
    ),
)

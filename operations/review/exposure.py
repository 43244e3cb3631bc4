"""What must not be on the way of a call: anything that the world reaches."""

from collections.abc import Callable
from ipaddress import IPv4Network
from typing import Final

from operations.review.line import is_internal, networks
from operations.review.plan import Change, first
from operations.review.resource_types import ADDRESS, CLUSTER, SERVICE, ZONE

EVERYBODY: Final = IPv4Network("0.0.0.0/0")


def open_to_the_world(one: Change) -> str:
    """Why the world would reach a resource; empty where it would not."""
    return next((why for public, why in _PUBLIC if one.after and public(one)), "")


def _opens_to_everybody(*paths: str) -> Callable[[Change], bool]:
    return lambda one: any(EVERYBODY in networks(one.elements(path)) for path in paths)


def _public_control_plane(cluster: Change) -> bool:
    private = first(cluster.after, "private_cluster_config.enable_private_endpoint")
    by_ip = first(cluster.after, "control_plane_endpoints_config.ip_endpoints_config.enabled")
    limited = cluster.elements("master_authorized_networks_config.cidr_blocks")
    return cluster.kind == CLUSTER and not private and by_ip is not False and not limited


def _is_public(service: Change) -> bool:
    ranges = service.elements("spec.load_balancer_source_ranges")
    balanced = first(service.after, "spec.type") == "LoadBalancer"
    return balanced and not (is_internal(service) and ranges)


_PUBLIC: Final[tuple[tuple[Callable[[Change], bool], str], ...]] = (
    (lambda one: one.kind == ZONE and one.after["visibility"] != "private", "is a public zone"),
    (lambda one: one.kind == ADDRESS and one.after["address_type"] != "INTERNAL", "is public"),
    (lambda one: one.kind == SERVICE and _is_public(one), "is a public load balancer"),
    (
        lambda one: (
            one.kind == CLUSTER
            and not first(one.after, "private_cluster_config.enable_private_nodes")
        ),
        "has nodes with public addresses",
    ),
    (_public_control_plane, "has a control plane that everybody reaches"),
    (
        lambda one: bool(one.elements("allow")) and _opens_to_everybody("source_ranges")(one),
        "lets everybody in (0.0.0.0/0)",
    ),
    (
        _opens_to_everybody(
            "spec.load_balancer_source_ranges",
            "master_authorized_networks_config.cidr_blocks",
        ),
        "lets everybody in (0.0.0.0/0)",
    ),
)

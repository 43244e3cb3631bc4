"""The elements on the path of a call, each with its action, for drawing."""

from collections.abc import Sequence
from dataclasses import dataclass

from operations.review.environment import Environment, combined_action
from operations.review.plan import Action, ResourceChange, first_value, is_planned, values_at
from operations.review.resource_types import (
    ADDRESS,
    CLUSTER,
    CONNECTOR,
    FIREWALL,
    NAMESPACE,
    NETWORK,
    NODE_POOL,
    RECORD,
    SERVICE,
    SUBNET,
    ZONE,
)


@dataclass(frozen=True, kw_only=True)
class Element:
    """One box of the picture.

    Attributes:
        key: a short name for drawing.
        title: what it represents.
        lines: names, ranges and ports.
        action: the combined action on its resources.
    """

    key: str
    title: str
    lines: tuple[str, ...]
    action: Action


@dataclass(frozen=True, kw_only=True)
class Picture:
    """What to draw.

    Attributes:
        path: the elements that a call passes, in order.
        name: the DNS name that the app resolves first.
    """

    path: tuple[Element, ...]
    name: Element


def picture(environment: Environment) -> Picture:
    """Describe an environment after the apply; destroyed resources are included and marked."""
    services = _with_gone(environment, SERVICE)
    node_subnet = environment.node_subnet()
    connector_subnet = environment.connector_subnet()
    vpc = [
        change
        for change in _with_gone(environment, NETWORK, SUBNET, FIREWALL)
        if change is not connector_subnet
    ]
    path = (
        Element(
            key="app",
            title="App Engine app",
            lines=_texts(environment.output("app_engine_region")),
            action=Action.NO_OP,
        ),
        _element(
            "connector",
            "Connector",
            [
                *_with_gone(environment, CONNECTOR),
                *([connector_subnet] if connector_subnet else []),
            ],
            environment.connector_range(),
            *(f"also reaches {destination}" for destination in environment.extra_destinations()),
        ),
        _element(
            "vpc",
            "VPC and firewall",
            vpc,
            *map(_label, _with_gone(environment, NETWORK)),
            node_subnet.after["ip_cidr_range"] if node_subnet else "",
        ),
        _element(
            "balancer",
            "Internal load balancer",
            _with_gone(environment, SERVICE, ADDRESS),
            *map(_balancer, services),
        ),
        _element(
            "nodes",
            "Private GKE cluster",
            _with_gone(environment, CLUSTER, NODE_POOL, NAMESPACE),
            *map(_label, _with_gone(environment, CLUSTER)),
            *(f"namespace {_label(change)}" for change in _with_gone(environment, NAMESPACE)),
            *map(_pods, services),
        ),
    )
    name = _element(
        "name",
        "Private DNS",
        _with_gone(environment, RECORD, ZONE),
        *map(_label, _with_gone(environment, RECORD)),
    )
    return Picture(path=path, name=name)


def _with_gone(environment: Environment, *kinds: str) -> list[ResourceChange]:
    return [
        change for kind in kinds for change in (*environment.all(kind), *environment.gone(kind))
    ]


def _element(key: str, title: str, changes: Sequence[ResourceChange], *lines: object) -> Element:
    return Element(key=key, title=title, lines=_texts(*lines), action=combined_action(changes))


def _texts(*values: object) -> tuple[str, ...]:
    return tuple(str(value) for value in values if value and not is_planned(value))


def _balancer(service: ResourceChange) -> str:
    values = service.after or service.before
    ip = first_value(values, "spec.load_balancer_ip")
    shown = "address picked by Google" if ip is None or is_planned(ip) else ip
    ports = ", ".join(str(port) for port in values_at(values, "spec.port.port"))
    return f"{_label(service)}: {shown}, port {ports}"


def _pods(service: ResourceChange) -> str:
    ports = values_at(service.after or service.before, "spec.port.target_port")
    return f"pods of {_label(service)}: port {', '.join(map(str, ports))}"


def _label(change: ResourceChange) -> str:
    """The name, marked if the resource is destroyed."""
    name = change.title.rstrip(".")
    return name if change.after else f"{name} (destroyed)"

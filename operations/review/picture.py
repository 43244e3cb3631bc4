"""The picture of the line: what a call passes, and what happens to each of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from operations.review.line import Line, worst
from operations.review.plan import Action, Change, first, found, is_planned
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
    """One thing in the picture.

    Attributes:
        key: a short name for drawing.
        title: what it is.
        lines: names, ranges and ports.
        action: what happens to it.
    """

    key: str
    title: str
    lines: tuple[str, ...]
    action: Action


@dataclass(frozen=True, kw_only=True)
class Picture:
    """The line: `way` in the order of a call, and the name that the app asks for first."""

    way: tuple[Element, ...]
    name: Element


def picture(line: Line) -> Picture:
    """Draw a line as its plans would leave it; what would be gone is drawn as destroyed."""
    services = _with_gone(line, SERVICE)
    subnet = line.node_subnet()
    behind = line.connector_subnet()
    vpc = [one for one in _with_gone(line, NETWORK, SUBNET, FIREWALL) if one is not behind]
    nodes = subnet.after["ip_cidr_range"] if subnet else ""
    way = (
        Element(
            key="app",
            title="App Engine app",
            lines=_texts(line.output("app_engine_region")),
            action=Action.KEPT,
        ),
        _element(
            "connector",
            "Connector",
            [*_with_gone(line, CONNECTOR), *([behind] if behind else [])],
            line.connector_range(),
            *(f"also reaches {destination}" for destination in line.extra_destinations()),
        ),
        _element(
            "vpc",
            "VPC and firewall",
            vpc,
            *map(_label, _with_gone(line, NETWORK)),
            nodes,
        ),
        _element(
            "balancer",
            "Internal load balancer",
            _with_gone(line, SERVICE, ADDRESS),
            *map(_balancer, services),
        ),
        _element(
            "nodes",
            "Private GKE cluster",
            _with_gone(line, CLUSTER, NODE_POOL, NAMESPACE),
            *map(_label, _with_gone(line, CLUSTER)),
            *(f"namespace {_label(one)}" for one in _with_gone(line, NAMESPACE)),
            *(_pods(one) for one in services),
        ),
    )
    records = _with_gone(line, RECORD)
    name = _element(
        "name",
        "Private DNS",
        _with_gone(line, RECORD, ZONE),
        *map(_label, records),
    )
    return Picture(way=way, name=name)


def _with_gone(line: Line, *kinds: str) -> list[Change]:
    return [one for kind in kinds for one in (*line.all(kind), *line.gone(kind))]


def _element(key: str, title: str, changes: Sequence[Change], *lines: object) -> Element:
    return Element(key=key, title=title, lines=_texts(*lines), action=worst(changes))


def _texts(*values: object) -> tuple[str, ...]:
    return tuple(str(value) for value in values if value and not is_planned(value))


def _balancer(service: Change) -> str:
    values = service.after or service.before
    ip = first(values, "spec.load_balancer_ip")
    shown = "address picked by Google" if ip is None or is_planned(ip) else ip
    ports = ", ".join(str(port) for port in found(values, "spec.port.port"))
    return f"{_label(service)}: {shown}, port {ports}"


def _pods(service: Change) -> str:
    ports = found(service.after or service.before, "spec.port.target_port")
    return f"pods of {_label(service)}: port {', '.join(map(str, ports))}"


def _label(change: Change) -> str:
    """Its name, and that it goes: what has been stands beside what will be."""
    name = change.title.rstrip(".")
    return name if change.after else f"{name} (destroyed)"

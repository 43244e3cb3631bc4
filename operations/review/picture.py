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
    """Describe an environment after the apply.

    Destroyed resources are included and marked; so is what exists already.
    """
    services = _with_gone(environment, SERVICE)
    node_subnet = environment.node_subnet()
    subnets = _parts(environment, SUBNET)
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
                *_parts(environment, CONNECTOR),
                *(subnet for subnet in subnets if subnet.part == "connector"),
            ],
            *(
                _existing(environment.only(CONNECTOR))
                or _existing(environment.connector_subnet(), "subnet ")
            ),
            environment.connector_range(),
            *(f"also reaches {destination}" for destination in environment.extra_destinations()),
        ),
        _element(
            "vpc",
            "VPC and firewall",
            [
                *_parts(environment, NETWORK, FIREWALL),
                *(subnet for subnet in subnets if subnet.part == "network"),
            ],
            *map(_label, _with_gone(environment, NETWORK)),
            *_existing(node_subnet, "subnet "),
            node_subnet.after["ip_cidr_range"] if node_subnet else "",
        ),
        _element(
            "balancer",
            "Internal load balancer",
            _parts(environment, SERVICE, ADDRESS),
            *map(_balancer, services),
        ),
        _element(
            "nodes",
            "Private GKE cluster",
            _parts(environment, CLUSTER, NODE_POOL, NAMESPACE),
            *map(_label, _with_gone(environment, CLUSTER)),
            *(f"namespace {_label(change)}" for change in _with_gone(environment, NAMESPACE)),
            *map(_pods, services),
        ),
    )
    name = _element(
        "name",
        "Private DNS",
        _parts(environment, RECORD, ZONE),
        *map(_label, _with_gone(environment, RECORD)),
        *_existing(environment.only(ZONE), "zone "),
    )
    return Picture(path=path, name=name)


def _parts(environment: Environment, *kinds: str) -> list[ResourceChange]:
    """Every resource of some types, those that Terraform forgets in order to read them twice."""
    return [change for change in (*environment.found, *environment.changes) if change.kind in kinds]


def _with_gone(environment: Environment, kind: str) -> list[ResourceChange]:
    """The resources of a type after the apply, then those that are gone."""
    return [*environment.all(kind), *environment.gone(kind)]


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


def _existing(resource: ResourceChange | None, noun: str = "") -> list[str]:
    """The marked name of a resource if it exists already, for which it has no line otherwise."""
    return [f"{noun}{_label(resource)}"] if resource and resource.exists else []


def _label(change: ResourceChange) -> str:
    """The name, marked if the resource is destroyed, or exists already."""
    name = change.title.rstrip(".")
    if not change.after:
        return f"{name} (destroyed)"
    return f"{name} (existing)" if change.exists else name

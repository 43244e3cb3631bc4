"""The picture of the line: what a call passes, and what happens to each of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from operations.review import line as of
from operations.review.line import Line, worst
from operations.review.plan import Action, Change, found, is_planned


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
    services = _with_gone(line, of.SERVICE)
    subnet = line.node_subnet()
    nodes = subnet.after["ip_cidr_range"] if subnet else ""
    way = (
        Element(
            key="app",
            title="App Engine app",
            lines=_texts(line.output("app_engine_region")),
            action=Action.KEPT,
        ),
        _element("connector", "Connector", _with_gone(line, of.CONNECTOR), line.connector_range()),
        _element(
            "vpc",
            "VPC and firewall",
            _with_gone(line, of.NETWORK, of.SUBNET, of.FIREWALL),
            *(one.title for one in line.all(of.NETWORK)),
            nodes,
        ),
        _element(
            "balancer",
            "Internal load balancer",
            _with_gone(line, of.SERVICE, of.ADDRESS),
            *(_balancer(line, one) for one in services),
        ),
        _element(
            "nodes",
            "Private GKE cluster",
            _with_gone(line, of.CLUSTER, of.NODE_POOL),
            *(one.title for one in line.all(of.CLUSTER)),
            *(_pods(one) for one in services),
        ),
    )
    records = _with_gone(line, of.RECORD)
    name = _element(
        "name",
        "Private DNS",
        _with_gone(line, of.RECORD, of.ZONE),
        *(one.title.rstrip(".") for one in records),
    )
    return Picture(way=way, name=name)


def _with_gone(line: Line, *kinds: str) -> list[Change]:
    return [one for kind in kinds for one in (*line.all(kind), *line.gone(kind))]


def _element(key: str, title: str, changes: Sequence[Change], *lines: object) -> Element:
    return Element(key=key, title=title, lines=_texts(*lines), action=worst(changes))


def _texts(*values: object) -> tuple[str, ...]:
    return tuple(str(value) for value in values if value)


def _balancer(line: Line, service: Change) -> str:
    address = line.address_of(service)
    value = address.after.get("address") if address else None
    shown = "address picked by Google" if value is None or is_planned(value) else value
    ports = ", ".join(str(port) for port in found(service.after, "spec.port.port"))
    return f"{service.title}: {shown}, port {ports}"


def _pods(service: Change) -> str:
    ports = ", ".join(str(port) for port in found(service.after, "spec.port.target_port"))
    return f"pods of {service.title}: port {ports}"


def mermaid(drawn: Picture) -> str:
    """The picture as Mermaid's source."""
    lines = ["flowchart LR"]
    for one in (*drawn.way, drawn.name):
        label = "<br/>".join((f"<b>{one.title}</b>", *one.lines, f"<i>{one.action}</i>"))
        lines.append(f'    {one.key}["{label}"]:::{one.action}')
    keys = [one.key for one in drawn.way]
    lines += [f"    {a} --> {b}" for a, b in pairwise(keys)]
    lines += ["    app -. which address? .-> name", "    name -. A record .-> balancer"]
    lines += [
        f"    classDef {action} fill:{fill},stroke:{stroke},color:#111"
        for action, (fill, stroke) in _COLOURS.items()
    ]
    return "\n".join(lines)


_COLOURS: dict[Action, tuple[str, str]] = {
    Action.KEPT: ("#eceff1", "#607d8b"),
    Action.NEW: ("#d7f0dc", "#2e7d32"),
    Action.CHANGED: ("#fff3c4", "#b7791f"),
    Action.REPLACED: ("#ffe0cc", "#c2410c"),
    Action.FORGOTTEN: ("#e9e4f5", "#5b4b8a"),
    Action.DESTROYED: ("#fbd5d5", "#b91c1c"),
}

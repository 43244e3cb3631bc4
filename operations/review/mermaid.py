"""Writes the picture as Mermaid source."""

from itertools import pairwise

from operations.review.picture import Element, Picture
from operations.review.plan import Action


def mermaid(drawn: Picture) -> str:
    """Write the picture as a Mermaid flowchart."""
    lines = ["flowchart LR", *map(_node, (*drawn.path, drawn.name))]
    keys = [element.key for element in drawn.path]
    lines += [f"    {a} --> {b}" for a, b in pairwise(keys)]
    lines += ["    app -. DNS query .-> name", "    name -. A record .-> balancer"]
    lines += [
        f"    classDef {action.name.lower()} {style},color:#111"
        for action, style in _STYLES.items()
    ]
    return "\n".join(lines)


def _node(element: Element) -> str:
    label = "<br/>".join((f"<b>{element.title}</b>", *element.lines, f"<i>{element.action}</i>"))
    # A Mermaid class name has no hyphen here, so that it cannot be read as part of an arrow.
    return f'    {element.key}["{label}"]:::{element.action.name.lower()}'


_STYLES: dict[Action, str] = {
    Action.READ: "fill:#fff,stroke:#607d8b,stroke-dasharray:4 3",
    Action.NO_OP: "fill:#eceff1,stroke:#607d8b",
    Action.MOVE: "fill:#dfe9f5,stroke:#2b5c8a",
    Action.ADD: "fill:#d7f0dc,stroke:#2e7d32",
    Action.CHANGE: "fill:#fff3c4,stroke:#b7791f",
    Action.REPLACE: "fill:#ffe0cc,stroke:#c2410c",
    Action.FORGET: "fill:#e9e4f5,stroke:#5b4b8a",
    Action.DESTROY: "fill:#fbd5d5,stroke:#b91c1c",
}

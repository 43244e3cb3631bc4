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
        f"    classDef {action.name.lower()} fill:{fill},stroke:{stroke},color:#111"
        for action, (fill, stroke) in _COLOURS.items()
    ]
    return "\n".join(lines)


def _node(element: Element) -> str:
    label = "<br/>".join((f"<b>{element.title}</b>", *element.lines, f"<i>{element.action}</i>"))
    # A Mermaid class name has no hyphen here, so that it cannot be read as part of an arrow.
    return f'    {element.key}["{label}"]:::{element.action.name.lower()}'


_COLOURS: dict[Action, tuple[str, str]] = {
    Action.NO_OP: ("#eceff1", "#607d8b"),
    Action.MOVE: ("#dfe9f5", "#2b5c8a"),
    Action.ADD: ("#d7f0dc", "#2e7d32"),
    Action.CHANGE: ("#fff3c4", "#b7791f"),
    Action.REPLACE: ("#ffe0cc", "#c2410c"),
    Action.FORGET: ("#e9e4f5", "#5b4b8a"),
    Action.DESTROY: ("#fbd5d5", "#b91c1c"),
}

"""The picture as Mermaid's source."""

from itertools import pairwise

from operations.review.picture import Picture
from operations.review.plan import Action


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
    Action.RENAMED: ("#dfe9f5", "#2b5c8a"),
    Action.NEW: ("#d7f0dc", "#2e7d32"),
    Action.CHANGED: ("#fff3c4", "#b7791f"),
    Action.REPLACED: ("#ffe0cc", "#c2410c"),
    Action.FORGOTTEN: ("#e9e4f5", "#5b4b8a"),
    Action.DESTROYED: ("#fbd5d5", "#b91c1c"),
}

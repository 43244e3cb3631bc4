"""Draws the picture as inline SVG, in one column so that it fits narrow windows, too."""

from dataclasses import dataclass
from html import escape
from itertools import pairwise

from operations.review.picture import Element, Picture

WIDTH = 360
_INDENT = 44
_LINE = 19
_GAP = 26


@dataclass(frozen=True)
class _Box:
    element: Element
    left: int
    top: int

    @property
    def height(self) -> int:
        return 46 + _LINE * len(self.element.lines)

    @property
    def bottom(self) -> int:
        return self.top + self.height


def svg(drawn: Picture) -> str:
    """Draw the path of a call from top to bottom, with the DNS name beside it."""
    app, *rest = drawn.path
    boxes: list[_Box] = []
    top = 4
    for element in (app, drawn.name, *rest):
        boxes.append(_Box(element, _INDENT if element is drawn.name else 4, top))
        top = boxes[-1].bottom + _GAP
    parts = [_drawn(box) for box in boxes]
    first, name, *others = boxes
    middle = WIDTH // 2
    parts.append(_arrow(middle, first.bottom, name.top, "dashed"))
    parts.append(_arrow(_INDENT // 2, first.bottom, others[0].top))
    parts += [_arrow(middle, upper.bottom, lower.top) for upper, lower in pairwise(others)]
    height = boxes[-1].bottom + 4
    return (
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="Path of a call from'
        f' the app to the pods">{_MARKER}{"".join(parts)}</svg>'
    )


_MARKER = (
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7"'
    ' orient="auto"><path d="M0 0 8 4 0 8z"/></marker></defs>'
)


def _drawn(box: _Box) -> str:
    element = box.element
    width = WIDTH - 4 - box.left
    texts = [
        f'<text x="{box.left + 12}" y="{box.top + 24}" class="title">'
        f"{escape(element.title)}</text>",
        f'<text x="{WIDTH - 16}" y="{box.top + 24}" class="action">{element.action}</text>',
        *(
            f'<text x="{box.left + 12}" y="{box.top + 46 + _LINE * number}">{escape(line)}</text>'
            for number, line in enumerate(element.lines)
        ),
    ]
    return (
        f'<g class="box {element.action}"><rect x="{box.left}" y="{box.top}" width="{width}"'
        f' height="{box.height}" rx="6"/>{"".join(texts)}</g>'
    )


def _arrow(x: int, top: int, bottom: int, kind: str = "") -> str:
    return (
        f'<line x1="{x}" y1="{top}" x2="{x}" y2="{bottom - 1}" class="arrow {kind}"'
        ' marker-end="url(#tip)"/>'
    )

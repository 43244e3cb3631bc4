"""Reads documentation pages and their fenced code blocks."""

import re
import textwrap

from tests.support import ROOT


def page(path: str) -> str:
    """The text of a page, by its path from the root of the checkout."""
    return (ROOT / path).read_text(encoding="utf-8")


def section(text: str, title: str) -> str:
    """The text under a heading, including its subsections."""
    found = re.search(rf"^(#+) {title}\n(.*?)(?=^\1 |\Z)", text, flags=re.DOTALL | re.MULTILINE)
    assert found, f"the page has no heading {title}"
    return found[2]


def blocks(kind: str, text: str) -> list[str]:
    """The contents of all fenced blocks with an info string, such as `sh` or `sh cloud`."""
    found = [
        textwrap.dedent(block)
        for language, block in re.findall(
            r"^ *```(.*?)\n(.*?)^ *```", text, flags=re.DOTALL | re.MULTILINE
        )
        if language == kind
    ]
    assert found, f"the page has no block of {kind}"
    return found

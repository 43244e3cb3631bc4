"""The pages that people follow, and what is fenced in them."""

import re
import textwrap

from tests.support import ROOT


def page(path: str) -> str:
    """The text of a page, by its path in the checkout."""
    return (ROOT / path).read_text(encoding="utf-8")


def section(text: str, title: str) -> str:
    """What a page says under a heading, the headings below it included."""
    found = re.search(rf"^(#+) {title}\n(.*?)(?=^\1 |\Z)", text, flags=re.DOTALL | re.MULTILINE)
    assert found, f"the page has no heading {title}"
    return found[2]


def blocks(kind: str, text: str) -> list[str]:
    """The fenced blocks of a kind, such as `sh` or `sh cloud`, those in lists too."""
    found = [
        textwrap.dedent(block)
        for language, block in re.findall(
            r"^ *```(.*?)\n(.*?)^ *```", text, flags=re.DOTALL | re.MULTILINE
        )
        if language == kind
    ]
    assert found, f"the page has no block of {kind}"
    return found

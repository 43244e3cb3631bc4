"""The links of the documentation lead to files and headings that exist."""

import re
from pathlib import Path

from tests.support import DEV_FILE, ROOT, USERS_ENVIRONMENTS

PAGES = [
    *(ROOT / "README.md", ROOT / "CONTRIBUTING.md"),
    *(ROOT / "docs").rglob("*.md"),
    *(ROOT / "examples").rglob("*.md"),
    *(ROOT / "constructs").rglob("*.md"),
]


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub and GitLab make them."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_link_leads_to_an_existing_file_and_heading() -> None:
    # The pages link to dev.toml as shipped. Users may rename it, which breaks this link.
    shipped = USERS_ENVIRONMENTS / DEV_FILE.name
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for target, anchor in re.findall(r"\]\((?!https?:)([^)#]*)#?([^)]*)\)", text):
            linked = (page.parent / target).resolve() if target else page
            assert linked == shipped or linked.exists(), f"{page.name}: {target}"
            assert not anchor or anchor in anchors(linked), f"{page.name}: {target}#{anchor}"

"""The links of the pages that people follow."""

import re

from tests.support import DEV_FILE, ROOT, USERS_ENVIRONMENTS


def test_every_link_leads_somewhere() -> None:
    # The pages speak of the settings as they are shipped; whoever renamed the file knows.
    shipped = USERS_ENVIRONMENTS / DEV_FILE.name
    for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md"), ROOT / "CONTRIBUTING.md"]:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8")):
            linked = (page.parent / target).resolve()
            assert linked == shipped or linked.exists(), f"{page.name}: {target}"

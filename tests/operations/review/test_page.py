"""The HTML report: one self-contained file."""

import os
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.fake_cloud.cloud import FakeCloud
from tests.operations.review.fixtures import review

BROWSER = shutil.which("chromium") or shutil.which("google-chrome")


@pytest.fixture
def page(day_0: FakeCloud, tmp_path: Path) -> Path:
    seen = review(day_0, "--format", "html", "--out", str(tmp_path / "out"))
    assert seen.status == 0, seen.stderr
    assert seen.stdout == ""
    return tmp_path / "out" / "review.html"


class Sources(HTMLParser):
    """The resources that a page fetches."""

    def __init__(self) -> None:
        """Start without resources."""
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect what a tag fetches; scripts are not allowed."""
        self.found += [value or "" for name, value in attrs if name in {"src", "href", "srcset"}]
        assert tag != "script"


def test_the_page_fetches_nothing(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    sources = Sources()
    sources.feed(text)
    assert sources.found == ["data:,"]
    assert "@import" not in text
    assert "url(" not in text.replace("url(#tip)", "")


def test_the_page_contains_the_picture_and_every_hop(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for shown in ("App Engine app", "10.8.0.0/28", "my.api.private", "pods of myapi: port 8080"):
        assert f">{shown}</text>" in text
    assert text.count('class="tag holds"') == 7


@pytest.mark.skipif(BROWSER is None, reason="Chromium is not on the PATH")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 400])
def test_a_browser_shows_the_page_without_a_console_message(
    page: Path, tmp_path: Path, width: int, scheme: str
) -> None:
    shot = tmp_path / "page.png"
    run = subprocess.run(  # noqa: S603 - a browser on our own file
        [
            str(BROWSER),
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            "--enable-logging=stderr",
            "--v=0",
            f"--blink-settings=preferredColorScheme={int(scheme == 'light')}",
            f"--user-data-dir={tmp_path / 'profile'}",
            f"--window-size={width},1400",
            f"--screenshot={shot}",
            page.as_uri(),
        ],
        env={**os.environ, "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert "CONSOLE" not in run.stderr
    assert shot.stat().st_size > 10_000

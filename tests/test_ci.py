"""The review in CI: what the linters of GitHub's and GitLab's files say, and what they cannot."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.support import ROOT

GITHUB = ROOT / ".github" / "workflows" / "review.yml"
GITLAB = ROOT / ".gitlab" / "review.yml"


def said(*command: str | Path) -> tuple[int, str]:
    run = subprocess.run(  # noqa: S603 - linters of our own environment
        command, capture_output=True, text=True, timeout=60, check=False, cwd=ROOT
    )
    return run.returncode, run.stdout + run.stderr


def actionlint(path: Path) -> tuple[int, str]:
    program = ROOT / "node_modules" / "@tktco" / "node-actionlint" / "bin" / "node-actionlint.js"
    return said("node", program, str(path.relative_to(ROOT)))


def test_actionlint_finds_nothing() -> None:
    status, text = actionlint(GITHUB)
    assert status == 0, text


def test_zizmor_finds_nothing() -> None:
    status, text = said("zizmor", "--offline", "--no-progress", "--persona=pedantic", GITHUB)
    assert status == 0, text


@pytest.mark.parametrize("path", [GITLAB, ROOT / ".gitlab-ci.yml"], ids=lambda path: path.name)
def test_gitlab_s_schema_fits(path: Path) -> None:
    status, text = said(
        "check-jsonschema",
        "--builtin-schema=vendor.gitlab-ci",
        "--data-transform=gitlab-ci",
        path,
    )
    assert status == 0, text


def test_every_action_is_pinned_to_a_commit_and_says_its_version() -> None:
    uses = re.findall(r"uses: (.+)", GITHUB.read_text(encoding="utf-8"))
    assert len(uses) == 6
    for one in uses:
        assert re.fullmatch(r"[\w.-]+/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", one), one


@pytest.mark.parametrize("path", [GITHUB, GITLAB], ids=["github", "gitlab"])
def test_the_reviewer_comes_with_an_identity_and_no_key(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "GCP_WORKLOAD_IDENTITY_PROVIDER" in text
    assert not re.search(r"credentials_json|private_key|secrets\.", text)

"""CI's own files: what the linters of GitHub's and GitLab's say, and what they cannot."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.support import ROOT

GITHUB = ROOT / ".github" / "workflows" / "review.yml"
GITLAB = ROOT / ".gitlab" / "review.yml"

WORKFLOWS = sorted(ROOT.glob(".github/workflows/*.yml"))
PIPELINES = sorted(ROOT.glob(".gitlab*/*.yml")) + sorted(ROOT.glob(".gitlab-ci.yml"))


def said(*command: str | Path) -> tuple[int, str]:
    run = subprocess.run(  # noqa: S603 - linters of our own environment
        command, capture_output=True, text=True, timeout=60, check=False, cwd=ROOT
    )
    return run.returncode, run.stdout + run.stderr


def actionlint(path: Path) -> tuple[int, str]:
    program = ROOT / "node_modules" / "@tktco" / "node-actionlint" / "bin" / "node-actionlint.js"
    return said("node", program, str(path.relative_to(ROOT)))


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_actionlint_finds_nothing(path: Path) -> None:
    status, text = actionlint(path)
    assert status == 0, text


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_zizmor_finds_nothing(path: Path) -> None:
    status, text = said("zizmor", "--offline", "--no-progress", "--persona=pedantic", path)
    assert status == 0, text


@pytest.mark.parametrize("path", PIPELINES, ids=lambda path: path.name)
def test_gitlab_s_schema_fits(path: Path) -> None:
    status, text = said(
        "check-jsonschema",
        "--builtin-schema=vendor.gitlab-ci",
        "--data-transform=gitlab-ci",
        path,
    )
    assert status == 0, text


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_every_action_is_pinned_to_a_commit_and_says_its_version(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    uses = re.findall(r"uses: (.+)", text)
    assert len(uses) == text.count("uses:") > 0
    for one in uses:
        assert re.fullmatch(r"[\w.-]+/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", one), one


@pytest.mark.parametrize("path", [GITHUB, GITLAB], ids=["github", "gitlab"])
def test_the_reviewer_comes_with_an_identity_and_no_key(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "GCP_WORKLOAD_IDENTITY_PROVIDER" in text
    assert not re.search(r"credentials_json|private_key|secrets\.", text)

"""The CI configuration: linters accept it, and it follows rules that no linter checks."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.support import ROOT

GITHUB = ROOT / ".github" / "workflows" / "review.yml"
GITLAB = ROOT / ".gitlab" / "review.yml"

WORKFLOWS = sorted(ROOT.glob(".github/workflows/*.yml"))
PIPELINES = sorted(ROOT.glob(".gitlab*/*.yml")) + sorted(ROOT.glob(".gitlab-ci.yml"))


def output_of(*command: str | Path) -> tuple[int, str]:
    run = subprocess.run(  # noqa: S603 - linters of our own environment
        command, capture_output=True, text=True, timeout=60, check=False, cwd=ROOT
    )
    return run.returncode, run.stdout + run.stderr


@pytest.fixture(scope="module")
def actionlint() -> tuple[int, str]:
    """The status and output of one run for all workflows: it takes seconds to start."""
    program = ROOT / "node_modules" / "@tktco" / "node-actionlint" / "bin" / "node-actionlint.js"
    return output_of("node", program, ".github/workflows/*.yml")


@pytest.mark.slow
@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_actionlint_accepts_every_workflow(path: Path, actionlint: tuple[int, str]) -> None:
    status, text = actionlint
    assert text.startswith(f"Checking {len(WORKFLOWS)} workflow file(s)..."), text
    found = re.findall(r"^(\.github/workflows/\S+?\.yml):", text, re.MULTILINE)
    assert str(path.relative_to(ROOT)) not in found, text
    assert status == 0 or found, text


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_zizmor_accepts_every_workflow(path: Path) -> None:
    status, text = output_of("zizmor", "--offline", "--no-progress", "--persona=pedantic", path)
    assert status == 0, text


def test_every_pipeline_matches_the_gitlab_schema() -> None:
    assert PIPELINES
    status, text = output_of(
        "check-jsonschema",
        "--builtin-schema=vendor.gitlab-ci",
        "--data-transform=gitlab-ci",
        *PIPELINES,
    )
    assert status == 0, text


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_every_action_is_pinned_to_a_commit_and_states_its_version(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    uses = re.findall(r"uses: (.+)", text)
    assert len(uses) == text.count("uses:") > 0
    for action in uses:
        assert re.fullmatch(r"[\w.-]+/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action), action


@pytest.mark.parametrize("path", [GITHUB, GITLAB], ids=["github", "gitlab"])
def test_the_review_authenticates_by_workload_identity_and_not_by_a_key(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "GCP_WORKLOAD_IDENTITY_PROVIDER" in text
    assert not re.search(r"credentials_json|private_key|secrets\.", text)

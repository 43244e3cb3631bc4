"""Another binary by TERRAFORM_BINARY_NAME, such as `tofu`.

The `tofu` here writes down what it is called with and is Terraform otherwise: this tells that the
variable is honoured, and nothing about OpenTofu. With one installed, `TERRAFORM_BINARY_NAME=tofu
make test` runs every scene with it. All pass with 1.12.6, but those of a killed first deploy
(test_interruptions.py): it does not write a local state at once.
"""

import os
from pathlib import Path

import pytest

from tests.fake_cloud.cloud import FakeCloud
from tests.project import Project


@pytest.fixture
def calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file in which our `tofu` writes its calls."""
    log = tmp_path / "calls"
    tofu = tmp_path / "bin" / "tofu"
    tofu.parent.mkdir()
    tofu.write_text(f'#!/bin/sh\necho "$@" >> "{log}"\nexec terraform "$@"\n', encoding="utf-8")
    tofu.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tofu.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("TERRAFORM_BINARY_NAME", "tofu")
    return log


def test_the_rehearsal_runs_the_binary_that_is_named(calls: Path, deployed: FakeCloud) -> None:
    deployed.succeed("network", "plan")
    assert calls.read_text(encoding="utf-8").endswith("/stacks/dev-network plan\n")


def test_the_command_runs_the_binary_that_is_named(calls: Path, deployed: FakeCloud) -> None:
    project = Project(deployed.folder, deployed.environment())
    diff = project.cdktf("diff", "dev-network", "--skip-provider-lock")
    assert diff.returncode == 0, diff.stdout + diff.stderr
    assert "plan" in calls.read_text(encoding="utf-8")

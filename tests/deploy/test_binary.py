"""TERRAFORM_BINARY_NAME selects another binary, such as `tofu`.

The `tofu` of these tests logs its arguments and then runs Terraform. So they show that the variable
is honored, but not that OpenTofu works. If OpenTofu is installed, `TERRAFORM_BINARY_NAME=tofu make
test` runs all tests with it. With 1.12.6 all pass, except those of a killed first deploy
(test_interruptions.py), because OpenTofu does not write a local state immediately.
"""

import os
from pathlib import Path
from uuid import uuid4

import pytest

from tests.deploy.command import SYNTHESIZED
from tests.fake_cloud.cloud import FakeCloud
from tests.project import Project


@pytest.fixture
def calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The log of the fake `tofu`: one line of arguments per call."""
    log = tmp_path / "calls"
    tofu = tmp_path / "bin" / "tofu"
    tofu.parent.mkdir()
    # Each test has another tofu, because a replay would add nothing to the log.
    lines = ["#!/bin/sh", f"# {uuid4()}", f'echo "$@" >> "{log}"', 'exec terraform "$@"', ""]
    tofu.write_text("\n".join(lines), encoding="utf-8")
    tofu.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tofu.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("TERRAFORM_BINARY_NAME", "tofu")
    return log


def test_the_fake_cloud_runs_the_selected_binary(calls: Path, deployed: FakeCloud) -> None:
    deployed.succeed("network", "plan")
    assert calls.read_text(encoding="utf-8").endswith("/stacks/dev-network plan\n")


def test_the_cdktf_command_runs_the_selected_binary(calls: Path, deployed: FakeCloud) -> None:
    project = Project(deployed.folder, deployed.environment())
    diff = project.cdktf("diff", "dev-network", SYNTHESIZED, "--skip-provider-lock")
    assert diff.returncode == 0, diff.stdout + diff.stderr
    assert "plan" in calls.read_text(encoding="utf-8")

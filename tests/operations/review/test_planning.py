"""How stacks are planned: on a copy of their state, in time, and with few providers."""

import asyncio
import json
import shutil
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from operations.terraform.process import TerraformError, terraform
from tests.fake_cloud.rehearsal import Rehearsal, eventually
from tests.line import Table, changed
from tests.operations.review.fixtures import review, start
from tests.support import Synthesize


def starts(rehearsal: Rehearsal, *arguments: str) -> Counter[str]:
    """How often a review starts each provider."""
    counted = rehearsal.folder / "starts"
    counted.touch()
    seen = review(rehearsal, *arguments, REHEARSAL_STARTS=str(counted))
    assert seen.status == 0, seen.stderr
    return Counter(counted.read_text(encoding="utf-8").split())


def test_a_review_of_a_new_line_starts_each_provider_once(day_0: Rehearsal) -> None:
    assert starts(day_0) == {"google": 1, "kubernetes": 1}


def test_a_review_of_a_deployed_line_starts_each_provider_once(deployed: Rehearsal) -> None:
    assert starts(deployed) == {"google": 1, "kubernetes": 1}


def test_providers_are_installed_once_for_all_stacks_that_require_the_same(
    day_0: Rehearsal,
) -> None:
    installing = [line for line in review(day_0).stderr.splitlines() if " init " in line]
    assert len(installing) == 2, "once with kubernetes, once without"


def test_a_provider_that_nobody_can_attach_to_is_left_to_terraform(day_0: Rehearsal) -> None:
    mirror = day_0.folder / "mirror"
    shutil.copytree(day_0.tools.mirror, mirror)
    for program in mirror.rglob("terraform-provider-kubernetes_v*"):
        ordinary = program.read_text(encoding="utf-8")
        without = ordinary.replace("\n", '\n[ "$1" != -debug ] || exit 1\n', 1)
        program.write_text(without, encoding="utf-8")
    configuration = day_0.folder / "terraformrc"
    configuration.write_text(
        f'provider_installation {{ filesystem_mirror {{ path = "{mirror}" }} }}\n', encoding="utf-8"
    )
    counted = starts(day_0.with_environment({"TF_CLI_CONFIG_FILE": str(configuration)}))
    assert counted["google"] == 1
    assert counted["kubernetes"] > 1


def test_a_provider_with_an_alias_is_left_to_terraform(day_0: Rehearsal) -> None:
    def with_alias(stack: Table) -> None:
        stack["provider"]["google"].append({"alias": "other", "project": "other-project-id"})

    day_0.rewrite("network", with_alias)
    # Shared, one process would do for the four other stacks, and one for this.
    assert starts(day_0)["google"] > 2


def test_a_provider_that_crashes_is_started_by_terraform_instead(deployed: Rehearsal) -> None:
    with deployed.held() as held:
        process = start(deployed, "--format", "json")
        eventually(lambda: len(served(process.pid)) > 1)
        for one in served(process.pid):
            one.kill()
        held.close()
        stdout, stderr = process.communicate(timeout=120)
    assert process.returncode == 0, stderr
    assert json.loads(stdout)[0]["verdict"] == "dev: nothing to do"


def served(pid: int) -> list[psutil.Process]:
    """The providers that a review serves."""
    found = []
    for child in psutil.Process(pid).children():
        with suppress(psutil.NoSuchProcess):
            if child.cmdline()[-1:] == ["-debug"]:
                found.append(child)
    return found


def test_a_stack_is_planned_on_what_its_upstream_s_plan_would_leave(
    deployed: Rehearsal, synthesize: Synthesize, table: Table
) -> None:
    deployed.take(synthesize(changed(table, {"services[0].address": "192.168.32.77"})))
    seen = review(deployed)
    assert seen.hops("fails") == {}
    assert "my.api.private is 192.168.32.77" in seen.hops("holds").values()
    assert {change["stack"] for change in seen.report["changes"]} == {
        "dev-service",
        "dev-dns",
    }


@pytest.mark.parametrize("variable", ["TF_WORKSPACE", "TF_DATA_DIR"])
def test_the_caller_s_own_workspace_and_data_folder_are_not_the_review_s(
    deployed: Rehearsal, tmp_path: Path, variable: str
) -> None:
    seen = review(deployed, **{variable: str(tmp_path / "elsewhere")})
    assert seen.report["verdict"] == "dev: nothing to do"


def hanging(folder: Path) -> Path:
    """A Terraform that never ends, whatever it is asked, and has a child that does not either."""
    program = folder / "terraform"
    program.write_text("#!/bin/sh\ntrap '' INT TERM\nsleep 60 &\nsleep 60\n", encoding="utf-8")
    program.chmod(0o755)
    return program


def sleeping() -> list[psutil.Process]:
    """The processes that a Terraform that hangs leaves."""
    mine = psutil.Process().children(recursive=True)
    return [one for one in mine if one.status() != psutil.STATUS_ZOMBIE and "sleep" in one.name()]


def test_a_terraform_that_hangs_is_ended_with_all_its_children(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERRAFORM_BINARY_NAME", str(hanging(tmp_path)))
    monkeypatch.setattr("operations.terraform.process._PATIENCE_SECONDS", 0.5)
    begin = time.monotonic()
    with pytest.raises(TerraformError, match="no end after 1 seconds"):
        asyncio.run(terraform("init", folder=tmp_path, variables={}, limit=1))
    assert time.monotonic() - begin < 10
    assert sleeping() == []

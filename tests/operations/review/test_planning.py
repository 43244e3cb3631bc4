"""How stacks are planned: with a copy of their state, a time limit, and few providers."""

import asyncio
import json
import shutil
import time
from base64 import b64decode
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

import psutil
import pytest

from operations.review.scratch import prepare, stack_inputs
from operations.terraform.process import TerraformError, terraform
from operations.terraform.synthesized import Stack, read
from tests.fake_cloud.cloud import FakeCloud, eventually
from tests.fake_cloud.google.world import opened
from tests.line import ACCESSES, Table, changed
from tests.operations.review.fixtures import review, start
from tests.support import Synthesize


def starts(cloud: FakeCloud, *arguments: str) -> Counter[str]:
    """How often a review starts each provider."""
    counted = cloud.folder / "starts"
    counted.touch()
    seen = review(cloud, *arguments, FAKE_CLOUD_STARTS=str(counted))
    assert seen.status == 0, seen.stderr
    return Counter(counted.read_text(encoding="utf-8").split())


def test_a_review_of_a_new_environment_starts_each_provider_once(day_0: FakeCloud) -> None:
    assert starts(day_0) == {"google": 1, "kubernetes": 1}


def test_a_review_of_a_deployed_environment_starts_each_provider_once(deployed: FakeCloud) -> None:
    assert starts(deployed) == {"google": 1, "kubernetes": 1}


def test_providers_are_installed_once_for_all_stacks_with_the_same_requirements(
    day_0: FakeCloud,
) -> None:
    installing = [line for line in review(day_0).stderr.splitlines() if " init " in line]
    assert len(installing) == 2, "once with kubernetes, once without"


def test_terraform_starts_a_provider_that_does_not_support_attaching(day_0: FakeCloud) -> None:
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


def test_terraform_starts_a_provider_with_an_alias(day_0: FakeCloud) -> None:
    def with_alias(stack: Table) -> None:
        stack["provider"]["google"].append({"alias": "other", "project": "other-project-id"})

    day_0.rewrite("network", with_alias)
    # If they were shared, two processes would serve the five stacks.
    assert starts(day_0)["google"] > 2


def test_terraform_starts_a_provider_of_its_own_after_a_crash(deployed: FakeCloud) -> None:
    with deployed.held() as held:
        process = start(deployed, "--format", "json")
        eventually(lambda: len(served(process.pid)) > 1)
        for provider in served(process.pid):
            provider.kill()
        held.close()
        stdout, stderr = process.communicate(timeout=120)
    assert process.returncode == 0, stderr
    assert json.loads(stdout)[0]["verdict"] == "dev: no changes"


def served(pid: int) -> list[psutil.Process]:
    """The providers that a review serves."""
    found = []
    for child in psutil.Process(pid).children():
        with suppress(psutil.NoSuchProcess):
            if child.cmdline()[-1:] == ["-debug"]:
                found.append(child)
    return found


def test_a_stack_is_planned_with_the_planned_outputs_of_its_upstream(
    deployed: FakeCloud, synthesize: Synthesize, table: Table
) -> None:
    deployed.take(synthesize(changed(table, {"services[0].address": "192.168.32.77"})))
    seen = review(deployed)
    assert seen.hops("fails") == {}
    assert "my.api.private is 192.168.32.77" in seen.hops("holds").values()
    assert {change["stack"] for change in seen.report["changes"]} == {
        "dev-service",
        "dev-dns",
    }


def test_resources_in_a_changing_cluster_are_refreshed_through_its_current_endpoint(
    deployed: FakeCloud, synthesize: Synthesize, table: Table
) -> None:
    with opened(deployed.folder / "world.json") as world:
        (service,) = world.all("kubernetes_service_v1")
        service["spec"][0]["port"][0]["port"] = 8443
    deployed.take(synthesize(changed(table, {"cluster.release_channel": "STABLE"})))
    seen = review(deployed)
    assert seen.report["failures"] == []
    assert {change["stack"] for change in seen.report["changes"]} == {"dev-cluster", "dev-service"}
    (drift,) = seen.report["drift"]
    assert drift["details"] == ["spec[0].port[0].port: 80 → 8443"]


@pytest.mark.parametrize("access", ["private", "public"])
def test_the_service_stack_is_planned_while_the_control_plane_access_changes(
    deployed: FakeCloud, synthesize: Synthesize, table: Table, access: str
) -> None:
    changes = {"cluster.control_plane": access, **ACCESSES[access]}
    deployed.take(synthesize(changed(table, changes)))
    seen = review(deployed)
    assert seen.report["failures"] == []
    assert {change["stack"] for change in seen.report["changes"]} == {"dev-cluster"}
    assert len(seen.hops("holds")) == 7


FORMS: dict[str, Callable[[str], object]] = {
    "endpoint": lambda text: text.endswith(".invalid") or pytest.fail(text),
    "certificate": lambda text: b64decode(text, validate=True),
    "address": IPv4Address,
    "ip_cidr_range": IPv4Network,
    "id": str,
}
"""Checks of a placeholder's format, by the end of the output's name."""


@pytest.mark.parametrize("access", ACCESSES)
@pytest.mark.parametrize("by_name", [True, False])
def test_the_placeholder_of_an_unknown_output_has_the_format_of_the_output(
    synthesize: Synthesize, table: Table, tmp_path: Path, access: str, *, by_name: bool
) -> None:
    settings = changed(table, {"cluster.control_plane": access, **ACCESSES[access]})
    stacks = {stack.name: stack for stack in read(synthesize(settings).outdir, [])}
    for stack in stacks.values():
        inputs = {
            name: {
                output: f"planned:{name}/{output if by_name else source(stacks[name], output)}"
                for output in outputs
            }
            for name, outputs in stack_inputs(stack).items()
        }
        (tmp_path / stack.name).mkdir()
        placeholders = prepare(stack, None, inputs, tmp_path / stack.name)
        assert len(placeholders) == sum(map(len, inputs.values())), (
            "each output has its own placeholder"
        )
        for placeholder, planned in placeholders.items():
            (form,) = (form for end, form in FORMS.items() if planned.endswith(end))
            form(placeholder)


def source(stack: Stack, output: str) -> str:
    """The attribute that an output refers to."""
    value: str = stack.configuration["output"][output]["value"]
    return value.removeprefix("${").removesuffix("}")


@pytest.mark.parametrize("variable", ["TF_WORKSPACE", "TF_DATA_DIR"])
def test_the_review_ignores_the_workspace_and_data_folder_of_the_caller(
    deployed: FakeCloud, tmp_path: Path, variable: str
) -> None:
    seen = review(deployed, **{variable: str(tmp_path / "elsewhere")})
    assert seen.report["verdict"] == "dev: no changes"


def hanging(folder: Path) -> Path:
    """A Terraform that ignores signals and never ends, with a child process that never ends."""
    program = folder / "terraform"
    program.write_text("#!/bin/sh\ntrap '' INT TERM\nsleep 60 &\nsleep 60\n", encoding="utf-8")
    program.chmod(0o755)
    return program


def sleeping() -> list[psutil.Process]:
    """The running `sleep` processes of a Terraform that hangs."""
    return [
        child
        for child in psutil.Process().children(recursive=True)
        if child.status() != psutil.STATUS_ZOMBIE and "sleep" in child.name()
    ]


def test_a_terraform_that_hangs_is_ended_with_all_child_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERRAFORM_BINARY_NAME", str(hanging(tmp_path)))
    monkeypatch.setattr("operations.terraform.process._SHUTDOWN_SECONDS", 0.5)
    begin = time.monotonic()
    with pytest.raises(TerraformError, match="did not finish within 1 seconds"):
        asyncio.run(terraform("init", folder=tmp_path, variables={}, limit=1))
    assert time.monotonic() - begin < 10
    assert sleeping() == []

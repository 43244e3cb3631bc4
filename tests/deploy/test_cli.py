"""The real cdktf command, with local states and the fake providers."""

import json
import tomllib

from tests.deploy.command import SYNTHESIZED, Command
from tests.fake_cloud.cloud import FakeCloud
from tests.support import DEV, UNPROTECTED, Synthesize


def test_cdktf_deploys_the_same_resources_as_terraform(
    first_by_command: Command, first_deploy: FakeCloud
) -> None:
    assert first_by_command.line.names() == first_deploy.names()


def test_a_second_diff_is_empty(command: Command) -> None:
    diff = command.project.cdktf("diff", "dev-network", SYNTHESIZED, "--skip-provider-lock")
    assert diff.returncode == 0, diff.stderr
    assert "No changes." in diff.stdout


def test_output_prints_the_lines_for_app_yaml(command: Command) -> None:
    output = command.project.cdktf(
        *("output", "dev-connector", "--outputs-file", "outputs.json"),
        *(SYNTHESIZED, "--skip-provider-lock"),
    )
    assert output.returncode == 0, output.stderr
    written = (command.project.folder / "outputs.json").read_text(encoding="utf-8")
    assert json.loads(written)["dev-connector"]["app_yaml"] == (
        "vpc_access_connector:\n"
        "  name: projects/my-project-id/locations/asia-northeast1/connectors/private-connector\n"
        "  egress_setting: private-ranges-only\n"
    )


def test_changed_settings_are_deployed(command: Command) -> None:
    command.project.write(DEV.replace("max_instances = 3", "max_instances = 4"))
    command.succeed("deploy", "dev-connector", "--ignore-missing-stack-dependencies")
    (connector,) = command.line.world.all("google_vpc_access_connector")
    assert connector["max_instances"] == 4


def test_a_destroy_stops_at_the_protected_cluster(command: Command) -> None:
    before = command.line.names()
    destroy = command.run("destroy", "dev-*", SYNTHESIZED)
    # cdktf may end before it has printed Terraform's error, and then with status 7 instead of 1.
    # test_destroy.py checks the error.
    assert destroy.returncode
    left = command.line.names()
    for kept in (
        "google_container_cluster",
        "google_container_node_pool",
        "google_compute_network",
    ):
        assert left[kept] == before[kept]


def test_a_destroy_leaves_only_the_enabled_apis(command: Command, synthesize: Synthesize) -> None:
    command.line.take(synthesize(tomllib.loads(UNPROTECTED)))
    command.line.deploy("network", "cluster")
    command.succeed("destroy", "dev-*", SYNTHESIZED)
    assert set(command.line.names()) == {"google_project_service"}

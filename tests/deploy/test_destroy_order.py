"""Destroying an environment whose connector an app uses: the order that works, and the other."""

from pathlib import Path

import pytest

from tests.deploy.app import App
from tests.deploy.command import Command
from tests.fake_cloud.cloud import Run
from tests.fake_cloud.google.world import opened
from tests.support import UNPROTECTED

LEFT = {"google_project_service", "app_engine_version"}
"""What a destroy leaves: enabled APIs, and the app."""


@pytest.fixture
def app(command: Command) -> App:
    """An app of which version 1 calls through the connector."""
    app = App(command.line)
    assert app.app_yaml().returncode == 0
    app.deploy("1")
    return app


def disconnect(app: App) -> None:
    """Deploy the app without the connector as version 2, then delete version 1."""
    assert app.app_yaml("--remove").returncode == 0
    app.deploy("2")
    app.delete("1")


def unprotect(command: Command) -> None:
    """Apply `deletion_protection = false`."""
    command.project.write(UNPROTECTED)
    command.succeed("deploy", "dev-network", "dev-cluster")


def destroy_network(command: Command) -> Run:
    """Destroy the network stack, and wait for all that Terraform prints."""
    return command.line.terraform("network", "destroy", "-auto-approve", "-no-color")


def test_the_order_that_works_leaves_nothing_but_the_enabled_apis_and_the_app(
    command: Command, app: App
) -> None:
    disconnect(app)
    unprotect(command)
    command.succeed("destroy", "dev-*")
    assert set(command.line.names()) == LEFT
    assert command.line.names()["app_engine_version"] == ["2"]


def test_a_version_that_names_the_destroyed_connector_keeps_the_vpc_until_it_is_deleted(
    command: Command, app: App
) -> None:
    unprotect(command)
    assert command.run("destroy", "dev-*").returncode
    assert set(command.line.names()) == {*LEFT, "google_compute_network"}
    for _ in range(2):
        destroy = destroy_network(command)
        assert destroy.returncode == 1
        assert (
            "networks/private' cannot be deleted because it is being used by a Serverless resource"
        ) in " ".join(destroy.stderr.replace("│", "").split())
    disconnect(app)
    command.succeed("destroy", "dev-*")
    assert set(command.line.names()) == LEFT


@pytest.fixture(scope="module")
def unprotected(first_by_command: Command, tmp_path_factory: pytest.TempPathFactory) -> Command:
    """An environment without an app, ready to be destroyed; nobody changes it."""
    command = Command(first_by_command.line.copy(tmp_path_factory.mktemp("unprotected")))
    unprotect(command)
    return command


@pytest.mark.parametrize(
    ("part", "before", "gone"),
    [
        ("service", "google_compute_address", "kubernetes_service_v1"),
        ("connector", "google_compute_subnetwork", "google_vpc_access_connector"),
        ("cluster", "google_container_cluster", "google_container_node_pool"),
    ],
)
def test_a_destroy_that_was_killed_is_finished_by_the_next(
    part: str, before: str, gone: str, unprotected: Command, tmp_path: Path
) -> None:
    command = Command(unprotected.line.copy(tmp_path / "killed"))
    # The copy begins with the settings that the tests share.
    command.project.write(UNPROTECTED)
    line = command.line
    for stack in ("dns", "service") if part != "service" else ("dns",):
        line.succeed(stack, "destroy", "-auto-approve")
    line.kill("destroy", part, before=before)
    assert gone not in line.names()
    assert before in line.names()
    command.succeed("destroy", "dev-*")
    assert set(line.names()) == {"google_project_service"}


def test_a_record_of_somebody_else_stops_the_destroy_before_anything_but_our_records_is_gone(
    unprotected: Command, tmp_path: Path
) -> None:
    command = Command(unprotected.line.copy(tmp_path / "theirs"))
    command.project.write(UNPROTECTED)
    before = command.line.names()
    with opened(command.line.folder / "world.json") as world:
        (record,) = world.all("google_dns_record_set")
        world.put("google_dns_record_set", "theirs", {**record, "name": "their.api.private."})
    assert command.run("destroy", "dev-*").returncode
    assert command.line.names() == {**before, "google_dns_record_set": ["their.api.private."]}
    with opened(command.line.folder / "world.json") as world:
        world.remove("google_dns_record_set", "theirs")
    command.succeed("destroy", "dev-*")
    assert set(command.line.names()) == {"google_project_service"}


def test_what_google_destroyed_and_no_state_noted_does_not_stop_the_next_destroy(
    unprotected: Command, tmp_path: Path
) -> None:
    line = unprotected.line.copy(tmp_path / "unnoted")
    with opened(line.folder / "world.json") as world:
        del world.resources["google_dns_record_set"]
    line.succeed("dns", "destroy", "-auto-approve")
    assert "google_dns_managed_zone" not in line.names()

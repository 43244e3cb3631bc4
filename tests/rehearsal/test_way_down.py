"""Destroying an environment whose connector an app uses: the order that works, and the other."""

import pytest

from tests.fake_cloud.rehearsal import Run
from tests.rehearsal.app import App
from tests.rehearsal.command import Command
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

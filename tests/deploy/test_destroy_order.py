"""Destroying an environment whose connector an app uses, in the documented order and in another."""

import tomllib
from pathlib import Path

import pytest

from tests.deploy.app import App
from tests.deploy.command import SYNTHESIZED, Command
from tests.fake_cloud.cloud import FakeCloud
from tests.fake_cloud.google.world import opened
from tests.support import DEV, UNPROTECTED, Synthesize

LEFT = {"google_project_service", "app_engine_version"}
"""The types of the resources that a destroy leaves: enabled APIs, and the app."""


@pytest.fixture
def app(deployed: FakeCloud) -> App:
    """An app of which version 1 calls through the connector."""
    (deployed.folder / "environments").mkdir()
    (deployed.folder / "environments" / "dev.toml").write_text(DEV, encoding="utf-8")
    app = App(deployed)
    assert app.app_yaml().returncode == 0
    app.deploy("1")
    return app


def disconnect(app: App) -> None:
    """Deploy the app without the connector as version 2, then delete version 1."""
    assert app.app_yaml("--remove").returncode == 0
    app.deploy("2")
    app.delete("1")


def unprotect(line: FakeCloud, synthesize: Synthesize) -> None:
    """Apply `deletion_protection = false`."""
    line.take(synthesize(tomllib.loads(UNPROTECTED)))
    line.deploy("network", "cluster")


def test_the_order_that_works_leaves_nothing_but_the_enabled_apis_and_the_app(
    deployed: FakeCloud, app: App, synthesize: Synthesize
) -> None:
    disconnect(app)
    unprotect(deployed, synthesize)
    deployed.destroy()
    assert set(deployed.names()) == LEFT
    assert deployed.names()["app_engine_version"] == ["2"]


def test_a_version_that_names_the_destroyed_connector_keeps_the_vpc_until_it_is_deleted(
    deployed: FakeCloud, app: App, synthesize: Synthesize
) -> None:
    unprotect(deployed, synthesize)
    for part in ("dns", "service", "cluster", "connector"):
        deployed.succeed(part, "destroy", "-auto-approve")
    for _ in range(2):
        destroy = deployed.terraform("network", "destroy", "-auto-approve", "-no-color")
        assert destroy.returncode == 1
        assert (
            "networks/private' cannot be deleted because it is being used by a Serverless resource"
        ) in " ".join(destroy.stderr.replace("│", "").split())
        assert set(deployed.names()) == {*LEFT, "google_compute_network"}
    disconnect(app)
    deployed.destroy()
    assert set(deployed.names()) == LEFT


@pytest.fixture(scope="module")
def first_unprotected(
    first_deploy: FakeCloud, tmp_path_factory: pytest.TempPathFactory, synthesize: Synthesize
) -> FakeCloud:
    """A deployed environment without an app and without protection; tests must not change it."""
    line = first_deploy.copy(tmp_path_factory.mktemp("unprotected"))
    unprotect(line, synthesize)
    return line


@pytest.fixture
def unprotected(first_unprotected: FakeCloud, tmp_path: Path) -> FakeCloud:
    """A copy of `first_unprotected`, which the test may change."""
    return first_unprotected.copy(tmp_path / "line")


@pytest.mark.parametrize(
    ("part", "before", "gone"),
    [
        ("service", "google_compute_address", "kubernetes_service_v1"),
        ("connector", "google_compute_subnetwork", "google_vpc_access_connector"),
        ("cluster", "google_container_cluster", "google_container_node_pool"),
    ],
)
def test_a_destroy_that_was_killed_is_finished_by_the_next(
    part: str, before: str, gone: str, unprotected: FakeCloud
) -> None:
    for stack in ("dns", "service") if part != "service" else ("dns",):
        unprotected.succeed(stack, "destroy", "-auto-approve")
    unprotected.kill("destroy", part, before=before)
    assert gone not in unprotected.names()
    assert before in unprotected.names()
    unprotected.destroy()
    assert set(unprotected.names()) == {"google_project_service"}


def test_a_record_of_somebody_else_stops_the_destroy_before_anything_but_our_records_is_gone(
    unprotected: FakeCloud,
) -> None:
    command = Command(unprotected)
    before = unprotected.names()
    with opened(unprotected.folder / "world.json") as world:
        (record,) = world.all("google_dns_record_set")
        world.put("google_dns_record_set", "theirs", {**record, "name": "their.api.private."})
    assert command.run("destroy", "dev-*", SYNTHESIZED).returncode
    assert unprotected.names() == {**before, "google_dns_record_set": ["their.api.private."]}
    with opened(unprotected.folder / "world.json") as world:
        world.remove("google_dns_record_set", "theirs")
    unprotected.destroy()
    assert set(unprotected.names()) == {"google_project_service"}


def test_what_google_destroyed_and_no_state_noted_does_not_stop_the_next_destroy(
    unprotected: FakeCloud,
) -> None:
    with opened(unprotected.folder / "world.json") as world:
        del world.resources["google_dns_record_set"]
    unprotected.succeed("dns", "destroy", "-auto-approve")
    assert "google_dns_managed_zone" not in unprotected.names()

"""Namespaces: made with the APIs in them, and never destroyed by the endpoint."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.fake_cloud.cloud import FakeCloud
from tests.fake_cloud.fixtures import Change
from tests.fake_cloud.google.world import opened
from tests.fake_cloud.tools import Tools
from tests.line import STACKS, Table, changed
from tests.support import DEV_TABLE, REPORTS, Synthesize

NAMESPACE = "kubernetes_namespace_v1"
SERVICE = "kubernetes_service_v1"
APIS = 'kubernetes_namespace_v1.namespaces["apis"]'

IN_APIS: Table = {**REPORTS, "namespace": "apis"}
WITH_APIS = changed(
    DEV_TABLE,
    {"cluster.namespaces": ["apis"], "services": [*DEV_TABLE["services"], IN_APIS]},
)
UNPROTECTED = {"cluster.deletion_protection": False}


@pytest.fixture(scope="module")
def first(
    tmp_path_factory: pytest.TempPathFactory, tools: Tools, synthesize: Synthesize
) -> FakeCloud:
    """A first deploy, stack by stack, with an API in a namespace of its own."""
    cloud = FakeCloud(tmp_path_factory.mktemp("apis"), tools)
    cloud.take(synthesize(WITH_APIS))
    cloud.deploy()
    return cloud


@pytest.fixture
def line(first: FakeCloud, tmp_path: Path) -> FakeCloud:
    """The same, to go on from."""
    return first.copy(tmp_path / "line")


@pytest.fixture
def change(line: FakeCloud, synthesize: Synthesize) -> Change:
    """Changes its settings; nothing is applied yet."""

    def to(changes: Mapping[str, object]) -> FakeCloud:
        line.take(synthesize(changed(WITH_APIS, changes)))
        return line

    return to


def deeds(line: FakeCloud, *kinds: str) -> list[tuple[str, str]]:
    return [(one.action, one.kind) for one in line.journal if one.kind in kinds]


def test_a_first_deploy_makes_a_namespace_before_the_services(first: FakeCloud) -> None:
    assert deeds(first, NAMESPACE, SERVICE) == [
        ("create", NAMESPACE),
        ("create", SERVICE),
        ("create", SERVICE),
    ]
    assert [part for part in STACKS if first.planned(part)] == []


def test_what_others_write_on_a_namespace_is_left_to_them(line: FakeCloud) -> None:
    with opened(line.folder / "world.json") as world:
        (namespace,) = world.all(NAMESPACE)
        namespace["metadata"][0]["labels"] = {"istio-injection": "enabled"}
        namespace["metadata"][0]["annotations"] = {"scheduler.example.com/pool": "apis"}
    assert line.planned("service") == []


@pytest.mark.parametrize("left", [["tools"], []], ids=str)
def test_a_namespace_that_is_taken_out_is_rejected_while_planning_and_nothing_is_lost(
    left: list[str], change: Change
) -> None:
    line = change({"cluster.namespaces": left})
    before = line.world.resources
    plan = line.terraform("service", "plan", "-no-color")
    assert plan.returncode == 1
    assert f"{APIS} has lifecycle.prevent_destroy set" in " ".join(plan.stderr.split())
    assert line.terraform("service", "apply", "-auto-approve").returncode == 1
    assert line.world.resources == before


def test_a_namespace_that_terraform_forgets_stays_with_what_is_in_it(change: Change) -> None:
    line = change({"cluster.namespaces": []})
    before = line.names()
    line.succeed("service", "state", "rm", APIS)
    assert line.planned("service") == []
    assert line.names() == before


def test_without_protection_the_services_in_a_namespace_go_before_it(change: Change) -> None:
    line = change({**UNPROTECTED, "cluster.namespaces": [], "services[1]": None})
    line.deploy()
    assert deeds(line, NAMESPACE, SERVICE)[-2:] == [("delete", SERVICE), ("delete", NAMESPACE)]
    assert line.names()[SERVICE] == ["myapi"]
    assert [part for part in STACKS if line.planned(part)] == []


def test_without_protection_a_namespace_takes_the_services_that_the_settings_keep_there(
    change: Change,
) -> None:
    """Terraform cannot know; the review calls it broken."""
    line = change({**UNPROTECTED, "cluster.namespaces": []})
    assert line.applied("service") == [f"delete {NAMESPACE}"]
    assert line.names()[SERVICE] == ["myapi"]
    apply = line.terraform("service", "apply", "-auto-approve", "-no-color")
    assert apply.returncode == 1
    assert "needs a namespace that exists" in apply.stderr


def test_a_namespace_that_somebody_made_is_not_taken_over(deployed_with: Change) -> None:
    line = deployed_with({"cluster.namespaces": ["apis"]})
    with opened(line.folder / "world.json") as world:
        world.put("namespace", "apis", {"name": "apis"})
    apply = line.terraform("service", "apply", "-auto-approve", "-no-color")
    assert apply.returncode == 1
    assert "already exists" in apply.stderr


def test_a_service_can_be_in_a_namespace_that_is_not_listed(deployed_with: Change) -> None:
    line = deployed_with({"services": [*DEV_TABLE["services"], IN_APIS]})
    with opened(line.folder / "world.json") as world:
        world.put("namespace", "apis", {"name": "apis"})
    line.deploy("service", "dns")
    assert line.names()[SERVICE] == ["myapi", "reports"]


def test_a_destroy_takes_the_namespaces_after_the_services(change: Change) -> None:
    line = change(UNPROTECTED)
    line.succeed("cluster", "apply", "-auto-approve")
    for part in reversed(STACKS):
        line.succeed(part, "destroy", "-auto-approve")
    assert deeds(line, NAMESPACE, SERVICE)[-1] == ("delete", NAMESPACE)
    assert set(line.names()) == {"google_project_service"}


def test_a_protected_namespace_stops_a_destroy_before_its_apis_are_gone(line: FakeCloud) -> None:
    line.succeed("dns", "destroy", "-auto-approve")
    before = line.world.resources
    assert line.terraform("service", "destroy", "-auto-approve").returncode == 1
    assert line.world.resources == before

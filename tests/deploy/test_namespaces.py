"""Namespaces: created with the APIs in them, and never destroyed as a side effect."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.fake_cloud.cloud import FakeCloud
from tests.fake_cloud.fixtures import Change
from tests.fake_cloud.google.lookup import CLUSTER, in_cluster
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
    """A deployed environment with an API in the namespace `apis`; tests must not change it."""
    cloud = FakeCloud(tmp_path_factory.mktemp("apis"), tools)
    cloud.take(synthesize(WITH_APIS))
    cloud.deploy()
    return cloud


@pytest.fixture
def line(first: FakeCloud, tmp_path: Path) -> FakeCloud:
    """A copy of the same environment, which the test may change."""
    return first.copy(tmp_path / "line")


@pytest.fixture
def change(line: FakeCloud, synthesize: Synthesize) -> Change:
    """Changes the settings of the environment, and applies nothing."""

    def to(changes: Mapping[str, object]) -> FakeCloud:
        line.take(synthesize(changed(WITH_APIS, changes)))
        return line

    return to


def actions(line: FakeCloud, *kinds: str) -> list[tuple[str, str]]:
    return [(entry.action, entry.kind) for entry in line.journal if entry.kind in kinds]


def test_a_first_deploy_creates_a_namespace_before_the_services(first: FakeCloud) -> None:
    assert actions(first, NAMESPACE, SERVICE) == [
        ("create", NAMESPACE),
        ("create", SERVICE),
        ("create", SERVICE),
    ]
    assert [part for part in STACKS if first.planned(part)] == []


def test_labels_and_annotations_that_others_add_to_a_namespace_are_kept(line: FakeCloud) -> None:
    with opened(line.folder / "world.json") as world:
        (namespace,) = world.all(NAMESPACE)
        namespace["metadata"][0]["labels"] = {"istio-injection": "enabled"}
        namespace["metadata"][0]["annotations"] = {"scheduler.example.com/pool": "apis"}
    assert line.planned("service") == []


@pytest.mark.parametrize("left", [["tools"], []], ids=str)
def test_removing_a_namespace_fails_in_the_plan_and_no_resource_changes(
    left: list[str], change: Change
) -> None:
    line = change({"cluster.namespaces": left})
    before = line.world.resources
    plan = line.terraform("service", "plan", "-no-color")
    assert plan.returncode == 1
    assert f"{APIS} has lifecycle.prevent_destroy set" in " ".join(plan.stderr.split())
    assert line.terraform("service", "apply", "-auto-approve").returncode == 1
    assert line.world.resources == before


def test_a_namespace_that_is_removed_from_the_state_is_not_destroyed(change: Change) -> None:
    line = change({"cluster.namespaces": []})
    before = line.names()
    line.succeed("service", "state", "rm", APIS)
    assert line.planned("service") == []
    assert line.names() == before


def test_without_protection_the_services_in_a_namespace_are_destroyed_before_it(
    change: Change,
) -> None:
    line = change({**UNPROTECTED, "cluster.namespaces": [], "services[1]": None})
    line.deploy()
    assert actions(line, NAMESPACE, SERVICE)[-2:] == [("delete", SERVICE), ("delete", NAMESPACE)]
    assert line.names()[SERVICE] == ["myapi"]
    assert [part for part in STACKS if line.planned(part)] == []


def test_without_protection_removing_a_namespace_destroys_services_that_are_still_in_the_settings(
    change: Change,
) -> None:
    """Terraform cannot detect this; the review reports the APIs as broken."""
    line = change({**UNPROTECTED, "cluster.namespaces": []})
    assert line.applied("service") == [f"delete {NAMESPACE}"]
    assert line.names()[SERVICE] == ["myapi"]
    apply = line.terraform("service", "apply", "-auto-approve", "-no-color")
    assert apply.returncode == 1
    assert "needs a namespace that exists" in apply.stderr


def test_a_namespace_that_somebody_else_created_is_not_adopted(deployed_with: Change) -> None:
    line = deployed_with({"cluster.namespaces": ["apis"]})
    with opened(line.folder / "world.json") as world:
        (cluster,) = world.all(CLUSTER)
        world.put("namespace", in_cluster(cluster["id"], "apis"), {"name": "apis"})
    apply = line.terraform("service", "apply", "-auto-approve", "-no-color")
    assert apply.returncode == 1
    assert "already exists" in apply.stderr


def test_a_service_can_be_in_a_namespace_that_is_not_listed(deployed_with: Change) -> None:
    line = deployed_with({"services": [*DEV_TABLE["services"], IN_APIS]})
    with opened(line.folder / "world.json") as world:
        (cluster,) = world.all(CLUSTER)
        world.put("namespace", in_cluster(cluster["id"], "apis"), {"name": "apis"})
    line.deploy("service", "dns")
    assert line.names()[SERVICE] == ["myapi", "reports"]


def test_a_destroy_deletes_the_namespaces_after_the_services(change: Change) -> None:
    line = change(UNPROTECTED)
    line.succeed("cluster", "apply", "-auto-approve")
    for part in reversed(STACKS):
        line.succeed(part, "destroy", "-auto-approve")
    assert actions(line, NAMESPACE, SERVICE)[-1] == ("delete", NAMESPACE)
    assert set(line.names()) == {"google_project_service"}


def test_a_protected_namespace_stops_a_destroy_before_a_resource_is_deleted(
    line: FakeCloud,
) -> None:
    line.succeed("dns", "destroy", "-auto-approve")
    before = line.world.resources
    assert line.terraform("service", "destroy", "-auto-approve").returncode == 1
    assert line.world.resources == before

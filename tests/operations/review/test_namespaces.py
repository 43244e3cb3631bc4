"""What happens to namespaces: what goes with one, and whether the one of a Service exists."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from operations.review.report import Report
from operations.review.risk import Note, Risk
from tests.fake_cloud.google.world import opened
from tests.fake_cloud.rehearsal import Rehearsal
from tests.line import Table, changed
from tests.operations.review.fixtures import report_on
from tests.operations.review.recordings import notes, only
from tests.support import DEV_TABLE, REPORTS, Synthesize

NAMESPACES = "cluster.namespaces"
APIS = 'kubernetes_namespace_v1.namespaces["apis"]'
DEPLOY = "`make deploy ENV=dev`"

IN_APIS: Table = {**REPORTS, "namespace": "apis"}
WITH_APIS = changed(
    DEV_TABLE,
    {
        NAMESPACES: ["apis"],
        "services": [*DEV_TABLE["services"], IN_APIS],
        "cluster.deletion_protection": False,
    },
)


@pytest.fixture(scope="module")
def first(
    tmp_path_factory: pytest.TempPathFactory, first_deploy: Rehearsal, synthesize: Synthesize
) -> Rehearsal:
    """A deployed line with an API in a namespace of its own, unprotected."""
    line = first_deploy.copy(tmp_path_factory.mktemp("apis"))
    line.take(synthesize(WITH_APIS))
    line.deploy("network", "cluster", "service", "dns")
    return line


@pytest.fixture
def line(first: Rehearsal, tmp_path: Path) -> Rehearsal:
    """The same, to go on from."""
    return first.copy(tmp_path / "line")


def review_of(line: Rehearsal, synthesize: Synthesize, changes: Mapping[str, object]) -> Report:
    line.take(synthesize(changed(WITH_APIS, changes)))
    return report_on(line, "dns")


def on_namespace(report: Report) -> Note:
    (note,) = notes(report, APIS)
    return note


def test_a_namespace_goes_with_everything_in_it(line: Rehearsal, synthesize: Synthesize) -> None:
    note = on_namespace(review_of(line, synthesize, {NAMESPACES: [], "services[1]": None}))
    assert note.risk is Risk.HIGH
    assert note.reason == (
        "namespace apis destroyed with everything in it: pods, volumes and secrets, whoever made"
        " them, and reports of this environment"
    )
    assert note.next == (
        "make sure that nobody needs what is in it (`kubectl get all --namespace apis`), then"
        f" {DEPLOY}"
    )


def test_services_that_the_settings_keep_in_a_destroyed_namespace_are_broken(
    line: Rehearsal, synthesize: Synthesize
) -> None:
    report = review_of(line, synthesize, {NAMESPACES: []})
    note = only(report)
    assert note.address == APIS
    assert note.risk is report.worst is Risk.BROKEN
    assert "the settings keep reports there: calls get no answer" in note.reason
    assert note.next.startswith('put "apis" back into `cluster.namespaces`')


def test_a_service_that_moves_out_of_a_namespace_is_not_kept_there(
    line: Rehearsal, synthesize: Synthesize
) -> None:
    moved = {**REPORTS, "was": "apis-reports"}
    note = on_namespace(review_of(line, synthesize, {NAMESPACES: [], "services[1]": moved}))
    assert note.risk is Risk.HIGH
    assert "and reports of this environment" in note.reason


def test_an_empty_namespace_names_no_service(line: Rehearsal, synthesize: Synthesize) -> None:
    line.take(synthesize(changed(WITH_APIS, {NAMESPACES: ["apis", "tools"]})))
    line.succeed("service", "apply", "-auto-approve")
    note = only(review_of(line, synthesize, {}))
    assert "namespace tools destroyed" in note.reason
    assert "of this environment" not in note.reason


def test_a_new_namespace_is_no_risk_and_shown_in_the_picture(
    line: Rehearsal, synthesize: Synthesize
) -> None:
    report = review_of(line, synthesize, {NAMESPACES: ["apis", "tools"]})
    assert report.notes == []
    (cluster,) = (one for one in report.picture.way if one.key == "nodes")
    assert {"namespace apis", "namespace tools"} <= set(cluster.lines)


@pytest.mark.parametrize(("listed", "told"), [(["apis", "tools"], False), (["apis"], True)])
def test_a_service_in_a_namespace_that_is_not_listed_may_stop_the_apply(
    line: Rehearsal,
    synthesize: Synthesize,
    listed: list[str],
    told: bool,  # noqa: FBT001 - pytest passes parameters by position or name
) -> None:
    third = {**REPORTS, "name": "metrics", "host": "metrics", "namespace": "tools"}
    services = [*WITH_APIS["services"], third]
    report = review_of(line, synthesize, {NAMESPACES: listed, "services": services})
    reason = (
        "metrics is made in namespace tools, which `cluster.namespaces` does not list: the apply"
        " stops unless it exists"
    )
    assert [(note.risk, note.reason) for note in report.notes] == [(Risk.LOW, reason)] * told


def test_a_service_that_moves_to_a_listed_namespace_needs_no_kubectl(
    line: Rehearsal, synthesize: Synthesize
) -> None:
    moved = {**DEV_TABLE["services"][0], "namespace": "tools", "was": "myapi"}
    report = review_of(line, synthesize, {NAMESPACES: ["apis", "tools"], "services[0]": moved})
    (note,) = notes(report, "kubernetes_service_v1.service-tools-myapi")
    assert "it moves from namespace default to tools" in note.reason
    assert "which must exist" not in note.reason
    assert note.next == f"{DEPLOY}, when callers can do without it for some minutes"


def test_a_namespace_that_somebody_deleted_is_reported(
    line: Rehearsal, synthesize: Synthesize
) -> None:
    with opened(line.folder / "world.json") as world:
        world.things["kubernetes_namespace_v1"] = {}
    report = review_of(line, synthesize, {})
    assert [(one.address, one.action) for one in report.line.drift] == [(APIS, "destroyed")]


def test_what_others_write_on_a_namespace_is_not_reported(
    line: Rehearsal, synthesize: Synthesize
) -> None:
    with opened(line.folder / "world.json") as world:
        (namespace,) = world.all("kubernetes_namespace_v1")
        namespace["metadata"][0]["labels"] = {"istio-injection": "enabled"}
    report = review_of(line, synthesize, {})
    assert (report.line.drift, report.notes) == ([], [])

"""The risks to namespaces: what a destroy includes, and Services without a namespace."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from operations.review.report import Report
from operations.review.risk import Finding, Risk
from tests.fake_cloud.cloud import FakeCloud
from tests.fake_cloud.google.world import opened
from tests.line import Table, changed
from tests.operations.review.fixtures import report_on
from tests.operations.review.recordings import findings, only
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
def deployed_apis(
    tmp_path_factory: pytest.TempPathFactory, first_deploy: FakeCloud, synthesize: Synthesize
) -> FakeCloud:
    """A deployed environment with an API in its own namespace, unprotected."""
    environment = first_deploy.copy(tmp_path_factory.mktemp("apis"))
    environment.take(synthesize(WITH_APIS))
    environment.deploy("network", "cluster", "service", "dns")
    return environment


@pytest.fixture
def environment(deployed_apis: FakeCloud, tmp_path: Path) -> FakeCloud:
    """A copy of it for one test."""
    return deployed_apis.copy(tmp_path / "environment")


def review_of(
    environment: FakeCloud, synthesize: Synthesize, changes: Mapping[str, object]
) -> Report:
    environment.take(synthesize(changed(WITH_APIS, changes)))
    return report_on(environment, "dns")


def on_namespace(report: Report) -> Finding:
    (finding,) = findings(report, APIS)
    return finding


def test_a_namespace_is_destroyed_with_everything_in_it(
    environment: FakeCloud, synthesize: Synthesize
) -> None:
    finding = on_namespace(
        review_of(environment, synthesize, {NAMESPACES: [], "services[1]": None})
    )
    assert finding.risk is Risk.HIGH
    assert finding.reason == (
        "namespace apis destroyed with everything in it: pods, volumes and secrets, whoever"
        " created them, and reports of this environment"
    )
    assert finding.next == (
        "make sure that nothing in it is needed (`kubectl get all --namespace apis`), then"
        f" {DEPLOY}"
    )


def test_services_that_the_settings_keep_in_a_destroyed_namespace_are_broken(
    environment: FakeCloud, synthesize: Synthesize
) -> None:
    report = review_of(environment, synthesize, {NAMESPACES: []})
    finding = only(report)
    assert finding.address == APIS
    assert finding.risk is report.worst is Risk.BROKEN
    assert "the settings keep reports there: calls fail" in finding.reason
    assert finding.next.startswith('put "apis" back into `cluster.namespaces`')


def test_a_service_that_moves_out_of_a_namespace_is_not_kept_there(
    environment: FakeCloud, synthesize: Synthesize
) -> None:
    moved = {**REPORTS, "was": "apis-reports"}
    finding = on_namespace(
        review_of(environment, synthesize, {NAMESPACES: [], "services[1]": moved})
    )
    assert finding.risk is Risk.HIGH
    assert "and reports of this environment" in finding.reason


def test_an_empty_namespace_names_no_service(
    environment: FakeCloud, synthesize: Synthesize
) -> None:
    environment.take(synthesize(changed(WITH_APIS, {NAMESPACES: ["apis", "tools"]})))
    environment.succeed("service", "apply", "-auto-approve")
    finding = only(review_of(environment, synthesize, {}))
    assert "namespace tools destroyed" in finding.reason
    assert "of this environment" not in finding.reason


def test_a_new_namespace_is_no_risk_and_shown_in_the_picture(
    environment: FakeCloud, synthesize: Synthesize
) -> None:
    report = review_of(environment, synthesize, {NAMESPACES: ["apis", "tools"]})
    assert report.findings == []
    (cluster,) = (element for element in report.picture.path if element.key == "nodes")
    assert {"namespace apis", "namespace tools"} <= set(cluster.lines)


@pytest.mark.parametrize(("listed", "reported"), [(["apis", "tools"], False), (["apis"], True)])
def test_a_service_in_a_namespace_that_is_not_listed_may_stop_the_apply(
    environment: FakeCloud,
    synthesize: Synthesize,
    listed: list[str],
    reported: bool,  # noqa: FBT001 - pytest passes parameters by position or name
) -> None:
    third = {**REPORTS, "name": "metrics", "host": "metrics", "namespace": "tools"}
    services = [*WITH_APIS["services"], third]
    report = review_of(environment, synthesize, {NAMESPACES: listed, "services": services})
    reason = (
        "metrics is added in namespace tools, which `cluster.namespaces` does not list: the apply"
        " stops unless it exists"
    )
    assert [(finding.risk, finding.reason) for finding in report.findings] == [
        (Risk.LOW, reason)
    ] * reported


def test_a_service_that_moves_to_a_listed_namespace_needs_no_kubectl(
    environment: FakeCloud, synthesize: Synthesize
) -> None:
    moved = {**DEV_TABLE["services"][0], "namespace": "tools", "was": "myapi"}
    report = review_of(
        environment, synthesize, {NAMESPACES: ["apis", "tools"], "services[0]": moved}
    )
    (finding,) = findings(report, "kubernetes_service_v1.service-tools-myapi")
    assert "it moves from namespace default to tools" in finding.reason
    assert "which must exist" not in finding.reason
    assert finding.next == f"{DEPLOY}, when callers tolerate an outage of a few minutes"


def test_a_namespace_that_was_deleted_outside_terraform_is_reported(
    environment: FakeCloud, synthesize: Synthesize
) -> None:
    with opened(environment.folder / "world.json") as world:
        world.resources["kubernetes_namespace_v1"] = {}
    report = review_of(environment, synthesize, {})
    assert [(drift.address, drift.action) for drift in report.environment.drift] == [
        (APIS, "destroy")
    ]


def test_labels_that_others_put_on_a_namespace_are_not_reported(
    environment: FakeCloud, synthesize: Synthesize
) -> None:
    with opened(environment.folder / "world.json") as world:
        (namespace,) = world.all("kubernetes_namespace_v1")
        namespace["metadata"][0]["labels"] = {"istio-injection": "enabled"}
    report = review_of(environment, synthesize, {})
    assert (report.environment.drift, report.findings) == ([], [])

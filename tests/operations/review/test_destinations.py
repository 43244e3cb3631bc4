"""Destinations of the connector besides the APIs: the settings name them, the review lists them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import pytest

from operations.review.hop import Verdict
from operations.review.plan import Plan, ResourceChange
from operations.review.report import Report
from operations.review.risk import Finding, Risk
from tests.fake_cloud.cloud import FakeCloud
from tests.fake_cloud.fixtures import Change as ChangeSettings
from tests.fake_cloud.tools import Tools
from tests.line import changed
from tests.operations.review.fixtures import report_of, report_on, review
from tests.support import DEV_TABLE, Synthesize

KEY = "connector.extra_destinations"
DEPLOY = "`make deploy ENV=dev`"
EGRESS = "The firewall allows egress from the connector only to configured destinations"
INGRESS = "The firewall allows ingress from the connector only to configured destinations"


@pytest.fixture(scope="session")
def plans(
    tmp_path_factory: pytest.TempPathFactory, tools: Tools, synthesize: Synthesize
) -> Sequence[Plan]:
    """All plans of a first deploy with two destinations."""
    cloud = FakeCloud(tmp_path_factory.mktemp("destinations"), tools)
    cloud.take(synthesize(changed(DEV_TABLE, {KEY: ["10.20.0.0/24", "172.16.8.0/22"]})))
    return report_on(cloud, "dns").environment.plans


def with_rules(plans: Sequence[Plan], name: str, **values: object) -> Report:
    """A review in which the rules whose IDs contain a name have other values."""

    def put(change: ResourceChange) -> ResourceChange:
        return replace(change, after={**change.after, **values})

    return report_of(
        [
            replace(
                plan,
                changes=tuple(
                    put(change) if name in change.address else change for change in plan.changes
                ),
            )
            for plan in plans
        ]
    )


def failing(report: Report) -> Mapping[str, str]:
    (hops,) = report.hops.values()
    return {hop.title: hop.why for hop in hops if hop.verdict is Verdict.FAILS}


def test_destinations_in_the_settings_are_listed_for_egress_and_ingress(
    plans: Sequence[Plan],
) -> None:
    report = report_of(plans)
    assert failing(report) == {}
    (hops,) = report.hops.values()
    seen = {hop.title: hop.why for hop in hops}
    assert seen[EGRESS] == (
        "the connector sends to tcp 80 and all of 10.20.0.0/24 and all of 172.16.8.0/22 and nothing"
        " else"
    )
    assert seen[INGRESS] == (
        "10.8.0.0/28 reaches tcp 80 and all of 10.20.0.0/24 and all of 172.16.8.0/22 and nothing"
        " else"
    )


@pytest.mark.parametrize(("end", "hop"), [("egress", EGRESS), ("ingress", INGRESS)])
@pytest.mark.parametrize(
    ("ranges", "why"),
    [
        (["10.20.0.0/16"], "also allows all"),
        (["10.20.0.0/24", "192.168.32.0/24"], "also allows all"),
        ([], "also allows all"),
    ],
)
def test_a_rule_for_destinations_that_are_not_in_the_settings_fails(
    plans: Sequence[Plan], end: str, hop: str, ranges: list[str], why: str
) -> None:
    failed = failing(with_rules(plans, f"extra-destinations_{end}", destination_ranges=ranges))
    assert failed.keys() == {hop}
    assert why in failed[hop]


def test_a_destination_is_listed_only_where_a_rule_allows_it(plans: Sequence[Plan]) -> None:
    report = with_rules(plans, "extra-destinations_ingress", destination_ranges=["10.20.0.0/25"])
    (hops,) = report.hops.values()
    seen = {hop.title: hop.why for hop in hops}
    assert "172.16.8.0/22" in seen[EGRESS]
    assert seen[INGRESS].endswith("and all of 10.20.0.0/25 and nothing else")


def test_the_picture_shows_what_the_connector_reaches_besides_the_apis(
    plans: Sequence[Plan],
) -> None:
    path = report_of(plans).picture.path
    (connector,) = (element for element in path if element.key == "connector")
    assert connector.lines == (
        "10.8.0.0/28",
        "also reaches 10.20.0.0/24",
        "also reaches 172.16.8.0/22",
    )


def test_a_destination_is_a_risk_in_the_first_deploy_too(
    cloud: FakeCloud, synthesize: Synthesize
) -> None:
    cloud.take(synthesize(changed(DEV_TABLE, {KEY: ["10.20.0.0/24"]})))
    seen = review(cloud)
    assert seen.status == 0, seen.stderr
    assert len(seen.hops("holds")) == 7
    (reason,) = seen.findings("medium")
    assert reason.startswith("the app reaches 10.20.0.0/24 through the connector, besides the APIs")


@pytest.fixture
def findings_on(
    deployed_with: ChangeSettings,
) -> Callable[[list[str], list[str]], list[Finding]]:
    """The findings on a change of the deployed destinations."""

    def of(before: list[str], after: list[str]) -> list[Finding]:
        deployed_with({KEY: before}).succeed("connector", "apply", "-auto-approve")
        return list(report_on(deployed_with({KEY: after}), "dns").findings)

    return of


def test_only_the_added_part_of_the_destinations_is_reported(
    findings_on: Callable[[list[str], list[str]], list[Finding]],
) -> None:
    (finding,) = findings_on(["10.20.0.0/25"], ["10.20.0.0/24", "172.16.8.0/22"])
    assert finding.risk is Risk.MEDIUM
    assert finding.reason.startswith("the app reaches 10.20.0.128/25, 172.16.8.0/22 through")
    assert finding.next == DEPLOY


@pytest.mark.parametrize(
    ("after", "lost"), [([], "10.20.0.0/24"), (["10.20.0.128/25"], "10.20.0.0/25")]
)
def test_a_removed_destination_is_reported_once_for_both_rules(
    findings_on: Callable[[list[str], list[str]], list[Finding]], after: list[str], lost: str
) -> None:
    (finding,) = findings_on(["10.20.0.0/24"], after)
    assert finding.risk is Risk.MEDIUM
    assert finding.reason == f"the app no longer reaches {lost}: its calls there fail"
    assert finding.next == f"make sure that the app makes no calls there, then {DEPLOY}"

"""What the connector reaches besides the APIs: allowed where the settings name it, and reported."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import pytest

from operations.review.hop import Verdict
from operations.review.plan import Change, Plan
from operations.review.report import Report
from operations.review.risk import Note, Risk
from tests.fake_cloud.fixtures import Change as ChangeSettings
from tests.fake_cloud.rehearsal import Rehearsal, Tools
from tests.line import changed
from tests.operations.review.fixtures import report_of, report_on, review
from tests.support import DEV_TABLE, Synthesize

KEY = "connector.extra_destinations"
DEPLOY = "`make deploy ENV=dev`"
LEAVES = "The firewall lets only what the settings name leave the connector"
ARRIVES = "The firewall lets the connector reach only what the settings name"


@pytest.fixture(scope="session")
def plans(
    tmp_path_factory: pytest.TempPathFactory, tools: Tools, synthesize: Synthesize
) -> Sequence[Plan]:
    """All plans of a first day with two destinations."""
    rehearsal = Rehearsal(tmp_path_factory.mktemp("destinations"), tools)
    rehearsal.take(synthesize(changed(DEV_TABLE, {KEY: ["10.20.0.0/24", "172.16.8.0/22"]})))
    return report_on(rehearsal, "dns").line.plans


def with_rules(plans: Sequence[Plan], name: str, **values: object) -> Report:
    """A review in which the rules whose ids hold a name have other values."""

    def put(change: Change) -> Change:
        return replace(change, after={**change.after, **values})

    return report_of(
        [
            replace(
                plan,
                changes=tuple(put(one) if name in one.address else one for one in plan.changes),
            )
            for plan in plans
        ]
    )


def failing(report: Report) -> Mapping[str, str]:
    (hops,) = report.hops.values()
    return {hop.title: hop.why for hop in hops if hop.verdict is Verdict.FAILS}


def test_destinations_that_the_settings_name_are_no_failure_and_are_named_at_both_ends(
    plans: Sequence[Plan],
) -> None:
    report = report_of(plans)
    assert failing(report) == {}
    (hops,) = report.hops.values()
    seen = {hop.title: hop.why for hop in hops}
    assert seen[LEAVES] == (
        "calls to tcp 80 and all of 10.20.0.0/24 and all of 172.16.8.0/22 leave the connector,"
        " and nothing else does"
    )
    assert seen[ARRIVES] == (
        "10.8.0.0/28 reaches tcp 80 and all of 10.20.0.0/24 and all of 172.16.8.0/22 and nothing"
        " else"
    )


@pytest.mark.parametrize(("end", "hop"), [("egress", LEAVES), ("ingress", ARRIVES)])
@pytest.mark.parametrize(
    ("ranges", "why"),
    [
        (["10.20.0.0/16"], "lets all through as well"),
        (["10.20.0.0/24", "192.168.32.0/24"], "lets all through as well"),
        ([], "lets all through as well"),
    ],
)
def test_a_rule_for_more_than_the_settings_name_is_caught(
    plans: Sequence[Plan], end: str, hop: str, ranges: list[str], why: str
) -> None:
    failed = failing(with_rules(plans, f"extra-destinations_{end}", destination_ranges=ranges))
    assert failed.keys() == {hop}
    assert why in failed[hop]


def test_a_destination_is_named_only_where_a_rule_lets_it_through(plans: Sequence[Plan]) -> None:
    report = with_rules(plans, "extra-destinations_ingress", destination_ranges=["10.20.0.0/25"])
    (hops,) = report.hops.values()
    seen = {hop.title: hop.why for hop in hops}
    assert "172.16.8.0/22" in seen[LEAVES]
    assert seen[ARRIVES].endswith("and all of 10.20.0.0/25 and nothing else")


def test_the_picture_shows_what_the_connector_reaches_besides_the_apis(
    plans: Sequence[Plan],
) -> None:
    (connector,) = (one for one in report_of(plans).picture.way if one.key == "connector")
    assert connector.lines == (
        "10.8.0.0/28",
        "also reaches 10.20.0.0/24",
        "also reaches 172.16.8.0/22",
    )


def test_a_destination_is_a_risk_from_the_first_day_on(
    rehearsal: Rehearsal, synthesize: Synthesize
) -> None:
    rehearsal.take(synthesize(changed(DEV_TABLE, {KEY: ["10.20.0.0/24"]})))
    seen = review(rehearsal)
    assert seen.status == 0, seen.stderr
    assert len(seen.hops("holds")) == 7
    (reason,) = seen.notes("medium")
    assert reason.startswith("the app reaches 10.20.0.0/24 through the connector, besides the APIs")


@pytest.fixture
def notes_on(
    deployed_with: ChangeSettings,
) -> Callable[[list[str], list[str]], list[Note]]:
    """The notes on a change of the destinations that were deployed."""

    def of(before: list[str], after: list[str]) -> list[Note]:
        deployed_with({KEY: before}).succeed("connector", "apply", "-auto-approve")
        return list(report_on(deployed_with({KEY: after}), "dns").notes)

    return of


def test_a_destination_that_comes_is_named_without_those_that_were_there(
    notes_on: Callable[[list[str], list[str]], list[Note]],
) -> None:
    (note,) = notes_on(["10.20.0.0/25"], ["10.20.0.0/24", "172.16.8.0/22"])
    assert note.risk is Risk.MEDIUM
    assert note.reason.startswith("the app reaches 10.20.0.128/25, 172.16.8.0/22 through")
    assert note.next == DEPLOY


@pytest.mark.parametrize(
    ("after", "lost"), [([], "10.20.0.0/24"), (["10.20.0.128/25"], "10.20.0.0/25")]
)
def test_a_destination_that_goes_is_told_once_for_both_rules(
    notes_on: Callable[[list[str], list[str]], list[Note]], after: list[str], lost: str
) -> None:
    (note,) = notes_on(["10.20.0.0/24"], after)
    assert note.risk is Risk.MEDIUM
    assert note.reason == f"the app no longer reaches {lost}: its calls there get no answer"
    assert note.next == f"make sure that the app calls nothing there, then {DEPLOY}"

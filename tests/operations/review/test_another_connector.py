"""Reviews of an environment whose connector, or its deny rules, become others."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from operations.review.hop import Verdict
from operations.review.plan import Action, Plan, ResourceChange
from operations.review.report import Report
from operations.review.risk import Risk
from tests.line import Table
from tests.operations.review.existing import edited, hops
from tests.operations.review.fixtures import report_of


def test_deny_rules_for_an_existing_connector_cut_off_its_other_users(article: Report) -> None:
    """The connector of the article, as if it existed already."""
    (connector,) = article.environment.all("google_vpc_access_connector")
    plans = edited(
        article.environment.plans,
        managed=lambda change: None if change is connector else change,
    )
    plans = [
        replace(plan, found=(*plan.found, replace(connector, action=Action.READ)))
        if plan.stack == "dev-connector"
        else plan
        for plan in plans
    ]
    report = report_of(plans)
    assert {hop.verdict for hop in hops(report).values()} == {Verdict.HOLDS}
    (finding,) = report.findings
    assert finding.risk is Risk.HIGH
    assert "shop-connector reaches only the APIs: calls of its other users fail" in finding.reason


RENAMED = (
    "connector replaced by one with another name: the app's calls fail until app.yaml names the new"
    " one"
)
IN_APP = (
    "`make deploy ENV=dev`, then `make app-yaml ENV=dev APP=path/to/app.yaml` and"
    " `gcloud app deploy`"
)


def test_another_existing_connector_needs_another_name_in_app_yaml(
    swapped: Sequence[Plan],
) -> None:
    named, freed = report_of(swapped).findings
    assert (named.risk, named.reason, named.next) == (Risk.HIGH, RENAMED, IN_APP)
    assert named.address == "data.google_vpc_access_connector.connector"
    assert freed.risk is Risk.HIGH
    assert freed.reason == (
        "the rules that deny connector shared-connector all but the APIs no longer apply to it: it"
        " reaches the whole VPC, as long as an app uses it"
    )
    assert freed.next == (
        "`make deploy ENV=dev`, then deploy every app and version that uses connector"
        " shared-connector with old-connector, or delete it"
    )


def test_deny_rules_that_move_to_another_existing_connector_cut_off_its_users(
    swapped: Sequence[Plan],
) -> None:
    def moves(rule: ResourceChange) -> ResourceChange:
        after = {**rule.before, "target_tags": ["vpc-connector-asia-northeast1-old-connector"]}
        tagged = rule.before.get("direction") == "EGRESS"
        return replace(rule, action=Action.CHANGE, after=after if tagged else rule.before)

    moved = edited(swapped, managed=lambda change: moves(change) if is_deny(change) else change)
    assert [finding.reason for finding in report_of(moved).findings] == [
        RENAMED,
        "the rules that deny connector shared-connector all but the APIs no longer apply to it: it"
        " reaches the whole VPC, as long as an app uses it",
        "from then on, old-connector reaches only the APIs: calls of its other users fail",
    ]
    ingress = edited(moved, managed=lambda change: None if "egress" in change.address else change)
    assert [finding.reason for finding in report_of(ingress).findings] == [RENAMED]


def test_a_new_connector_instead_of_an_existing_one_needs_its_name_in_app_yaml(
    swapped: Sequence[Plan],
) -> None:
    def created(plan: Plan) -> Plan:
        new = [
            replace(found, address="google_vpc_access_connector.connector", action=Action.ADD)
            for found in plan.found
            if found.kind == "google_vpc_access_connector"
        ]
        return replace(plan, found=(), read_before=(), changes=(*plan.changes, *new))

    plans = [created(plan) if plan.stack == "dev-connector" else plan for plan in swapped]
    named, freed = report_of(plans).findings
    assert (named.reason, named.address) == (RENAMED, "google_vpc_access_connector.connector")
    assert "deny connector shared-connector all but the APIs" in freed.reason


@pytest.mark.parametrize(
    ("tags", "sources", "described"),
    [
        (["vpc-connector-asia-northeast1-shared-connector"], [], "connector shared-connector"),
        (["vpc-connector-asia-northeast1-old-connector"], [], None),
        (["vpc-connector"], [], None),
        (["another"], ["10.21.0.0/28"], "connector another"),
        ([], ["10.20.0.16/28"], "connector 10.20.0.16/28"),
        ([], ["10.21.0.0/28"], None),
        ([], [], None),
    ],
)
def test_a_rule_is_of_the_connector_whose_tag_or_range_it_names(
    swapped: Sequence[Plan], tags: list[str], sources: list[str], described: str | None
) -> None:
    def of(rule: ResourceChange) -> ResourceChange | None:
        before = {**rule.before, "target_tags": tags, "source_ranges": sources}
        return replace(rule, before=before) if rule.before["direction"] == "EGRESS" else None

    plans = edited(swapped, managed=lambda change: of(change) if is_deny(change) else change)
    _, finding = report_of(plans).findings
    if described:
        assert f"the rules that deny {described} all but the APIs no longer" in finding.reason
        assert "deny_rules" not in finding.next
    else:
        assert "the rules that deny old-connector all but the APIs are destroyed" in finding.reason
        assert "`deny_rules = true` in `[connector]`" in finding.next


@pytest.mark.parametrize("outputs", [{}, {"connector_id": "old-connector"}])
def test_app_yaml_stays_as_it_is_on_the_first_day_and_with_the_same_connector(
    swapped: Sequence[Plan], outputs: Table
) -> None:
    name = "projects/my-project-id/locations/asia-northeast1/connectors/"
    now = {key: name + value for key, value in outputs.items()}
    plans = [replace(plan, outputs_now=now) for plan in swapped]
    assert RENAMED not in {finding.reason for finding in report_of(plans).findings}


def is_deny(change: ResourceChange) -> bool:
    return change.kind == "google_compute_firewall" and "deny" in change.address

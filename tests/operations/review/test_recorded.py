"""The review of recorded plans of the real providers."""

import copy
from collections.abc import Callable

import pytest

from operations.review.hop import Verdict
from operations.review.plan import Action, Drift, UnreadablePlanError
from operations.review.report import Report
from operations.review.risk import Risk
from tests.line import Table
from tests.operations.review.recordings import change_of, read, recorded, reported

ALLOW = "google_compute_firewall.allow-myapi"
DENY = "google_compute_firewall.connector_deny_ingress_7207739A"
SERVICE = "kubernetes_service_v1.service-myapi"


def hops(report: Report, verdict: Verdict) -> list[str]:
    """The reasons of the hops with a verdict."""
    return [hop.why for path in report.hops.values() for hop in path if hop.verdict is verdict]


@pytest.mark.parametrize("scenario", ["first-day", "second-service", "another-port", "untouched"])
def test_every_hop_holds_and_all_risks_are_low(scenario: str) -> None:
    report = reported(recorded(scenario))
    assert hops(report, Verdict.FAILS) == hops(report, Verdict.UNKNOWN) == []
    assert hops(report, Verdict.HOLDS)
    assert {finding.risk for finding in report.findings} <= {Risk.LOW}


@pytest.mark.parametrize(
    "scenario",
    [
        "access-private",
        "connector-name",
        "connector-range",
        "fixed-address",
        "remove",
        "rename-fixed-without-was",
        "rename-with-was",
        "zone",
    ],
)
def test_every_hop_holds_after_a_change_that_causes_an_outage(
    scenario: str,
) -> None:
    report = reported(recorded(scenario))
    assert hops(report, Verdict.FAILS) == hops(report, Verdict.UNKNOWN) == []
    assert report.worst is Risk.HIGH


def test_the_elements_of_an_unknown_set_come_from_the_configuration() -> None:
    plans = recorded("first-day")
    rule = change_of(plans, ALLOW)
    assert rule["after_unknown"]["destination_ranges"] is True
    assert "destination_ranges" not in rule["after"]
    (allow,) = (
        change for plan in read(plans) for change in plan.changes if change.address == ALLOW
    )
    assert allow.elements("destination_ranges") == [
        "planned:dev-service/google_compute_address.address-myapi.address/32"
    ]


def unknown(attribute: str, *written: str) -> Callable[[Table], None]:
    """Make a list or set of the allow rule unknown, as one unknown element does in a real plan."""

    def change(plans: Table) -> None:
        rule = change_of(plans, ALLOW)
        rule["after"].pop(attribute, None)
        rule["after_unknown"][attribute] = True
        resources = plans["dev-service"]["configuration"]["resource"]["google_compute_firewall"]
        resources[ALLOW.partition(".")[2]][attribute] += written

    return change


def unknown_ports(plans: Table) -> None:
    rule = change_of(plans, ALLOW)
    del rule["after"]["allow"][0]["ports"]
    rule["after_unknown"]["allow"] = [{"ports": True}]


def unknown_load_balancer_source_ranges(plans: Table) -> None:
    service = change_of(plans, SERVICE)
    del service["after"]["spec"][0]["load_balancer_source_ranges"]
    service["after_unknown"]["spec"][0]["load_balancer_source_ranges"] = True


@pytest.mark.parametrize(
    "change",
    [
        unknown("source_ranges", "${google_compute_address.address-reports.address}/32"),
        unknown("target_tags", "${google_compute_address.address-reports.address}"),
        unknown_ports,
        unknown_load_balancer_source_ranges,
    ],
)
def test_literals_are_known_in_an_unknown_list(
    change: Callable[[Table], None],
) -> None:
    plans = recorded("first-day")
    change(plans)
    assert hops(reported(plans), Verdict.FAILS) == []


def test_only_the_unknown_tag_of_an_unknown_list_is_unknown() -> None:
    plans = recorded("first-day")
    unknown("target_tags", "${google_compute_address.address-reports.address}")(plans)
    (allow,) = (
        change for plan in read(plans) for change in plan.changes if change.address == ALLOW
    )
    assert allow.elements("target_tags") == [
        "private-node",
        "planned:dev-service/google_compute_address.address-reports.address",
    ]


def test_a_rule_for_other_nodes_in_a_recorded_plan_is_reported() -> None:
    plans = recorded("first-day")
    change_of(plans, ALLOW)["after"]["target_tags"] = ["other"]
    assert "private-allow-myapi does not apply to the nodes, which have private-node" in hops(
        reported(plans), Verdict.FAILS
    )


def test_an_unknown_action_is_rejected() -> None:
    plans = recorded("untouched")
    change_of(plans, ALLOW)["actions"] = ["rename"]
    with pytest.raises(UnreadablePlanError, match="rename"):
        reported(plans)


def test_any_source_in_an_unknown_list_is_reported() -> None:
    plans = recorded("first-day")
    unknown("source_ranges", "0.0.0.0/0")(plans)
    assert "private-allow-myapi allows every source (0.0.0.0/0)" in hops(
        reported(plans), Verdict.FAILS
    )


@pytest.mark.parametrize("attribute", ["source_ranges", "destination_ranges", "target_tags"])
def test_a_string_instead_of_a_list_is_rejected(attribute: str) -> None:
    plans = recorded("first-day")
    rule = change_of(plans, ALLOW)
    rule["after"][attribute] = "10.8.0.0/28"
    rule["after_unknown"].pop(attribute, None)
    message = f"dev-service: {attribute} of {ALLOW} must be a list"
    with pytest.raises(UnreadablePlanError, match=message):
        reported(plans)


def test_blocks_of_a_set_are_matched_by_value_and_not_by_position() -> None:
    plans = recorded("first-day")
    zone = "google_dns_managed_zone.zone"
    other = {"network_url": "projects/my-project-id/global/networks/other"}
    written = plans["dev-dns"]["configuration"]["resource"]["google_dns_managed_zone"]["zone"]
    ours = written["private_visibility_config"]["networks"]
    written["private_visibility_config"]["networks"] = [*ours, other]
    change = change_of(plans, zone)
    change["after"]["private_visibility_config"] = [{"networks": [other, {}]}]
    change["after_unknown"]["private_visibility_config"] = [
        {"networks": [{}, {"network_url": True}]}
    ]
    (planned,) = (
        change for plan in read(plans) for change in plan.changes if change.address == zone
    )
    first, second = planned.after["private_visibility_config"][0]["networks"]
    assert first == other
    assert second == {"network_url": "planned:dev-network/google_compute_network.network.id"}


def drift(plans: Table) -> list[Drift]:
    """The changes outside Terraform that the review reports."""
    return [drift for plan in read(plans) for drift in plan.drift]


def test_an_untouched_environment_has_no_drift() -> None:
    plans = recorded("untouched")
    refreshed = [entry for plan in plans.values() for entry in plan.get("resource_drift", [])]
    assert len(refreshed) == 9
    assert drift(plans) == []


@pytest.mark.parametrize(
    ("scenario", "address", "details"),
    [
        ("widened", ALLOW, ("source_ranges: 10.8.0.0/28 → 10.0.0.0/8",)),
        ("label", "google_compute_address.address-myapi", ("labels.environment: dev → prod",)),
        # The configuration does not set it, but the plan changes it back.
        ("disabled", DENY, ("disabled: False → True",)),
        (
            "annotated",
            SERVICE,
            ("metadata[0].annotations.team: nothing → x",),
        ),
        ("deleted", ALLOW, ()),
    ],
)
def test_only_changes_outside_terraform_are_reported_as_drift(
    scenario: str, address: str, details: tuple[str, ...]
) -> None:
    (change,) = drift(recorded(scenario))
    assert change.address == address
    assert change.details == details
    assert change.action is (Action.CHANGE if details else Action.DESTROY)


def forgotten(plans: Table) -> None:
    change = change_of(plans, "google_compute_address.address-myapi")
    change.update(actions=["forget"], before=change["after"], after=None)


def destroyed(plans: Table) -> None:
    change = change_of(plans, "google_compute_address.address-myapi")
    change.update(actions=["delete"], before=change["after"], after=None)


def test_a_forgotten_resource_is_not_destroyed() -> None:
    plans = recorded("untouched")
    gone = copy.deepcopy(plans)
    forgotten(plans)
    report = reported(plans)
    assert report.counts[Action.FORGET] == 1
    assert report.counts[Action.DESTROY] == 0
    (finding,) = report.findings
    assert finding.risk is Risk.LOW
    assert "removed from Terraform's state" in finding.reason
    assert hops(report, Verdict.FAILS) == []
    destroyed(gone)
    assert reported(gone).worst is Risk.BROKEN

"""The review of plans that the real providers made."""

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
    """What was seen at the hops with a verdict."""
    return [hop.why for path in report.hops.values() for hop in path if hop.verdict is verdict]


@pytest.mark.parametrize("scenario", ["first-day", "second-service", "another-port", "untouched"])
def test_every_hop_holds_and_nothing_is_risky(scenario: str) -> None:
    report = reported(recorded(scenario))
    assert hops(report, Verdict.FAILS) == hops(report, Verdict.UNKNOWN) == []
    assert hops(report, Verdict.HOLDS)
    assert {note.risk for note in report.notes} <= {Risk.LOW}


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
def test_a_change_that_costs_an_outage_leaves_a_line_on_which_every_hop_holds(
    scenario: str,
) -> None:
    report = reported(recorded(scenario))
    assert hops(report, Verdict.FAILS) == hops(report, Verdict.UNKNOWN) == []
    assert report.worst is Risk.HIGH


def test_a_set_with_one_unknown_address_is_unknown_and_is_followed_all_the_same() -> None:
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
    """Make a list or set of the allow rule unknown as a whole, as one unknown element does."""

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
def test_what_is_written_in_clear_is_known_in_an_unknown_list(
    change: Callable[[Table], None],
) -> None:
    plans = recorded("first-day")
    change(plans)
    assert hops(reported(plans), Verdict.FAILS) == []


def test_a_tag_in_an_unknown_list_is_the_only_one_that_is_not_known() -> None:
    plans = recorded("first-day")
    unknown("target_tags", "${google_compute_address.address-reports.address}")(plans)
    (allow,) = (one for plan in read(plans) for one in plan.changes if one.address == ALLOW)
    assert allow.elements("target_tags") == [
        "private-node",
        "planned:dev-service/google_compute_address.address-reports.address",
    ]


def test_a_rule_for_other_nodes_in_a_real_plan_is_reported() -> None:
    plans = recorded("first-day")
    change_of(plans, ALLOW)["after"]["target_tags"] = ["other"]
    assert "private-allow-myapi is not for the nodes, which have private-node" in hops(
        reported(plans), Verdict.FAILS
    )


def test_an_action_that_nobody_knows_is_rejected() -> None:
    plans = recorded("untouched")
    change_of(plans, ALLOW)["actions"] = ["rename"]
    with pytest.raises(UnreadablePlanError, match="rename"):
        reported(plans)


def test_everybody_in_an_unknown_list_is_still_everybody() -> None:
    plans = recorded("first-day")
    unknown("source_ranges", "0.0.0.0/0")(plans)
    assert "private-allow-myapi lets everybody in (0.0.0.0/0)" in hops(
        reported(plans), Verdict.FAILS
    )


@pytest.mark.parametrize("attribute", ["source_ranges", "destination_ranges", "target_tags"])
def test_a_string_where_a_list_belongs_is_rejected(attribute: str) -> None:
    plans = recorded("first-day")
    rule = change_of(plans, ALLOW)
    rule["after"][attribute] = "10.8.0.0/28"
    rule["after_unknown"].pop(attribute, None)
    with pytest.raises(UnreadablePlanError, match=f"dev-service: {attribute} of {ALLOW} is a list"):
        reported(plans)


def test_blocks_of_a_set_are_found_by_what_they_say_and_not_by_their_place() -> None:
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
    (planned,) = (one for plan in read(plans) for one in plan.changes if one.address == zone)
    first, second = planned.after["private_visibility_config"][0]["networks"]
    assert first == other
    assert second == {"network_url": "planned:dev-network/google_compute_network.network.id"}


def drift(plans: Table) -> list[Drift]:
    """What the review says of changes by others."""
    return [one for plan in read(plans) for one in plan.drift]


def test_nothing_was_changed_by_others_on_an_untouched_line() -> None:
    plans = recorded("untouched")
    refreshed = [entry for plan in plans.values() for entry in plan.get("resource_drift", [])]
    assert len(refreshed) == 9
    assert drift(plans) == []


@pytest.mark.parametrize(
    ("scenario", "address", "details"),
    [
        ("widened", ALLOW, ("source_ranges: 10.8.0.0/28 → 10.0.0.0/8",)),
        ("label", "google_compute_address.address-myapi", ("labels.environment: dev → prod",)),
        # The configuration says nothing of it, but the plan changes it back.
        ("disabled", DENY, ("disabled: False → True",)),
        (
            "annotated",
            SERVICE,
            ("metadata[0].annotations.team: nothing → x",),
        ),
        ("deleted", ALLOW, ()),
    ],
)
def test_what_others_changed_is_reported_and_nothing_else(
    scenario: str, address: str, details: tuple[str, ...]
) -> None:
    (one,) = drift(recorded(scenario))
    assert one.address == address
    assert one.details == details
    assert one.action is (Action.CHANGED if details else Action.DESTROYED)


def forgotten(plans: Table) -> None:
    change = change_of(plans, "google_compute_address.address-myapi")
    change.update(actions=["forget"], before=change["after"], after=None)


def destroyed(plans: Table) -> None:
    change = change_of(plans, "google_compute_address.address-myapi")
    change.update(actions=["delete"], before=change["after"], after=None)


def test_a_forgotten_resource_is_not_destroyed_and_still_does_its_work() -> None:
    plans = recorded("untouched")
    gone = copy.deepcopy(plans)
    forgotten(plans)
    report = reported(plans)
    assert report.counts[Action.FORGOTTEN] == 1
    assert report.counts[Action.DESTROYED] == 0
    (note,) = report.notes
    assert note.risk is Risk.LOW
    assert "leaves Terraform's state" in note.reason
    assert hops(report, Verdict.FAILS) == []
    destroyed(gone)
    assert reported(gone).worst is Risk.BROKEN

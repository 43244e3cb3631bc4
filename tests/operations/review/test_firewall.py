"""Firewall rules that let more through than calls to services, or less, at each of the two gates.

Each is a change of the first day's plans: only what the review makes of a rule is of interest.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from operations.review.plan import Change, Plan
from tests.operations.review.fixtures import failing, report_of

LEAVES = "The firewall lets only what the settings name leave the connector"
ARRIVES = "The firewall lets the connector reach only what the settings name"

RULES = {
    LEAVES: ("egress-myapi", "deny_egress"),
    ARRIVES: ("allow-myapi", "deny_ingress"),
}
"""At each gate: what the ids of the rule that allows and of the one that denies hold."""

Mistake = Callable[[list[Change]], list[Change]]


def named(changes: list[Change], name: str) -> Change:
    (rule,) = (
        one for one in changes if one.kind == "google_compute_firewall" and name in one.address
    )
    return rule


def put(name: str, **values: object) -> Mistake:
    """The rule whose id holds `name`, with other values."""

    def mistake(changes: list[Change]) -> list[Change]:
        rule = named(changes, name)
        other = replace(rule, after={**rule.after, **values})
        return [other if one is rule else one for one in changes]

    return mistake


def another(name: str, **values: object) -> Mistake:
    """One more rule, which is as the one whose id holds `name` but for some values."""

    def mistake(changes: list[Change]) -> list[Change]:
        rule = named(changes, name)
        after = {**rule.after, "name": "private-another", **values}
        return [*changes, replace(rule, address="google_compute_firewall.another", after=after)]

    return mistake


def denied_first(name: str, protocol: str, **values: object) -> Mistake:
    """A rule that denies a protocol to the load balancer, just before it is let through."""
    changed = {"priority": 979, "allow": [], "deny": [{"protocol": protocol}], **values}
    return another(name, **changed)


def without(name: str) -> Mistake:
    return lambda changes: [one for one in changes if one is not named(changes, name)]


TCP = [{"protocol": "tcp"}]


def broken(plans: Sequence[Plan], mistake: Mistake) -> dict[str, str]:
    """The hops that fail once a mistake is made, and why."""
    changes = mistake([change for plan in plans for change in plan.changes])
    report = report_of([replace(plans[0], changes=tuple(changes)), *outputs_of(plans)])
    return {
        hop.title: hop.why
        for hops in report.hops.values()
        for hop in hops
        if hop.title in failing(report)
    }


def outputs_of(plans: Sequence[Plan]) -> list[Plan]:
    return [replace(plan, changes=()) for plan in plans[1:]]


AT_BOTH: list[tuple[Callable[[str, str], Mistake], str]] = [
    (lambda _, deny: without(deny), "nothing keeps"),
    (lambda _, deny: put(deny, disabled=True), "nothing keeps"),
    (lambda _, deny: put(deny, deny=TCP), "nothing keeps"),
    (lambda _, deny: put(deny, destination_ranges=["10.0.0.0/8"]), "nothing keeps"),
    (lambda _, deny: put(deny, target_tags=["other"]), "nothing keeps"),
    (lambda _, deny: put(deny, priority=970), "tcp 80 is not let through"),
    (lambda _, deny: put(deny, priority=980), "tcp 80 is not let through"),
    (lambda _, deny: another(deny, priority=900, deny=[], allow=TCP), "lets tcp through as well"),
    (lambda allow, _: without(allow), "tcp 80 is not let through"),
    (lambda allow, _: put(allow, priority=995), "tcp 80 is not let through"),
    (lambda allow, _: put(allow, allow=[{"protocol": "udp", "ports": ["80"]}]), "tcp 80 is not"),
    (
        lambda allow, _: put(allow, allow=[{"protocol": "tcp", "ports": ["80", "22"]}]),
        "lets tcp 22 through as well",
    ),
    (lambda allow, _: put(allow, destination_ranges=["192.168.32.99/32"]), "tcp 80 is not let"),
    (lambda allow, _: denied_first(allow, "tcp"), "denies tcp 80 first"),
    (lambda allow, _: denied_first(allow, "all"), "denies tcp 80 first"),
    (lambda allow, _: denied_first(allow, "TCP", priority=980), "denies tcp 80 first"),
    (
        lambda allow, _: denied_first(allow, "tcp", destination_ranges=[], target_tags=[]),
        "denies tcp 80 first",
    ),
    (lambda allow, _: another(allow, destination_ranges=["192.168.0.0/16"]), "is for 192.168.0.0"),
    (lambda allow, _: another(allow, destination_ranges=[]), "is for 0.0.0.0/0 as well"),
    (lambda allow, _: another(allow, destination_ranges=["0.0.0.0/0"]), "is for 0.0.0.0/0"),
]


@pytest.mark.parametrize("hop", RULES)
@pytest.mark.parametrize(("mistake", "why"), AT_BOTH)
def test_a_mistake_at_one_gate_is_caught_there_and_only_there(
    day_0_plans: Sequence[Plan], hop: str, mistake: Callable[[str, str], Mistake], why: str
) -> None:
    failed = broken(day_0_plans, mistake(*RULES[hop]))
    assert failed.keys() == {hop}
    assert why in failed[hop]


@pytest.mark.parametrize(
    ("mistake", "hop", "why"),
    [
        # By ingress rules at 1000 Google opens the VPC to a connector.
        (put("deny_ingress", priority=1001), ARRIVES, "comes after Google's own opening"),
        (put("deny_ingress", source_ranges=["10.8.0.0/29"]), ARRIVES, "nothing keeps"),
        (put("allow-myapi", source_ranges=["10.9.0.0/28"]), ARRIVES, "tcp 80 is not let through"),
        (put("allow-myapi", target_tags=["other"]), ARRIVES, "not for the nodes, which have priv"),
        (
            another("allow-myapi", source_ranges=[], source_tags=["vpc-connector"], allow=TCP),
            ARRIVES,
            "lets tcp through as well",
        ),
        (put("egress-myapi", target_tags=["other"]), LEAVES, "tcp 80 is not let through"),
        # Google puts this tag on every connector.
        (another("egress-myapi", target_tags=["vpc-connector"], allow=TCP), LEAVES, "lets tcp thr"),
        (another("egress-myapi", target_tags=[], allow=TCP), LEAVES, "lets tcp through as well"),
    ],
)
def test_a_mistake_that_only_one_direction_knows_is_caught(
    day_0_plans: Sequence[Plan], mistake: Mistake, hop: str, why: str
) -> None:
    failed = broken(day_0_plans, mistake)
    assert failed.keys() == {hop}
    assert why in failed[hop]


HARMLESS: list[Callable[[str], Mistake]] = [
    lambda allow: denied_first(allow, "udp"),
    lambda allow: denied_first(allow, "tcp", target_tags=["other"]),
    lambda allow: denied_first(allow, "tcp", destination_ranges=["192.168.32.200/32"]),
    lambda allow: denied_first(allow, "tcp", disabled=True),
    lambda allow: another(
        allow, priority=979, allow=[], deny=[{"protocol": "tcp", "ports": ["22"]}]
    ),
    lambda allow: another(allow, source_ranges=["0.0.0.0/0"], allow=[], deny=[{"protocol": "udp"}]),
]


@pytest.mark.parametrize("allow", [allow for allow, _ in RULES.values()])
@pytest.mark.parametrize("rule", HARMLESS)
def test_a_rule_that_is_not_in_the_way_is_no_mistake(
    day_0_plans: Sequence[Plan], allow: str, rule: Callable[[str], Mistake]
) -> None:
    assert broken(day_0_plans, rule(allow)) == {}


@pytest.mark.parametrize(
    "rule",
    [
        another("egress-myapi", target_tags=["other"], destination_ranges=[], allow=TCP),
        another("allow-myapi", source_ranges=["10.100.0.0/16"], target_tags=[], allow=TCP),
        # After every rule of somebody's own the VPC lets everything out.
        put("deny_egress", priority=65535),
    ],
)
def test_what_the_connector_does_not_send_is_not_its_rules_concern(
    day_0_plans: Sequence[Plan], rule: Mistake
) -> None:
    assert broken(day_0_plans, rule) == {}


def test_denying_everything_that_leaves_opens_nothing_to_the_world(
    day_0_plans: Sequence[Plan],
) -> None:
    (deny,) = (
        change
        for plan in day_0_plans
        for change in plan.changes
        if change.after.get("destination_ranges") == ["0.0.0.0/0"]
    )
    assert deny.after["direction"] == "EGRESS"
    assert broken(day_0_plans, lambda changes: changes) == {}

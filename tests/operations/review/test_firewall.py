"""Wrong firewall rules, on egress and on ingress: they allow too much, or not enough.

Each test edits the plans of a first deploy.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from operations.review.plan import Plan, ResourceChange
from tests.operations.review.fixtures import failing, report_of

EGRESS = "The firewall allows egress from the connector only to configured destinations"
INGRESS = "The firewall allows ingress from the connector only to configured destinations"

RULES = {
    EGRESS: ("egress-myapi", "deny_egress"),
    INGRESS: ("allow-myapi", "deny_ingress"),
}
"""For each hop: parts of the IDs of its allow rule and of its deny rule."""

Edit = Callable[[list[ResourceChange]], list[ResourceChange]]


def named(changes: list[ResourceChange], name: str) -> ResourceChange:
    (rule,) = (
        change
        for change in changes
        if change.kind == "google_compute_firewall" and name in change.address
    )
    return rule


def put(name: str, **values: object) -> Edit:
    """Give the rule whose ID contains `name` other values."""

    def edit(changes: list[ResourceChange]) -> list[ResourceChange]:
        rule = named(changes, name)
        other = replace(rule, after={**rule.after, **values})
        return [other if change is rule else change for change in changes]

    return edit


def another(name: str, **values: object) -> Edit:
    """Add a copy of the rule whose ID contains `name`, with other values."""

    def edit(changes: list[ResourceChange]) -> list[ResourceChange]:
        rule = named(changes, name)
        after = {**rule.after, "name": "private-another", **values}
        return [*changes, replace(rule, address="google_compute_firewall.another", after=after)]

    return edit


def denied_first(name: str, protocol: str, **values: object) -> Edit:
    """Add a rule that denies a protocol to the load balancer, just before the allow rule."""
    changed = {"priority": 979, "allow": [], "deny": [{"protocol": protocol}], **values}
    return another(name, **changed)


def without(name: str) -> Edit:
    return lambda changes: [change for change in changes if change is not named(changes, name)]


TCP = [{"protocol": "tcp"}]


def broken(plans: Sequence[Plan], edit: Edit) -> dict[str, str]:
    """The hops that fail after an edit, and why."""
    changes = edit([change for plan in plans for change in plan.changes])
    report = report_of([replace(plans[0], changes=tuple(changes)), *outputs_of(plans)])
    return {
        hop.title: hop.why
        for hops in report.hops.values()
        for hop in hops
        if hop.title in failing(report)
    }


def outputs_of(plans: Sequence[Plan]) -> list[Plan]:
    return [replace(plan, changes=()) for plan in plans[1:]]


IN_BOTH_DIRECTIONS: list[tuple[Callable[[str, str], Edit], str]] = [
    (lambda _, deny: without(deny), "no rule denies"),
    (lambda _, deny: put(deny, disabled=True), "no rule denies"),
    (lambda _, deny: put(deny, deny=TCP), "no rule denies"),
    (lambda _, deny: put(deny, destination_ranges=["10.0.0.0/8"]), "no rule denies"),
    (lambda _, deny: put(deny, target_tags=["other"]), "no rule denies"),
    (lambda _, deny: put(deny, priority=970), "tcp 80 is not allowed"),
    (lambda _, deny: put(deny, priority=980), "tcp 80 is not allowed"),
    (lambda _, deny: another(deny, priority=900, deny=[], allow=TCP), "also allows tcp"),
    (lambda allow, _: without(allow), "tcp 80 is not allowed"),
    (lambda allow, _: put(allow, priority=995), "tcp 80 is not allowed"),
    (
        lambda allow, _: put(allow, allow=[{"protocol": "udp", "ports": ["80"]}]),
        "tcp 80 is not allowed",
    ),
    (
        lambda allow, _: put(allow, allow=[{"protocol": "tcp", "ports": ["80", "22"]}]),
        "also allows tcp 22",
    ),
    (lambda allow, _: put(allow, destination_ranges=["192.168.32.99/32"]), "tcp 80 is not allowed"),
    (lambda allow, _: denied_first(allow, "tcp"), "denies tcp 80 first"),
    (lambda allow, _: denied_first(allow, "all"), "denies tcp 80 first"),
    (lambda allow, _: denied_first(allow, "TCP", priority=980), "denies tcp 80 first"),
    (
        lambda allow, _: denied_first(allow, "tcp", destination_ranges=[], target_tags=[]),
        "denies tcp 80 first",
    ),
    (
        lambda allow, _: another(allow, destination_ranges=["192.168.0.0/16"]),
        "also applies to 192.168.0.0",
    ),
    (lambda allow, _: another(allow, destination_ranges=[]), "also applies to 0.0.0.0/0"),
    (
        lambda allow, _: another(allow, destination_ranges=["0.0.0.0/0"]),
        "also applies to 0.0.0.0/0",
    ),
]


@pytest.mark.parametrize("hop", RULES)
@pytest.mark.parametrize(("edit", "why"), IN_BOTH_DIRECTIONS)
def test_a_wrong_rule_in_one_direction_fails_only_the_hop_of_that_direction(
    day_0_plans: Sequence[Plan], hop: str, edit: Callable[[str, str], Edit], why: str
) -> None:
    failed = broken(day_0_plans, edit(*RULES[hop]))
    assert failed.keys() == {hop}
    assert why in failed[hop]


@pytest.mark.parametrize(
    ("edit", "hop", "why"),
    [
        # With ingress rules of priority 1000, Google opens the VPC to a connector.
        (put("deny_ingress", priority=1001), INGRESS, "comes after the rules with which Google"),
        (put("deny_ingress", source_ranges=["10.8.0.0/29"]), INGRESS, "no rule denies"),
        (put("allow-myapi", source_ranges=["10.9.0.0/28"]), INGRESS, "tcp 80 is not allowed"),
        (
            put("allow-myapi", target_tags=["other"]),
            INGRESS,
            "does not apply to the nodes, which have priv",
        ),
        (
            another("allow-myapi", source_ranges=[], source_tags=["vpc-connector"], allow=TCP),
            INGRESS,
            "also allows tcp",
        ),
        (put("egress-myapi", target_tags=["other"]), EGRESS, "tcp 80 is not allowed"),
        # Google puts this tag on every connector.
        (
            another("egress-myapi", target_tags=["vpc-connector"], allow=TCP),
            EGRESS,
            "also allows tcp",
        ),
        (another("egress-myapi", target_tags=[], allow=TCP), EGRESS, "also allows tcp"),
    ],
)
def test_a_wrong_rule_that_exists_in_only_one_direction_fails_its_hop(
    day_0_plans: Sequence[Plan], edit: Edit, hop: str, why: str
) -> None:
    failed = broken(day_0_plans, edit)
    assert failed.keys() == {hop}
    assert why in failed[hop]


HARMLESS: list[Callable[[str], Edit]] = [
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
def test_a_rule_that_blocks_no_call_is_no_failure(
    day_0_plans: Sequence[Plan], allow: str, rule: Callable[[str], Edit]
) -> None:
    assert broken(day_0_plans, rule(allow)) == {}


@pytest.mark.parametrize(
    "rule",
    [
        another("egress-myapi", target_tags=["other"], destination_ranges=[], allow=TCP),
        another("allow-myapi", source_ranges=["10.100.0.0/16"], target_tags=[], allow=TCP),
        # The implied egress rule of the VPC allows all packets, after all other rules.
        put("deny_egress", priority=65535),
    ],
)
def test_rules_for_packets_of_other_senders_are_ignored(
    day_0_plans: Sequence[Plan], rule: Edit
) -> None:
    assert broken(day_0_plans, rule) == {}


def test_a_rule_that_denies_all_egress_exposes_no_resource(
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

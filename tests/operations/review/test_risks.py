"""Each risk: a change that brings it, and the note that tells it."""

from collections.abc import Callable

import pytest

from operations.review.report import Report
from operations.review.risk import Risk
from tests.fake_cloud.rehearsal import Rehearsal
from tests.line import Table, changed
from tests.operations.review.fixtures import SECOND, report_on, review
from tests.support import Synthesize

PRIVATE = {
    "cluster.control_plane": "private",
    "cluster.authorized_networks": ["10.100.0.0/16"],
}
WIDER = {"cluster.authorized_networks": ["10.0.0.0/8"]}
UNPROTECTED = {"cluster.deletion_protection": False}
EXTRA = {"services[0].extra_source_ranges": ["10.100.0.0/16"]}


@pytest.mark.parametrize(
    ("before", "after", "part", "risk", "reason"),
    [
        ({}, {"connector.name": "another"}, "connector", Risk.HIGH, "connector replaced"),
        (UNPROTECTED, {"cluster.name": "another"}, "cluster", Risk.HIGH, "cluster replaced"),
        ({}, {"services[0].address": "192.168.32.77"}, "network", Risk.HIGH, "address replaced"),
        ({}, {"network.nodes": "192.168.48.0/24"}, "network", Risk.HIGH, "must go first"),
        ({}, {"services[0].name": "other"}, "network", Risk.HIGH, "address destroyed"),
        ({}, {"services[0].name": "other"}, "service", Risk.HIGH, "load balancer taken down"),
        ({}, {"dns.zone": "other.private"}, "dns", Risk.HIGH, "the name is gone"),
        ({}, UNPROTECTED, "cluster", Risk.MEDIUM, "deletion protection lifted"),
        ({}, EXTRA, "service", Risk.MEDIUM, "source ranges widened"),
        (PRIVATE, WIDER, "cluster", Risk.HIGH, "authorized networks widened"),
        ({}, PRIVATE, "cluster", Risk.HIGH, "control plane opened"),
    ],
)
def test_a_risk_is_told(
    deployed: Rehearsal,
    synthesize: Synthesize,
    table: Table,
    before: Table,
    after: Table,
    part: str,
    risk: Risk,
    reason: str,
) -> None:
    if before:
        deployed.take(synthesize(changed(table, before)))
        deployed.succeed("cluster", "apply", "-auto-approve")
    deployed.take(synthesize(changed(table, {**before, **after})))
    assert reason in told(report_on(deployed, part), risk)


def without_source_ranges(stack: Table) -> None:
    del stack["resource"]["kubernetes_service_v1"]["myapi"]["spec"]["load_balancer_source_ranges"]


def without_connector(stack: Table) -> None:
    del stack["resource"]["google_vpc_access_connector"]
    del stack["output"]


def without_nodes(stack: Table) -> None:
    del stack["resource"]["google_container_node_pool"]


def without_cluster(stack: Table) -> None:
    del stack["resource"]["google_container_cluster"]
    del stack["resource"]["google_container_node_pool"]
    del stack["output"]


def with_a_wider_firewall(stack: Table) -> None:
    rules = stack["resource"]["google_compute_firewall"]
    (allow,) = (rule for name, rule in rules.items() if "allow" in name)
    allow["source_ranges"] = ["10.8.0.0/16"]


def without_allow(stack: Table) -> None:
    rules = stack["resource"]["google_compute_firewall"]
    (allow,) = (name for name in rules if "allow" in name)
    del rules[allow]


def with_another_account(stack: Table) -> None:
    stack["resource"]["google_service_account"]["node-account"]["account_id"] = "another"


@pytest.mark.parametrize(
    ("part", "mistake", "risk", "reason"),
    [
        ("service", without_source_ranges, Risk.HIGH, "source ranges taken away"),
        ("connector", without_connector, Risk.HIGH, "connector destroyed"),
        ("cluster", without_cluster, Risk.HIGH, "cluster destroyed"),
        ("cluster", without_nodes, Risk.MEDIUM, "nodes taken down"),
        ("network", with_a_wider_firewall, Risk.MEDIUM, "source ranges widened"),
        ("network", without_allow, Risk.MEDIUM, "is destroyed"),
        ("cluster", with_another_account, Risk.MEDIUM, "another identity"),
    ],
)
def test_a_risk_of_changed_code_is_told(
    deployed: Rehearsal, part: str, mistake: Callable[[Table], None], risk: Risk, reason: str
) -> None:
    deployed.rewrite(part, mistake)
    assert reason in told(report_on(deployed, part), risk)


def told(report: Report, risk: Risk) -> str:
    return "; ".join(note.reason for note in report.notes if note.risk is risk)


def test_nothing_is_told_of_what_only_grows(
    deployed: Rehearsal, synthesize: Synthesize, table: Table
) -> None:
    deployed.take(synthesize(changed(table, {"services": [table["services"][0], SECOND]})))
    seen = review(deployed)
    assert seen.report["notes"] == []
    assert seen.report["worst"] == "low"
    assert seen.status == 0


@pytest.mark.parametrize(("limit", "status"), [("medium", 2), ("high", 0)])
def test_the_exit_status_says_whether_a_risk_reaches_the_limit(
    deployed: Rehearsal, synthesize: Synthesize, table: Table, limit: str, status: int
) -> None:
    deployed.take(synthesize(changed(table, {"cluster.deletion_protection": False})))
    assert review(deployed, "--format", "json", "--fail-on", limit).status == status

"""The risks to the resources that APIs need: the change, the reason, and the next step."""

from collections.abc import Callable

import pytest

from operations.review.risk import Risk
from tests.fake_cloud.cloud import FakeCloud
from tests.line import Table, changed
from tests.operations.review.fixtures import review
from tests.operations.review.recordings import (
    change_of,
    destroy,
    findings,
    only,
    recorded,
    replace,
    reported,
    update,
)
from tests.support import REPORTS, Synthesize

DEPLOY = "`make deploy ENV=dev`"

ALLOW = "google_compute_firewall.allow-myapi"
SERVICE = "kubernetes_service_v1.service-myapi"
ZONE = "google_dns_managed_zone.zone"
CONNECTOR = "google_vpc_access_connector.connector"
CONNECTOR_SUBNET = "google_compute_subnetwork.connector_subnet_B2338848"
NETWORK = "google_compute_network.network"
CLUSTER = "google_container_cluster.cluster"
NODES = "google_container_node_pool.node-pool"
ACCOUNT = "google_service_account.node-account"


@pytest.mark.parametrize(
    ("scenario", "reason", "step"),
    [
        ("connector-range", "connector replaced: ", f"{DEPLOY}, then `gcloud app deploy`"),
        (
            "connector-name",
            "connector replaced by one with another name",
            f"{DEPLOY}, then `make app-yaml ENV=dev APP=path/to/app.yaml` and `gcloud app deploy`",
        ),
    ],
)
def test_after_a_replaced_connector_the_app_is_deployed_again(
    scenario: str, reason: str, step: str
) -> None:
    finding = only(reported(recorded(scenario)))
    assert finding.risk is Risk.HIGH
    assert finding.address == CONNECTOR
    assert reason in finding.reason
    assert finding.next == step


def test_a_connector_that_stays_on_a_replaced_subnet_stops_the_apply() -> None:
    plans = recorded("connector-range")
    change_of(plans, CONNECTOR)["actions"] = ["no-op"]
    finding = only(reported(plans))
    assert finding.risk is Risk.HIGH
    assert finding.address == CONNECTOR_SUBNET
    assert "already being used by" in finding.reason
    assert finding.next.startswith("put `replace_triggered_by` the subnet's id back")


def unprotected(plans: Table) -> None:
    change_of(plans, CLUSTER)["after"]["deletion_protection"] = False
    change_of(plans, CLUSTER)["before"]["deletion_protection"] = False


def replace_cluster(plans: Table) -> None:
    replace(plans, CLUSTER)
    unprotected(plans)


def destroy_cluster(plans: Table) -> None:
    change_of(plans, CLUSTER)["after"]["deletion_protection"] = False
    destroy(plans, CLUSTER)


def replace_protected_cluster(plans: Table) -> None:
    replace(plans, CLUSTER, deletion_protection=False)


def widen_service(plans: Table) -> None:
    (spec,) = change_of(plans, SERVICE)["after"]["spec"]
    ranges = [*spec["load_balancer_source_ranges"], "10.100.0.0/16"]
    update(plans, SERVICE, spec=[{**spec, "load_balancer_source_ranges": ranges}])


def take_source_ranges(plans: Table) -> None:
    (spec,) = change_of(plans, SERVICE)["after"]["spec"]
    update(plans, SERVICE, spec=[{**spec, "load_balancer_source_ranges": []}])


def changing(
    change: Callable[..., None], address: str, **values: object
) -> Callable[[Table], None]:
    return lambda plans: change(plans, address, **values)


@pytest.mark.parametrize(
    ("change", "address", "risk", "reason", "step"),
    [
        (
            changing(destroy, CONNECTOR),
            CONNECTOR,
            Risk.HIGH,
            "connector destroyed",
            "`make app-yaml ENV=dev APP=path/to/app.yaml ARGS=--remove`, `gcloud app deploy`",
        ),
        (
            replace_cluster,
            CLUSTER,
            Risk.HIGH,
            "cluster replaced: everything that runs in it is lost",
            "save the data in its volumes",
        ),
        (destroy_cluster, CLUSTER, Risk.HIGH, "cluster destroyed: everything", "save the data"),
        (
            replace_protected_cluster,
            CLUSTER,
            Risk.HIGH,
            "before `deletion_protection = false` is applied: the node pool is destroyed, then",
            "undo the change, set `deletion_protection = false` and run",
        ),
        (
            changing(replace, NETWORK),
            NETWORK,
            Risk.HIGH,
            "other resources use it: the apply stops",
            "undo the change and destroy the environment",
        ),
        (changing(destroy, NODES), NODES, Risk.MEDIUM, "nodes destroyed", DEPLOY),
        (changing(replace, ACCOUNT), ACCOUNT, Risk.MEDIUM, "another identity", DEPLOY),
        (changing(destroy, ALLOW), ALLOW, Risk.MEDIUM, "is destroyed", DEPLOY),
        (
            changing(update, CLUSTER, deletion_protection=False),
            CLUSTER,
            Risk.MEDIUM,
            "deletion protection turned off",
            DEPLOY,
        ),
        (
            changing(update, ALLOW, source_ranges=["10.8.0.0/16"]),
            ALLOW,
            Risk.MEDIUM,
            "source ranges widened",
            DEPLOY,
        ),
        (widen_service, SERVICE, Risk.MEDIUM, "source ranges widened", DEPLOY),
        (
            take_source_ranges,
            SERVICE,
            Risk.HIGH,
            "source ranges removed",
            "put `load_balancer_source_ranges` back on the Service",
        ),
    ],
)
def test_a_risk_has_a_next_step(
    change: Callable[[Table], None], address: str, risk: Risk, reason: str, step: str
) -> None:
    plans = recorded("untouched")
    change(plans)
    at_risk = [finding for finding in findings(reported(plans), address) if finding.risk is risk]
    assert [
        finding for finding in at_risk if reason in finding.reason and finding.next.startswith(step)
    ]


def test_a_wider_deny_rule_is_no_risk() -> None:
    plans = recorded("untouched")
    deny = "google_compute_firewall.connector_deny_ingress_7207739A"
    update(plans, deny, source_ranges=["10.8.0.0/16"])
    assert reported(plans).findings == []


def test_another_access_to_the_control_plane_is_reported() -> None:
    reasons = [
        finding.reason for finding in findings(reported(recorded("access-private")), CLUSTER)
    ]
    assert len(reasons) == 2
    assert "authorized networks widened" in str(reasons)
    assert "control plane opened" in str(reasons)


def test_every_risk_has_a_next_step() -> None:
    plans = recorded("remove")
    destroy(plans, NODES)
    destroy(plans, ZONE)
    destroy(plans, "google_compute_firewall.connector_deny_egress_E303C4A8")
    report = reported(plans)
    assert {finding.risk for finding in report.findings} == {Risk.BROKEN, Risk.HIGH, Risk.MEDIUM}
    assert [finding for finding in report.findings if not finding.next or "{" in finding.next] == []
    assert all("`" in finding.next for finding in report.findings)


def test_an_added_service_is_no_risk(
    deployed: FakeCloud, synthesize: Synthesize, table: Table
) -> None:
    deployed.take(synthesize(changed(table, {"services": [table["services"][0], REPORTS]})))
    seen = review(deployed)
    assert seen.report["findings"] == []
    assert seen.report["worst"] == "low"
    assert {change["stack"] for change in seen.report["changes"]} == {"dev-service", "dev-dns"}
    assert seen.status == 0


@pytest.mark.parametrize(("limit", "status"), [("medium", 2), ("high", 0)])
def test_the_exit_status_says_whether_a_risk_reaches_the_limit(
    deployed: FakeCloud, synthesize: Synthesize, table: Table, limit: str, status: int
) -> None:
    deployed.take(synthesize(changed(table, {"cluster.deletion_protection": False})))
    assert review(deployed, "--format", "json", "--fail-on", limit).status == status

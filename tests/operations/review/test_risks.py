"""Each risk: the change that brings it, why it is one, and what comes next."""

from collections.abc import Callable

import pytest

from operations.review.report import Report
from operations.review.risk import Note, Risk
from tests.fake_cloud.rehearsal import Rehearsal
from tests.line import Table, changed
from tests.operations.review.fixtures import SECOND, report_on, review
from tests.operations.review.recordings import (
    change_of,
    destroy,
    recorded,
    replace,
    reported,
    update,
)
from tests.support import Synthesize

DEPLOY = "`cdktf deploy 'dev-*'`"
QUIET = f"{DEPLOY}, when callers can do without it for some minutes"

ADDRESS = "google_compute_address.address-myapi"
ALLOW = "google_compute_firewall.allow-myapi"
SERVICE = "kubernetes_service_v1.service-myapi"
RECORD = "google_dns_record_set.record-my"
ZONE = "google_dns_managed_zone.zone"
CONNECTOR = "google_vpc_access_connector.connector"
CONNECTOR_SUBNET = "google_compute_subnetwork.connector_subnet_B2338848"
NETWORK = "google_compute_network.network"
CLUSTER = "google_container_cluster.cluster"
NODES = "google_container_node_pool.node-pool"
ACCOUNT = "google_service_account.node-account"


def only(report: Report) -> Note:
    """The only note of a report."""
    (note,) = report.notes
    return note


def notes(report: Report, address: str) -> list[Note]:
    """The notes on a resource."""
    return [note for note in report.notes if note.address == address]


def test_a_removed_api_is_told_by_the_name_that_callers_use() -> None:
    note = only(reported(recorded("remove")))
    assert note.risk is Risk.HIGH
    assert (note.stack, note.address) == ("dev-service", "kubernetes_service_v1.service-reports")
    assert "whoever still calls reports.api.private gets no answer" in note.reason
    assert "the name resolves until dev-dns is applied" in note.reason
    assert "up to 300 s after that" in note.reason
    assert note.next == f"make sure that nobody calls reports.api.private, then {DEPLOY}"


def test_another_fixed_address_is_an_outage_of_its_api_with_the_reason() -> None:
    note = only(reported(recorded("fixed-address")))
    assert note.risk is Risk.HIGH
    assert note.address == SERVICE
    assert "outage of myapi: its address changes from 192.168.32.2 to 192.168.32.10" in note.reason
    assert "until the new load balancer is there and dev-dns is applied" in note.reason
    assert "up to 300 s" in note.reason
    assert note.next == QUIET


def test_a_rename_with_was_is_an_outage_and_shown_as_a_rename() -> None:
    report = reported(recorded("rename-with-was"))
    note = only(report)
    assert note.risk is Risk.HIGH
    assert "outage of orders: it is renamed from myapi" in note.reason
    assert "calls to my.api.private fail until the new load balancer is there" in note.reason
    assert "300 s" not in note.reason, "its record does not change"
    assert note.next == QUIET
    assert {one.moved_from.rpartition("-")[2] for one in report.changes("dev-service")} == {"myapi"}


def test_a_rename_without_was_that_keeps_a_fixed_address_asks_for_was() -> None:
    note = only(reported(recorded("rename-fixed-without-was")))
    assert note.risk is Risk.HIGH
    assert note.address == "google_compute_address.address-orders"
    assert "orders asks for 192.168.32.10, which myapi gives up in the same plan" in note.reason
    assert "calls to my.api.private fail" in note.reason
    assert 'set `was = "myapi"` on services[orders] in `environments/dev.toml`' in note.next
    assert DEPLOY in note.next


def test_two_apis_that_swap_fixed_addresses_are_deployed_one_after_the_other() -> None:
    plans = recorded("rename-with-was")
    orders, reports = (f"google_compute_address.address-{key}" for key in ("orders", "reports"))
    change_of(plans, orders)["after"]["address"] = "192.168.32.3"
    replace(plans, reports, address="192.168.32.10")
    replace(plans, "kubernetes_service_v1.service-reports")
    report = reported(plans)
    (note,) = notes(report, reports)
    assert "reports asks for 192.168.32.10, which orders gives up" in note.reason
    assert note.next == f"change orders alone first and run {DEPLOY}, then reports and {DEPLOY}"
    assert notes(report, orders)
    assert notes(report, "kubernetes_service_v1.service-reports"), "an outage all the same"


@pytest.mark.parametrize("actions", [["no-op"], ["update"]])
@pytest.mark.parametrize("change", [replace, destroy])
def test_an_address_that_goes_while_its_service_stays_stops_the_apply(
    actions: list[str], change: Callable[[Table, str], None]
) -> None:
    plans = recorded("untouched")
    change(plans, ADDRESS)
    update(plans, SERVICE)
    change_of(plans, SERVICE)["actions"] = actions
    (note,) = notes(reported(plans), ADDRESS)
    assert note.risk is Risk.HIGH
    assert 'the apply stops ("already being used by")' in note.reason
    assert "calls to my.api.private" in note.reason
    assert note.next.startswith("put `replace_triggered_by` the address back on the Service")
    assert "remove the Service in the same plan" in note.next
    assert note.next.endswith(DEPLOY)


def test_an_address_without_a_load_balancer_stops_nothing() -> None:
    plans = recorded("remove")
    change_of(plans, "kubernetes_service_v1.service-reports").update(before=None, actions=["no-op"])
    (note,) = notes(reported(plans), "google_compute_address.address-reports")
    assert "anybody may get it next" in note.reason


@pytest.mark.parametrize(
    ("scenario", "reason", "step"),
    [
        ("connector-range", "connector replaced: ", f"{DEPLOY}, then `gcloud app deploy`"),
        (
            "connector-name",
            "connector replaced by one of another name",
            f"{DEPLOY}, then `make app-yaml ENV=dev APP=path/to/app.yaml` and `gcloud app deploy`",
        ),
    ],
)
def test_after_a_replaced_connector_the_app_is_deployed_again(
    scenario: str, reason: str, step: str
) -> None:
    note = only(reported(recorded(scenario)))
    assert note.risk is Risk.HIGH
    assert note.address == CONNECTOR
    assert reason in note.reason
    assert note.next == step


def test_a_connector_that_stays_on_a_replaced_subnet_stops_the_apply() -> None:
    plans = recorded("connector-range")
    change_of(plans, CONNECTOR)["actions"] = ["no-op"]
    note = only(reported(plans))
    assert note.risk is Risk.HIGH
    assert note.address == CONNECTOR_SUBNET
    assert "already being used by" in note.reason
    assert note.next.startswith("put `replace_triggered_by` the subnet's range back")


def test_another_zone_changes_every_name_and_so_every_caller() -> None:
    note = only(reported(recorded("zone")))
    assert note.risk is Risk.HIGH
    assert note.address == ZONE
    assert "every name changes from .api.private to .internal.private" in note.reason
    assert "my.api.private resolves no more" in note.reason
    assert note.next == f"run {DEPLOY}, then change every caller to the new name and deploy it"


def test_apis_that_swap_hosts_are_told_with_the_time_for_which_callers_keep_the_old() -> None:
    plans = recorded("rename-with-was")
    reports = "google_dns_record_set.record-reports"
    update(plans, RECORD, rrdatas=["192.168.32.3"])
    update(plans, reports, rrdatas=["192.168.32.10"])
    change_of(plans, reports)["before"] = {**change_of(plans, reports)["before"], "ttl": 120}
    (note,) = notes(reported(plans), reports)
    assert note.risk is Risk.MEDIUM
    assert note.reason == (
        "reports.api.private moves from 192.168.32.3 to 192.168.32.10: callers keep the old address"
        " for up to 120 s"
    )
    assert note.next == DEPLOY


def test_a_name_that_goes_without_its_api_is_told() -> None:
    plans = recorded("untouched")
    destroy(plans, RECORD)
    (note,) = notes(reported(plans), RECORD)
    assert note.risk is Risk.HIGH
    assert "calls fail within 300 s" in note.reason
    assert note.next == f"make sure that nobody calls my.api.private, then run {DEPLOY}"


def test_the_names_of_a_destroyed_zone_are_told_with_it() -> None:
    plans = recorded("untouched")
    destroy(plans, ZONE)
    destroy(plans, RECORD)
    report = reported(plans)
    (note,) = notes(report, ZONE)
    assert "my.api.private resolves no more" in note.reason
    assert notes(report, RECORD) == []


def test_a_renamed_api_of_another_address_takes_the_name_over(
    deployed: Rehearsal, synthesize: Synthesize, table: Table
) -> None:
    deployed.take(synthesize(changed(table, {"services[0].name": "orders"})))
    note = only(report_on(deployed, "dns"))
    assert note.risk is Risk.HIGH
    assert note.address == SERVICE
    assert "my.api.private goes from myapi to orders" in note.reason
    assert "until dev-dns is applied" in note.reason
    assert "up to 300 s" in note.reason
    assert note.next == QUIET


def test_another_host_is_told_with_the_new_name(
    deployed: Rehearsal, synthesize: Synthesize, table: Table
) -> None:
    deployed.take(synthesize(changed(table, {"services[0].host": "your"})))
    note = only(report_on(deployed, "dns"))
    assert note.risk is Risk.HIGH
    assert note.reason == (
        "my.api.private becomes your.api.private: callers of my.api.private fail within 300 s"
    )
    assert note.next == (
        f"run {DEPLOY}, then change every caller to your.api.private and deploy it"
    )


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
            "take `vpc_access_connector` out of app.yaml, `gcloud app deploy`",
        ),
        (
            replace_cluster,
            CLUSTER,
            Risk.HIGH,
            "cluster replaced: everything that runs in it is lost",
            "save what its volumes hold",
        ),
        (destroy_cluster, CLUSTER, Risk.HIGH, "cluster destroyed: everything", "save what"),
        (
            replace_protected_cluster,
            CLUSTER,
            Risk.HIGH,
            "before `deletion_protection = false` is applied: the node pool is destroyed, then",
            "take the change back, set `deletion_protection = false` and run",
        ),
        (
            changing(replace, NETWORK),
            NETWORK,
            Risk.HIGH,
            "everything else is in it: the apply stops",
            "take the change back, set `deletion_protection = false` and run",
        ),
        (changing(destroy, NODES), NODES, Risk.MEDIUM, "nodes taken down", DEPLOY),
        (changing(replace, ACCOUNT), ACCOUNT, Risk.MEDIUM, "another identity", DEPLOY),
        (changing(destroy, ALLOW), ALLOW, Risk.MEDIUM, "is destroyed", DEPLOY),
        (
            changing(update, CLUSTER, deletion_protection=False),
            CLUSTER,
            Risk.MEDIUM,
            "deletion protection lifted",
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
            "source ranges taken away",
            "put `load_balancer_source_ranges` back on the Service",
        ),
    ],
)
def test_a_risk_is_told_with_what_comes_next(
    change: Callable[[Table], None], address: str, risk: Risk, reason: str, step: str
) -> None:
    plans = recorded("untouched")
    change(plans)
    told = [note for note in notes(reported(plans), address) if note.risk is risk]
    assert [note for note in told if reason in note.reason and note.next.startswith(step)]


def test_a_deny_that_denies_more_opens_nothing() -> None:
    plans = recorded("untouched")
    deny = "google_compute_firewall.connector_deny_ingress_7207739A"
    update(plans, deny, source_ranges=["10.8.0.0/16"])
    assert reported(plans).notes == []


def test_a_control_plane_that_is_reached_in_another_way_is_told() -> None:
    reasons = [note.reason for note in notes(reported(recorded("access-private")), CLUSTER)]
    assert len(reasons) == 2
    assert "authorized networks widened" in str(reasons)
    assert "control plane opened" in str(reasons)


def test_every_risk_says_what_comes_next() -> None:
    plans = recorded("remove")
    destroy(plans, NODES)
    destroy(plans, ZONE)
    destroy(plans, "google_compute_firewall.connector_deny_egress_E303C4A8")
    report = reported(plans)
    assert {note.risk for note in report.notes} == {Risk.BROKEN, Risk.HIGH, Risk.MEDIUM}
    assert [note for note in report.notes if not note.next or "{" in note.next] == []
    assert all("`" in note.next for note in report.notes)


def test_nothing_is_told_of_what_only_grows(
    deployed: Rehearsal, synthesize: Synthesize, table: Table
) -> None:
    deployed.take(synthesize(changed(table, {"services": [table["services"][0], SECOND]})))
    seen = review(deployed)
    assert seen.report["notes"] == []
    assert seen.report["worst"] == "low"
    assert {change["stack"] for change in seen.report["changes"]} == {"dev-service", "dev-dns"}
    assert seen.status == 0


@pytest.mark.parametrize(("limit", "status"), [("medium", 2), ("high", 0)])
def test_the_exit_status_says_whether_a_risk_reaches_the_limit(
    deployed: Rehearsal, synthesize: Synthesize, table: Table, limit: str, status: int
) -> None:
    deployed.take(synthesize(changed(table, {"cluster.deletion_protection": False})))
    assert review(deployed, "--format", "json", "--fail-on", limit).status == status

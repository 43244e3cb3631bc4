"""The risks to APIs and their names: the reason, and the next step."""

from collections.abc import Callable

import pytest

from operations.review.risk import Risk
from tests.fake_cloud.cloud import FakeCloud
from tests.line import Table, changed
from tests.operations.review.fixtures import report_on
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
from tests.support import Synthesize

DEPLOY = "`make deploy ENV=dev`"
QUIET = f"{DEPLOY}, when callers tolerate an outage of a few minutes"

ADDRESS = "google_compute_address.address-myapi"
SERVICE = "kubernetes_service_v1.service-myapi"
RECORD = "google_dns_record_set.record-my"
ZONE = "google_dns_managed_zone.zone"


def test_a_removed_api_is_reported_by_its_dns_name() -> None:
    finding = only(reported(recorded("remove")))
    assert finding.risk is Risk.HIGH
    assert (finding.stack, finding.address) == (
        "dev-service",
        "kubernetes_service_v1.service-reports",
    )
    assert "calls to reports.api.private fail" in finding.reason
    assert "the name resolves until dev-dns is applied" in finding.reason
    assert "up to 300 s after that" in finding.reason
    assert finding.next == f"make sure that nobody calls reports.api.private, then {DEPLOY}"


def test_a_new_fixed_address_is_an_outage_with_the_reason() -> None:
    finding = only(reported(recorded("fixed-address")))
    assert finding.risk is Risk.HIGH
    assert finding.address == SERVICE
    assert (
        "outage of myapi: its address changes from 192.168.32.2 to 192.168.32.10" in finding.reason
    )
    assert "until the new load balancer is ready and dev-dns is applied" in finding.reason
    assert "up to 300 s" in finding.reason
    assert finding.next == QUIET


@pytest.mark.parametrize("ip", ["", None])
def test_an_api_that_has_no_address_yet_changes_none(ip: str | None) -> None:
    plans = recorded("fixed-address")
    change_of(plans, SERVICE)["before"]["spec"][0]["load_balancer_ip"] = ip
    (finding,) = findings(reported(plans), SERVICE)
    assert "outage of myapi: its Service is replaced, so" in finding.reason


def test_a_rename_with_was_is_an_outage_and_shown_as_a_rename() -> None:
    report = reported(recorded("rename-with-was"))
    finding = only(report)
    assert finding.risk is Risk.HIGH
    assert "outage of orders: it is renamed from myapi" in finding.reason
    assert "calls to my.api.private fail until the new load balancer is ready" in finding.reason
    assert "300 s" not in finding.reason, "its record does not change"
    assert finding.next == QUIET
    assert {change.moved_from.rpartition("-")[2] for change in report.changes("dev-service")} == {
        "myapi"
    }


def test_a_rename_without_was_that_keeps_a_fixed_address_asks_for_was() -> None:
    finding = only(reported(recorded("rename-fixed-without-was")))
    assert finding.risk is Risk.HIGH
    assert finding.address == "google_compute_address.address-orders"
    assert "orders requests 192.168.32.10, which myapi releases in the same plan" in finding.reason
    assert "calls to my.api.private fail" in finding.reason
    assert 'set `was = "myapi"` on services[orders] in `environments/dev.toml`' in finding.next
    assert DEPLOY in finding.next


def test_two_apis_that_swap_fixed_addresses_are_deployed_one_after_the_other() -> None:
    plans = recorded("rename-with-was")
    orders, reports = (f"google_compute_address.address-{key}" for key in ("orders", "reports"))
    change_of(plans, orders)["after"]["address"] = "192.168.32.3"
    replace(plans, reports, address="192.168.32.10")
    replace(plans, "kubernetes_service_v1.service-reports")
    report = reported(plans)
    (finding,) = findings(report, reports)
    assert "reports requests 192.168.32.10, which orders releases" in finding.reason
    assert finding.next == f"give orders a third address first and run {DEPLOY}, then swap"
    assert findings(report, orders)
    assert findings(report, "kubernetes_service_v1.service-reports"), "an outage all the same"


@pytest.mark.parametrize(("changes", "risk"), [({}, Risk.LOW), ({"name": "orders"}, Risk.MEDIUM)])
def test_a_was_that_names_no_deployed_api_is_reported(
    changes: Table, risk: Risk, deployed: FakeCloud, synthesize: Synthesize, table: Table
) -> None:
    first = {**table["services"][0], **changes}
    second = {**first, "name": "billing", "host": "billing", "was": "reprots"}
    deployed.take(synthesize(changed(table, {"services": [first, second]})))
    address = "kubernetes_service_v1.service-billing"
    (finding,) = findings(report_on(deployed, "service"), address)
    assert finding.risk is risk
    assert '`was = "reprots"` names no deployed API' in finding.reason
    assert finding.next.startswith("correct it in `environments/dev.toml`, or remove it")


def test_an_address_that_moves_to_another_api_is_released_first() -> None:
    plans = recorded("rename-with-was")
    orders, reports = (f"google_compute_address.address-{key}" for key in ("orders", "reports"))
    change_of(plans, orders)["after"]["address"] = "192.168.32.77"
    replace(plans, reports, address="192.168.32.10")
    replace(plans, "kubernetes_service_v1.service-reports")
    (finding,) = findings(reported(plans), reports)
    assert finding.next == f"change orders alone first and run {DEPLOY}, then reports and {DEPLOY}"


@pytest.mark.parametrize("keeps", ["192.168.32.3", "192.168.32.10"])
def test_an_address_that_another_api_keeps_stops_the_apply(keeps: str) -> None:
    plans = recorded("second-service")
    mine = change_of(plans, ADDRESS)
    mine["after"] = {**mine["after"], "address": keeps}
    other = change_of(plans, "google_compute_address.address-reports")
    other["after"] = {**other["after"], "address": keeps}
    other["after_unknown"].pop("address", None)
    (finding,) = findings(reported(plans), "google_compute_address.address-reports")
    assert finding.risk is Risk.HIGH
    assert f"reports requests {keeps}, which myapi keeps: the apply stops" in finding.reason


def test_a_closed_port_is_reported() -> None:
    finding = only(reported(recorded("another-port")))
    assert finding.risk is Risk.LOW
    assert "my.api.private no longer answers on TCP 80" in finding.reason


def test_another_namespace_must_exist_before_the_load_balancer_is_destroyed() -> None:
    plans = recorded("fixed-address")
    service = change_of(plans, SERVICE)
    service["after"]["metadata"][0]["namespace"] = "apis"
    finding = only(reported(plans))
    assert "it moves from namespace default to apis, which must exist" in finding.reason
    assert finding.next == f"`kubectl create namespace apis`, unless it exists; then {QUIET}"


def test_changing_ranges_that_a_cluster_uses_stops_the_apply() -> None:
    plans = recorded("untouched")
    subnet = "google_compute_subnetwork.network_nodes_63EB1868"
    ranges = change_of(plans, subnet)["after"]["secondary_ip_range"]
    moved = [{**ranges[0], "ip_cidr_range": "10.64.0.0/14"}, *ranges[1:]]
    update(plans, subnet, secondary_ip_range=moved)
    (finding,) = findings(reported(plans), subnet)
    assert finding.risk is Risk.HIGH
    assert "Google rejects that, and the apply stops" in finding.reason


@pytest.mark.parametrize("actions", [["no-op"], ["update"]])
@pytest.mark.parametrize("change", [replace, destroy])
def test_destroying_an_address_whose_service_stays_stops_the_apply(
    actions: list[str], change: Callable[[Table, str], None]
) -> None:
    plans = recorded("untouched")
    change(plans, ADDRESS)
    update(plans, SERVICE)
    change_of(plans, SERVICE)["actions"] = actions
    (finding,) = findings(reported(plans), ADDRESS)
    assert finding.risk is Risk.HIGH
    assert 'the apply stops ("already being used by")' in finding.reason
    assert "calls to my.api.private" in finding.reason
    assert finding.next.startswith("put `replace_triggered_by` the address back on the Service")
    assert "remove the Service in the same plan" in finding.next
    assert finding.next.endswith(DEPLOY)


def test_an_address_without_a_load_balancer_stops_nothing() -> None:
    plans = recorded("remove")
    change_of(plans, "kubernetes_service_v1.service-reports").update(before=None, actions=["no-op"])
    (finding,) = findings(reported(plans), "google_compute_address.address-reports")
    assert "another resource may get it" in finding.reason


def test_another_zone_changes_every_name_and_so_every_caller() -> None:
    finding = only(reported(recorded("zone")))
    assert finding.risk is Risk.HIGH
    assert finding.address == ZONE
    assert "every name changes from .api.private to .internal.private" in finding.reason
    assert "my.api.private no longer resolves" in finding.reason
    assert finding.next == f"run {DEPLOY}, then change every caller to the new name and deploy it"


def test_a_swap_of_hosts_is_reported_with_the_ttl_of_the_old_address() -> None:
    plans = recorded("rename-with-was")
    reports = "google_dns_record_set.record-reports"
    update(plans, RECORD, rrdatas=["192.168.32.3"])
    update(plans, reports, rrdatas=["192.168.32.10"])
    change_of(plans, reports)["before"] = {**change_of(plans, reports)["before"], "ttl": 120}
    (finding,) = findings(reported(plans), reports)
    assert finding.risk is Risk.MEDIUM
    assert finding.reason == (
        "reports.api.private moves from 192.168.32.3 to 192.168.32.10: callers keep the old address"
        " for up to 120 s"
    )
    assert finding.next == DEPLOY


def test_a_destroyed_name_of_an_api_that_stays_is_reported() -> None:
    plans = recorded("untouched")
    destroy(plans, RECORD)
    (finding,) = findings(reported(plans), RECORD)
    assert finding.risk is Risk.HIGH
    assert "calls fail within 300 s" in finding.reason
    assert finding.next == f"make sure that nobody calls my.api.private, then run {DEPLOY}"


def test_the_names_of_a_destroyed_zone_are_reported_with_the_zone() -> None:
    plans = recorded("untouched")
    destroy(plans, ZONE)
    destroy(plans, RECORD)
    report = reported(plans)
    (finding,) = findings(report, ZONE)
    assert "my.api.private no longer resolves" in finding.reason
    assert findings(report, RECORD) == []


def test_a_renamed_api_with_another_address_takes_over_the_name(
    deployed: FakeCloud, synthesize: Synthesize, table: Table
) -> None:
    deployed.take(synthesize(changed(table, {"services[0].name": "orders"})))
    finding = only(report_on(deployed, "dns"))
    assert finding.risk is Risk.HIGH
    assert finding.address == SERVICE
    assert "my.api.private moves from myapi to orders" in finding.reason
    assert "until dev-dns is applied" in finding.reason
    assert "up to 300 s" in finding.reason
    assert finding.next == QUIET


def test_another_host_is_reported_with_the_new_name(
    deployed: FakeCloud, synthesize: Synthesize, table: Table
) -> None:
    deployed.take(synthesize(changed(table, {"services[0].host": "your"})))
    finding = only(report_on(deployed, "dns"))
    assert finding.risk is Risk.HIGH
    assert finding.reason == (
        "my.api.private becomes your.api.private: callers of my.api.private fail within 300 s"
    )
    assert finding.next == (
        f"run {DEPLOY}, then change every caller to your.api.private and deploy it"
    )

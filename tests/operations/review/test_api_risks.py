"""What happens to APIs and their names: why it is a risk, and what comes next."""

from collections.abc import Callable

import pytest

from operations.review.risk import Risk
from tests.fake_cloud.rehearsal import Rehearsal
from tests.line import Table, changed
from tests.operations.review.fixtures import report_on
from tests.operations.review.recordings import (
    change_of,
    destroy,
    notes,
    only,
    recorded,
    replace,
    reported,
    update,
)
from tests.support import Synthesize

DEPLOY = "`make deploy ENV=dev`"
QUIET = f"{DEPLOY}, when callers can do without it for some minutes"

ADDRESS = "google_compute_address.address-myapi"
SERVICE = "kubernetes_service_v1.service-myapi"
RECORD = "google_dns_record_set.record-my"
ZONE = "google_dns_managed_zone.zone"


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
    assert note.next == f"give orders a third address first and run {DEPLOY}, then swap"
    assert notes(report, orders)
    assert notes(report, "kubernetes_service_v1.service-reports"), "an outage all the same"


@pytest.mark.parametrize(("changes", "risk"), [({}, Risk.LOW), ({"name": "orders"}, Risk.MEDIUM)])
def test_a_was_that_names_nothing_is_told(
    changes: Table, risk: Risk, deployed: Rehearsal, synthesize: Synthesize, table: Table
) -> None:
    first = {**table["services"][0], **changes}
    second = {**first, "name": "billing", "host": "billing", "was": "reprots"}
    deployed.take(synthesize(changed(table, {"services": [first, second]})))
    address = "kubernetes_service_v1.service-billing"
    (note,) = notes(report_on(deployed, "service"), address)
    assert note.risk is risk
    assert '`was = "reprots"` names nothing that is deployed' in note.reason
    assert note.next.startswith("correct it in `environments/dev.toml`, or remove it")


def test_an_address_that_moves_on_is_given_up_first() -> None:
    plans = recorded("rename-with-was")
    orders, reports = (f"google_compute_address.address-{key}" for key in ("orders", "reports"))
    change_of(plans, orders)["after"]["address"] = "192.168.32.77"
    replace(plans, reports, address="192.168.32.10")
    replace(plans, "kubernetes_service_v1.service-reports")
    (note,) = notes(reported(plans), reports)
    assert note.next == f"change orders alone first and run {DEPLOY}, then reports and {DEPLOY}"


@pytest.mark.parametrize("keeps", ["192.168.32.3", "192.168.32.10"])
def test_an_address_that_another_api_keeps_is_not_to_be_had(keeps: str) -> None:
    plans = recorded("second-service")
    mine = change_of(plans, ADDRESS)
    mine["after"] = {**mine["after"], "address": keeps}
    other = change_of(plans, "google_compute_address.address-reports")
    other["after"] = {**other["after"], "address": keeps}
    other["after_unknown"].pop("address", None)
    (note,) = notes(reported(plans), "google_compute_address.address-reports")
    assert note.risk is Risk.HIGH
    assert f"reports asks for {keeps}, which myapi keeps: the apply stops" in note.reason


def test_callers_of_a_port_that_closes_are_named() -> None:
    note = only(reported(recorded("another-port")))
    assert note.risk is Risk.LOW
    assert "my.api.private answers no more at TCP 80" in note.reason


def test_another_namespace_must_exist_before_the_load_balancer_goes() -> None:
    plans = recorded("fixed-address")
    service = change_of(plans, SERVICE)
    service["after"]["metadata"][0]["namespace"] = "apis"
    note = only(reported(plans))
    assert "it moves from namespace default to apis, which must exist" in note.reason
    assert note.next == f"`kubectl create namespace apis`, unless it exists; then {QUIET}"


def test_ranges_that_a_cluster_is_in_are_not_changed() -> None:
    plans = recorded("untouched")
    subnet = "google_compute_subnetwork.network_nodes_63EB1868"
    ranges = change_of(plans, subnet)["after"]["secondary_ip_range"]
    moved = [{**ranges[0], "ip_cidr_range": "10.64.0.0/14"}, *ranges[1:]]
    update(plans, subnet, secondary_ip_range=moved)
    (note,) = notes(reported(plans), subnet)
    assert note.risk is Risk.HIGH
    assert "Google rejects that, and the apply stops" in note.reason


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

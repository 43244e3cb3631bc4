"""What a review tells of a new line, of one at rest, and of one that others changed."""

import os
from pathlib import Path

import pytest

from operations.review.render import render
from tests.fake_cloud.google.rules import TOKEN
from tests.fake_cloud.google.world import opened
from tests.fake_cloud.rehearsal import Rehearsal
from tests.line import ACCESSES, STACKS, Table, changed
from tests.operations.review.fixtures import review
from tests.operations.review.recordings import recorded, reported
from tests.support import DEV_TABLE, REPORTS, Synthesize

FIRST: Table = DEV_TABLE["services"][0]


def written(folder: Path) -> dict[str, bytes]:
    return {
        os.fspath(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_all_stacks_of_a_new_line_are_planned_and_every_hop_holds(day_0: Rehearsal) -> None:
    seen = review(day_0)
    assert seen.status == 0, seen.stderr
    assert seen.report["verdict"] == "dev: 24 new; worst risk: low"
    assert {change["stack"] for change in seen.report["changes"]} == {f"dev-{p}" for p in STACKS}
    assert len(seen.hops("holds")) == 7
    assert seen.hops("fails") == seen.hops("not known before the apply") == {}
    assert seen.report["notes"] == []


def test_a_review_writes_nothing_where_an_apply_would_find_it(day_0: Rehearsal) -> None:
    before = written(day_0.folder)
    review(day_0)
    assert written(day_0.folder) == before


@pytest.mark.parametrize(
    "changes",
    [
        *({"cluster.control_plane": access, **more} for access, more in ACCESSES.items()),
        {"network.nat": True, "enable_apis": False, "cluster.location": "asia-northeast1-a"},
        {"services[0].ports[0].protocol": "UDP", "app_engine.location": "us-central"},
        {"services": [{**FIRST, "address": "192.168.32.10"}, REPORTS]},
        {"services": [FIRST, {**REPORTS, "extra_source_ranges": ["10.100.0.0/16"]}]},
        {"services": [FIRST, {**REPORTS, "namespace": "apis"}], "cluster.namespaces": ["apis"]},
    ],
    ids=["dns", "private", "public", "nat in a zone", "udp from afar", "fixed", "extra", "apis"],
)
def test_the_first_day_of_every_kind_of_line_is_harmless(
    rehearsal: Rehearsal, synthesize: Synthesize, table: Table, changes: Table
) -> None:
    settings = changed(table, changes)
    rehearsal.take(synthesize(settings))
    seen = review(rehearsal)
    assert seen.status == 0, seen.stderr
    assert seen.report["worst"] == "low"
    assert seen.hops("fails") == seen.hops("not known before the apply") == {}
    assert [len(hops) for hops in seen.report["path"].values()] == [7] * len(settings["services"])


def test_what_exists_already_is_taken_from_its_state(day_0: Rehearsal) -> None:
    day_0.deploy("network", "cluster")
    seen = review(day_0)
    assert seen.status == 0, seen.stderr
    assert {change["stack"] for change in seen.report["changes"]} == {
        "dev-connector",
        "dev-service",
        "dev-dns",
    }
    assert len(seen.hops("holds")) == 7


def test_after_a_deploy_there_is_nothing_to_review(deployed: Rehearsal) -> None:
    seen = review(deployed)
    assert seen.status == 0, seen.stderr
    assert seen.report["verdict"] == "dev: nothing to do"
    assert seen.report["changes"] == seen.report["drift"] == seen.report["notes"] == []
    assert len(seen.hops("holds")) == 7
    assert {one["action"] for one in seen.report["picture"]["way"]} == {"kept"}


def test_what_others_changed_is_told_apart_from_what_is_proposed(deployed: Rehearsal) -> None:
    with opened(deployed.folder / "world.json") as world:
        (record,) = world.all("google_dns_record_set")
        record["ttl"] = 5
    seen = review(deployed)
    (drift,) = seen.report["drift"]
    assert drift["stack"] == "dev-dns"
    assert drift["details"] == ["ttl: 300 → 5"]
    (change,) = seen.report["changes"]
    assert change["details"] == ["ttl: 5 → 300"]


@pytest.mark.parametrize("form", ["md", "html", "json"])
def test_no_format_shows_what_is_secret(
    deployed: Rehearsal, synthesize: Synthesize, table: Table, form: str
) -> None:
    private = {"cluster.control_plane": "private", **ACCESSES["private"]}
    deployed.take(synthesize(changed(table, private)))
    (cluster,) = deployed.world.all("google_container_cluster")
    certificate = cluster["master_auth"][0]["cluster_ca_certificate"]
    seen = review(deployed, "--format", form)
    assert "private-cluster" in seen.stdout
    assert "control_plane_endpoints_config" in seen.stdout
    assert TOKEN not in seen.stdout
    assert certificate not in seen.stdout


@pytest.mark.parametrize(
    ("form", "shown"),
    [
        ("md", "| risk | where | why | next |\n"),
        ("md", " | `make deploy ENV=dev`, when callers can do without it for some minutes |\n"),
        ("html", "<th>risk</th><th>why</th><th>next</th>"),
        ("html", "<td><code>make deploy ENV=dev</code>, when callers can do without it"),
        ("json", '"next": "`make deploy ENV=dev`, when callers can do without it for'),
    ],
)
def test_every_format_has_what_comes_next_in_a_place_of_its_own(form: str, shown: str) -> None:
    assert shown in render([reported(recorded("fixed-address"))], form)


@pytest.mark.parametrize(
    ("form", "shown"),
    [
        (
            "md",
            "\n-/+ kubernetes_service_v1.service-orders (orders): replaced,"
            " renamed from kubernetes_service_v1.service-myapi\n",
        ),
        ("html", "renamed from <code>kubernetes_service_v1.service-myapi</code>"),
        ("json", '"moved_from": "kubernetes_service_v1.service-myapi"'),
    ],
)
def test_every_format_shows_a_rename_as_one(form: str, shown: str) -> None:
    assert shown in render([reported(recorded("rename-with-was"))], form)


def test_what_only_gets_another_id_is_renamed_and_nothing_else() -> None:
    plans = recorded("untouched")
    (entry,) = (
        one
        for one in plans["dev-service"]["resource_changes"]
        if one["type"] == "google_compute_address"
    )
    entry["previous_address"] = "google_compute_address.address-old"
    report = reported(plans)
    assert report.verdict == "dev: 1 renamed; worst risk: low"
    assert report.notes == []
    assert (
        "\n> google_compute_address.address-myapi (private-myapi): renamed"
        " from google_compute_address.address-old\n"
    ) in render([report], "md")


def test_a_removed_api_is_drawn_as_a_change_of_what_stays() -> None:
    report = reported(recorded("remove"))
    actions = {one.key: one.action for one in report.picture.way}
    assert actions["balancer"] == actions["vpc"] == "changed"
    assert actions["connector"] == actions["nodes"] == "kept"
    (balancer,) = (one for one in report.picture.way if one.key == "balancer")
    assert balancer.lines == (
        "myapi: 192.168.32.2, port 80",
        "reports (destroyed): 192.168.32.3, port 80",
    )
    assert report.picture.name.lines == ("my.api.private", "reports.api.private (destroyed)")


def test_a_replaced_connector_is_drawn_with_its_subnet_and_not_as_a_replaced_vpc() -> None:
    actions = {one.key: one.action for one in reported(recorded("connector-range")).picture.way}
    assert actions["connector"] == "replaced"
    assert actions["vpc"] == "changed"


def test_the_report_for_people_begins_with_the_verdict_and_draws_the_line(
    deployed: Rehearsal, synthesize: Synthesize, table: Table
) -> None:
    deployed.take(synthesize(changed(table, {"connector.name": "another"})))
    seen = review(deployed, "--format", "md")
    assert seen.status == 2
    assert seen.stdout.startswith("# dev: 2 changed, 1 replaced; worst risk: high\n")
    assert "```mermaid\nflowchart LR\n" in seen.stdout
    assert 'connector["<b>Connector</b><br/>10.8.0.0/28<br/><i>replaced</i>"]:::replaced' in (
        seen.stdout
    )
    assert "name: private-connector → another (forces the replacement)" in seen.stdout

"""Reviews of a new environment, of an unchanged one, and of one with drift."""

import os
from pathlib import Path

import pytest

from operations.review.render import render
from tests.fake_cloud.cloud import FakeCloud
from tests.fake_cloud.google.rules import TOKEN
from tests.fake_cloud.google.world import opened
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


def test_all_stacks_of_a_new_environment_are_planned_and_every_hop_holds(day_0: FakeCloud) -> None:
    seen = review(day_0)
    assert seen.status == 0, seen.stderr
    assert seen.report["verdict"] == "dev: 25 to add; worst risk: low"
    assert {change["stack"] for change in seen.report["changes"]} == {f"dev-{p}" for p in STACKS}
    assert len(seen.hops("holds")) == 7
    assert seen.hops("fails") == seen.hops("unknown") == {}
    assert seen.report["findings"] == []


def test_a_review_does_not_change_the_project(day_0: FakeCloud) -> None:
    before = written(day_0.folder)
    review(day_0)
    assert written(day_0.folder) == before


@pytest.mark.parametrize(
    "changes",
    [
        *({"cluster.control_plane": access, **settings} for access, settings in ACCESSES.items()),
        {"network.nat": True, "enable_apis": False, "cluster.location": "asia-northeast1-a"},
        {"services[0].ports[0].protocol": "UDP", "app_engine.location": "us-central"},
        {"services": [{**FIRST, "address": "192.168.32.10"}, REPORTS]},
        {"services": [FIRST, {**REPORTS, "extra_source_ranges": ["10.100.0.0/16"]}]},
        {"services": [FIRST, {**REPORTS, "namespace": "apis"}], "cluster.namespaces": ["apis"]},
    ],
    ids=[
        "dns",
        "private",
        "public",
        "nat in a zone",
        "udp in another region",
        "fixed",
        "extra",
        "apis",
    ],
)
def test_the_first_deploy_of_any_environment_is_a_low_risk(
    cloud: FakeCloud, synthesize: Synthesize, table: Table, changes: Table
) -> None:
    settings = changed(table, changes)
    cloud.take(synthesize(settings))
    seen = review(cloud)
    assert seen.status == 0, seen.stderr
    assert seen.report["worst"] == "low"
    assert seen.hops("fails") == seen.hops("unknown") == {}
    assert [len(hops) for hops in seen.report["path"].values()] == [7] * len(settings["services"])


def test_existing_stacks_are_read_from_their_states(day_0: FakeCloud) -> None:
    day_0.deploy("network", "cluster")
    seen = review(day_0)
    assert seen.status == 0, seen.stderr
    assert {change["stack"] for change in seen.report["changes"]} == {
        "dev-connector",
        "dev-service",
        "dev-dns",
    }
    assert len(seen.hops("holds")) == 7


def test_after_a_deploy_the_review_is_empty(deployed: FakeCloud) -> None:
    seen = review(deployed)
    assert seen.status == 0, seen.stderr
    assert seen.report["verdict"] == "dev: no changes"
    assert seen.report["changes"] == seen.report["drift"] == seen.report["findings"] == []
    assert len(seen.hops("holds")) == 7
    assert {element["action"] for element in seen.report["picture"]["path"]} == {"no-op"}


def test_changes_outside_terraform_are_reported_separately(deployed: FakeCloud) -> None:
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
def test_no_format_shows_a_secret(
    deployed: FakeCloud, synthesize: Synthesize, table: Table, form: str
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
        (
            "md",
            " | `make deploy ENV=dev`, when callers tolerate an outage of a few minutes |\n",
        ),
        ("html", "<th>risk</th><th>why</th><th>next</th>"),
        ("html", "<td><code>make deploy ENV=dev</code>, when callers tolerate an outage"),
        ("json", '"next": "`make deploy ENV=dev`, when callers tolerate an outage'),
    ],
)
def test_every_format_shows_the_next_step(form: str, shown: str) -> None:
    assert shown in render([reported(recorded("fixed-address"))], form)


@pytest.mark.parametrize(
    ("form", "shown"),
    [
        (
            "md",
            "\n-/+ kubernetes_service_v1.service-orders (orders): replace,"
            " moved from kubernetes_service_v1.service-myapi\n",
        ),
        ("html", "moved from <code>kubernetes_service_v1.service-myapi</code>"),
        ("json", '"moved_from": "kubernetes_service_v1.service-myapi"'),
    ],
)
def test_every_format_shows_a_move(form: str, shown: str) -> None:
    assert shown in render([reported(recorded("rename-with-was"))], form)


def test_a_resource_with_only_a_new_address_is_moved() -> None:
    plans = recorded("untouched")
    (entry,) = (
        entry
        for entry in plans["dev-service"]["resource_changes"]
        if entry["type"] == "google_compute_address"
    )
    entry["previous_address"] = "google_compute_address.address-old"
    report = reported(plans)
    assert report.verdict == "dev: 1 to move; worst risk: low"
    assert report.findings == []
    assert (
        "\n> google_compute_address.address-myapi (private-myapi): move"
        " from google_compute_address.address-old\n"
    ) in render([report], "md")


def test_a_removed_api_is_drawn_as_a_change_of_the_load_balancer() -> None:
    report = reported(recorded("remove"))
    actions = {element.key: element.action for element in report.picture.path}
    assert actions["balancer"] == actions["vpc"] == "change"
    assert actions["connector"] == actions["nodes"] == "no-op"
    (balancer,) = (element for element in report.picture.path if element.key == "balancer")
    assert balancer.lines == (
        "myapi: 192.168.32.2, port 80",
        "reports (destroyed): 192.168.32.3, port 80",
    )
    assert report.picture.name.lines == ("my.api.private", "reports.api.private (destroyed)")


def test_a_replaced_connector_is_drawn_with_its_subnet_and_not_as_a_replaced_vpc() -> None:
    path = reported(recorded("connector-range")).picture.path
    actions = {element.key: element.action for element in path}
    assert actions["connector"] == "replace"
    assert actions["vpc"] == "change"


def test_the_markdown_report_begins_with_the_verdict_and_has_a_picture(
    deployed: FakeCloud, synthesize: Synthesize, table: Table
) -> None:
    deployed.take(synthesize(changed(table, {"connector.name": "another"})))
    seen = review(deployed, "--format", "md")
    assert seen.status == 2
    assert seen.stdout.startswith("# dev: 2 to change, 1 to replace; worst risk: high\n")
    assert "```mermaid\nflowchart LR\n" in seen.stdout
    assert 'connector["<b>Connector</b><br/>10.8.0.0/28<br/><i>replace</i>"]:::replace' in (
        seen.stdout
    )
    assert "name: private-connector → another (forces replacement)" in seen.stdout

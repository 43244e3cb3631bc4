"""`review --destroy`: what goes, and what stands in the way, in the order to clear it."""

from pathlib import Path

import pytest

from operations.review.render import render
from operations.review.report import Report
from tests.fake_cloud.fixtures import Change
from tests.fake_cloud.rehearsal import Rehearsal
from tests.line import STACKS, Table
from tests.operations.review.fixtures import Reviewed, review
from tests.operations.review.recordings import recorded, reported

CONNECTOR = "projects/my-project-id/locations/asia-northeast1/connectors/private-connector"

VERSIONS = {
    "risk": "low",
    "stack": "",
    "address": "",
    "reason": "deployed versions cannot be seen from here: Google keeps the VPC as long as one of"
    " them names the connector, also if it serves nothing",
    "next": "`gcloud app versions list --project=my-project-id`, then `gcloud app versions delete`"
    " the older ones",
}
RECORDS = {
    "risk": "low",
    "stack": "dev-dns",
    "address": "google_dns_managed_zone.zone",
    "reason": "records of somebody else cannot be seen from here: Google keeps a zone that holds"
    " one",
    "next": "`gcloud dns record-sets list --zone=private-zone --project=my-project-id`, then delete"
    " what is listed beside NS, SOA, my.api.private.",
}
APP = {
    "risk": "high",
    "stack": "",
    "address": "",
    "reason": "app.yaml names the connector: Google keeps the VPC as long as a deployed version"
    " does",
    "next": "`make app-yaml ENV=dev APP=app.yaml ARGS=--remove`, then"
    " `gcloud app deploy app.yaml --project=my-project-id`",
}
PROTECTION = {
    "risk": "high",
    "stack": "dev-cluster",
    "address": "google_container_cluster.cluster",
    "reason": "protected from a destroy: cluster private-cluster, VPC private, subnet"
    " private-nodes",
    "next": "set `deletion_protection = false` in `environments/dev.toml`, then"
    " `make deploy ENV=dev`",
}
UNPROTECTED = {"cluster.deletion_protection": False}


def write_app(line: Rehearsal, connector: str | None) -> None:
    """Write an app.yaml that names a connector, or none."""
    section = f"vpc_access_connector: {{name: {connector}}}\n" if connector else ""
    (line.folder / "app.yaml").write_text(f"runtime: go122\n{section}", encoding="utf-8")


def review_destroy(line: Rehearsal, *options: str) -> Reviewed:
    """Review the destroy, with one app.yaml."""
    return review(line, "dev", "--destroy", "--app", "app.yaml", "--format", "json", *options)


@pytest.fixture
def destroyable(deployed_with: Change) -> Rehearsal:
    """A deployed environment without an obstacle."""
    line = deployed_with(UNPROTECTED)
    line.succeed("cluster", "apply", "-auto-approve")
    write_app(line, None)
    return line


def test_everything_goes_and_each_obstacle_is_named_in_the_order_to_clear_them(
    deployed: Rehearsal,
) -> None:
    write_app(deployed, CONNECTOR)
    things, states = deployed.world.things, snapshot(deployed.folder)
    seen = review_destroy(deployed)
    assert seen.status == 2
    assert seen.report["verdict"] == "dev: 24 destroyed; worst risk: high"
    assert {change["action"] for change in seen.report["changes"]} == {"destroyed"}
    assert {change["stack"] for change in seen.report["changes"]} == {f"dev-{p}" for p in STACKS}
    assert seen.report["notes"] == [APP, VERSIONS, RECORDS, PROTECTION]
    way = {one["key"]: one for one in seen.report["picture"]["way"]}
    assert way["app"]["lines"] == []
    assert way["vpc"]["lines"] == ["private (destroyed)"]
    assert way["vpc"]["action"] == way["nodes"]["action"] == "destroyed"
    assert (deployed.world.things, snapshot(deployed.folder)) == (things, states)


def snapshot(folder: Path) -> dict[Path, bytes]:
    """All files of a project, without the fake cloud's own lock."""
    return {
        path: path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.parent != folder
    }


def test_without_an_obstacle_only_what_cannot_be_seen_is_named(destroyable: Rehearsal) -> None:
    seen = review_destroy(destroyable)
    assert seen.status == 0
    assert seen.report["verdict"] == "dev: 24 destroyed; worst risk: low"
    assert seen.report["notes"] == [VERSIONS, RECORDS]


@pytest.mark.parametrize(
    ("connector", "named"), [(CONNECTOR, [APP]), (f"{CONNECTOR}-2", [])], ids=["ours", "another"]
)
def test_an_app_is_an_obstacle_if_it_names_this_connector(
    connector: str, named: list[Table], destroyable: Rehearsal
) -> None:
    write_app(destroyable, connector)
    seen = review_destroy(destroyable)
    assert seen.status == (2 if named else 0)
    assert seen.report["notes"] == [*named, VERSIONS, RECORDS]


def test_a_connector_that_is_destroyed_already_is_one_too(destroyable: Rehearsal) -> None:
    for part in ("dns", "service", "connector"):
        destroyable.succeed(part, "destroy", "-auto-approve")
    write_app(destroyable, CONNECTOR)
    seen = review_destroy(destroyable)
    assert seen.status == 2
    assert seen.report["verdict"] == "dev: 13 destroyed; worst risk: high"
    assert seen.report["notes"] == [APP, VERSIONS]


def test_without_an_app_the_note_on_versions_says_so(destroyable: Rehearsal) -> None:
    notes = review(destroyable, "--destroy", "--format", "json").report["notes"]
    assert notes[0]["reason"] == (
        f"no app.yaml was given (`--app path/to/app.yaml`), and {VERSIONS['reason']}"
    )


def test_protection_that_is_off_in_the_settings_must_still_be_applied(
    deployed_with: Change,
) -> None:
    line = deployed_with(UNPROTECTED)
    write_app(line, None)
    seen = review_destroy(line)
    assert seen.status == 2
    assert seen.report["notes"] == [
        VERSIONS,
        RECORDS,
        {
            **PROTECTION,
            "reason": "protected from a destroy: cluster private-cluster",
            "next": "`make deploy ENV=dev`",
        },
    ]


def test_a_protected_namespace_is_named_beside_the_others(deployed_with: Change) -> None:
    line = deployed_with({"cluster.namespaces": ["apis"]})
    line.succeed("service", "apply", "-auto-approve")
    write_app(line, None)
    *_, protection = review_destroy(line).report["notes"]
    assert "namespace apis" in protection["reason"].split(": ", 1)[1]


def test_a_network_without_a_cluster_needs_no_deploy_to_be_destroyed(
    destroyable: Rehearsal,
) -> None:
    for part in ("dns", "service", "connector", "cluster"):
        destroyable.succeed(part, "destroy", "-auto-approve")

    def protect(stack: Table) -> None:
        for kind in ("google_compute_network", "google_compute_subnetwork"):
            for resource in stack["resource"][kind].values():
                resource["lifecycle"]["prevent_destroy"] = True

    destroyable.rewrite("network", protect)
    (_, protection) = review_destroy(destroyable).report["notes"]
    assert protection["reason"] == "protected from a destroy: VPC private, subnet private-nodes"
    assert protection["next"] == "set `deletion_protection = false` in `environments/dev.toml`"


def test_where_nothing_is_deployed_nothing_stands_in_the_way(day_0: Rehearsal) -> None:
    write_app(day_0, CONNECTOR)
    seen = review_destroy(day_0)
    assert seen.status == 0
    assert seen.report["verdict"] == "dev: nothing to do"
    assert seen.report["notes"] == []


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["--destroy", "--app", "nowhere.yaml"], 1, "nowhere.yaml: No such file or directory"),
        (["--app", "app.yaml"], 2, "--app is for --destroy"),
    ],
)
def test_an_app_that_cannot_be_looked_at_is_an_error_before_anything_is_planned(
    arguments: list[str], status: int, message: str, day_0: Rehearsal
) -> None:
    seen = review(day_0, *arguments)
    assert seen.status == status
    assert seen.stderr.endswith(f"{message}\n")
    assert "plan" not in seen.stderr.replace("Plan all stacks", "")
    assert "Traceback" not in seen.stderr


@pytest.mark.parametrize(
    ("form", "heading"),
    [
        ("md", "\n## In the way, in the order to clear it\n"),
        ("html", "<h2>In the way, in the order to clear it</h2>"),
    ],
)
def test_the_report_for_people_calls_the_notes_what_they_are(form: str, heading: str) -> None:
    change = reported(recorded("fixed-address"))
    destroy = Report.of_destroy(change.line, change.notes)
    assert heading in render([destroy], form)
    assert heading not in render([change], form)

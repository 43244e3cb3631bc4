"""`review --destroy`: what it destroys, and the obstacles in the order in which to clear them."""

from pathlib import Path

import pytest

from operations.review.render import render
from operations.review.report import Report
from tests.fake_cloud.cloud import FakeCloud
from tests.fake_cloud.fixtures import Change
from tests.line import STACKS, Table
from tests.operations.review.fixtures import Reviewed, review
from tests.operations.review.recordings import recorded, reported

CONNECTOR = "projects/my-project-id/locations/asia-northeast1/connectors/private-connector"

VERSIONS = {
    "risk": "low",
    "stack": "",
    "address": "",
    "reason": "Terraform does not know the deployed versions: Google does not delete the VPC as"
    " long as one of them names the connector, even if it serves no traffic",
    "next": "`gcloud app versions list --project=my-project-id`, then `gcloud app versions delete`"
    " the older ones",
}
RECORDS = {
    "risk": "low",
    "stack": "dev-dns",
    "address": "google_dns_managed_zone.zone",
    "reason": "Terraform does not know the records that others added: Google does not delete a zone"
    " that holds one",
    "next": "`gcloud dns record-sets list --zone=private-zone --project=my-project-id`, then delete"
    " the records other than NS, SOA, my.api.private.",
}
APP = {
    "risk": "high",
    "stack": "",
    "address": "",
    "reason": "app.yaml names the connector: Google does not delete the VPC as long as a deployed"
    " version names it",
    "next": "`make app-yaml ENV=dev APP=app.yaml ARGS=--remove`, then"
    " `gcloud app deploy app.yaml --project=my-project-id`",
}
PROTECTION = {
    "risk": "high",
    "stack": "dev-cluster",
    "address": "google_container_cluster.cluster",
    "reason": "protected from being destroyed: cluster private-cluster, VPC private, subnet"
    " private-nodes",
    "next": "set `deletion_protection = false` in `environments/dev.toml`, then"
    " `make deploy ENV=dev`",
}
UNPROTECTED = {"cluster.deletion_protection": False}


def write_app(environment: FakeCloud, connector: str | None) -> None:
    """Write an app.yaml with or without a connector."""
    section = f"vpc_access_connector: {{name: {connector}}}\n" if connector else ""
    (environment.folder / "app.yaml").write_text(f"runtime: go122\n{section}", encoding="utf-8")


def review_destroy(environment: FakeCloud, *options: str) -> Reviewed:
    """Review the destroy, with one app.yaml."""
    return review(
        environment, "dev", "--destroy", "--app", "app.yaml", "--format", "json", *options
    )


@pytest.fixture
def destroyable(deployed_with: Change) -> FakeCloud:
    """A deployed environment without an obstacle."""
    environment = deployed_with(UNPROTECTED)
    environment.succeed("cluster", "apply", "-auto-approve")
    write_app(environment, None)
    return environment


def test_everything_is_destroyed_and_the_obstacles_are_listed_in_the_order_in_which_to_clear_them(
    deployed: FakeCloud,
) -> None:
    write_app(deployed, CONNECTOR)
    resources, states = deployed.world.resources, snapshot(deployed.folder)
    seen = review_destroy(deployed)
    assert seen.status == 2
    assert seen.report["verdict"] == "dev: 25 to destroy; worst risk: high"
    assert {change["action"] for change in seen.report["changes"]} == {"destroy"}
    assert {change["stack"] for change in seen.report["changes"]} == {f"dev-{p}" for p in STACKS}
    assert seen.report["findings"] == [APP, VERSIONS, RECORDS, PROTECTION]
    path = {element["key"]: element for element in seen.report["picture"]["path"]}
    assert path["app"]["lines"] == []
    assert path["vpc"]["lines"] == ["private (destroyed)"]
    assert path["vpc"]["action"] == path["nodes"]["action"] == "destroy"
    assert (deployed.world.resources, snapshot(deployed.folder)) == (resources, states)


def snapshot(folder: Path) -> dict[Path, bytes]:
    """All files of a project, without the fake cloud's own lock."""
    return {
        path: path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.parent != folder
    }


def test_without_an_obstacle_only_versions_and_records_outside_terraform_are_listed(
    destroyable: FakeCloud,
) -> None:
    seen = review_destroy(destroyable)
    assert seen.status == 0
    assert seen.report["verdict"] == "dev: 25 to destroy; worst risk: low"
    assert seen.report["findings"] == [VERSIONS, RECORDS]


@pytest.mark.parametrize(
    ("connector", "named"), [(CONNECTOR, [APP]), (f"{CONNECTOR}-2", [])], ids=["ours", "another"]
)
def test_an_app_is_an_obstacle_if_it_names_this_connector(
    connector: str, named: list[Table], destroyable: FakeCloud
) -> None:
    write_app(destroyable, connector)
    seen = review_destroy(destroyable)
    assert seen.status == (2 if named else 0)
    assert seen.report["findings"] == [*named, VERSIONS, RECORDS]


def test_an_app_is_an_obstacle_if_it_names_a_destroyed_connector(destroyable: FakeCloud) -> None:
    for part in ("dns", "service", "connector"):
        destroyable.succeed(part, "destroy", "-auto-approve")
    write_app(destroyable, CONNECTOR)
    seen = review_destroy(destroyable)
    assert seen.status == 2
    assert seen.report["verdict"] == "dev: 14 to destroy; worst risk: high"
    assert seen.report["findings"] == [APP, VERSIONS]


def test_without_an_app_the_finding_on_versions_says_so(destroyable: FakeCloud) -> None:
    findings = review(destroyable, "--destroy", "--format", "json").report["findings"]
    assert findings[0]["reason"] == (
        f"no app.yaml was given (`--app path/to/app.yaml`), and {VERSIONS['reason']}"
    )


def test_protection_that_is_off_in_the_settings_must_be_off_in_the_cloud_too(
    deployed_with: Change,
) -> None:
    environment = deployed_with(UNPROTECTED)
    write_app(environment, None)
    seen = review_destroy(environment)
    assert seen.status == 2
    assert seen.report["findings"] == [
        VERSIONS,
        RECORDS,
        {
            **PROTECTION,
            "reason": "protected from being destroyed: cluster private-cluster",
            "next": "`make deploy ENV=dev`",
        },
    ]


def test_a_protected_namespace_is_listed_with_the_other_protected_resources(
    deployed_with: Change,
) -> None:
    environment = deployed_with({"cluster.namespaces": ["apis"]})
    environment.succeed("service", "apply", "-auto-approve")
    write_app(environment, None)
    *_, protection = review_destroy(environment).report["findings"]
    assert "namespace apis" in protection["reason"].split(": ", 1)[1]


def test_a_network_without_a_cluster_needs_no_deploy_to_be_destroyed(
    destroyable: FakeCloud,
) -> None:
    for part in ("dns", "service", "connector", "cluster"):
        destroyable.succeed(part, "destroy", "-auto-approve")

    def protect(stack: Table) -> None:
        for kind in ("google_compute_network", "google_compute_subnetwork"):
            for resource in stack["resource"][kind].values():
                resource["lifecycle"]["prevent_destroy"] = True

    destroyable.rewrite("network", protect)
    (_, protection) = review_destroy(destroyable).report["findings"]
    assert (
        protection["reason"] == "protected from being destroyed: VPC private, subnet private-nodes"
    )
    assert protection["next"] == "set `deletion_protection = false` in `environments/dev.toml`"


def test_without_a_deployed_stack_there_is_no_obstacle(day_0: FakeCloud) -> None:
    write_app(day_0, CONNECTOR)
    seen = review_destroy(day_0)
    assert seen.status == 0
    assert seen.report["verdict"] == "dev: no changes"
    assert seen.report["findings"] == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--destroy", "--app", "nowhere.yaml"], "nowhere.yaml: No such file or directory"),
        (["--app", "app.yaml"], "--app requires --destroy"),
    ],
)
def test_an_invalid_app_is_an_error_before_anything_is_planned(
    arguments: list[str], message: str, day_0: FakeCloud
) -> None:
    seen = review(day_0, *arguments)
    assert seen.status == 1
    assert seen.stderr.endswith(f"{message}\n")
    assert "plan" not in seen.stderr.replace("Plan all stacks", "")
    assert "Traceback" not in seen.stderr


@pytest.mark.parametrize(
    ("form", "heading"),
    [
        ("md", "\n## Before you destroy, in this order\n"),
        ("html", "<h2>Before you destroy, in this order</h2>"),
    ],
)
def test_the_report_on_a_destroy_has_its_own_heading(form: str, heading: str) -> None:
    change = reported(recorded("fixed-address"))
    destroy = Report.of_destroy(change.environment, change.findings)
    assert heading in render([destroy], form)
    assert heading not in render([change], form)

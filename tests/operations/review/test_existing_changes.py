"""Reviews of an environment in which something becomes existing, or is created again."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from operations.app_yaml.file import AppYaml
from operations.review.environment import Environment
from operations.review.obstacles import obstacles
from operations.review.plan import Action, Plan
from operations.review.risk import Finding, Risk
from operations.terraform.synthesized import read
from tests.fake_cloud.cloud import FakeCloud
from tests.line import Table, changed
from tests.operations.review.existing import Start, edited
from tests.operations.review.fixtures import failing, report_of, report_on, review
from tests.operations.review.recordings import read as read_plans
from tests.operations.review.recordings import recorded
from tests.support import DEV_TABLE, Synthesize, existing


def test_terraform_forgets_what_exists_from_now_on(moved: FakeCloud) -> None:
    report = report_on(moved, "dns")
    assert report.counts[Action.FORGET] == 10
    assert {
        change.kind for change in report.environment.changes if change.action is Action.DESTROY
    } == {"google_compute_firewall", "google_project_service", "terraform_data"}
    assert failing(report) == set()
    low = [finding for finding in report.findings if finding.risk is Risk.LOW]
    forgotten = {f.stack: f for f in low if f.reason.startswith("removed from")}
    assert forgotten.keys() == {"dev-network", "dev-connector", "dev-cluster", "dev-dns"}
    assert forgotten["dev-network"].reason == (
        "removed from Terraform's state, and left in Google Cloud as it is: VPC private, subnet"
        " private-nodes; later deploys neither change nor delete any of it"
    )
    assert forgotten["dev-network"].next == (
        "`make deploy ENV=dev`; what nobody needs any more, delete with gcloud"
    )
    (high,) = [finding for finding in report.findings if finding.risk is Risk.HIGH]
    assert "the rules that deny private-connector all but the APIs are destroyed" in high.reason
    assert "`deny_rules = true` in `[connector]` of `environments/dev.toml`" in high.next
    assert "API stays enabled" in str(low)
    boxes = {element.key: element for element in report.picture.path}
    assert boxes["nodes"].action is boxes["connector"].action is Action.FORGET
    assert boxes["vpc"].lines == (
        "private (existing)",
        "subnet private-nodes (existing)",
        "192.168.32.0/24",
    )
    assert "destroyed" not in str(report.picture)


def test_a_destroy_before_the_deploy_that_forgets_is_an_obstacle(moved: FakeCloud) -> None:
    forbidden = {"FAKE_CLOUD_FORBIDDEN": "google_dns_managed_zone"}
    seen = review(moved, "--destroy", "--format", "json", **forbidden)
    first = {f["stack"]: f for f in seen.report["findings"] if f["risk"] == "high"}
    assert first.keys() == {"dev-network", "dev-connector", "dev-cluster"}
    assert first["dev-network"]["reason"] == (
        "Terraform still manages VPC private, subnet private-nodes, and destroys it although it"
        " exists on its own according to the settings"
    )
    assert first["dev-network"]["next"] == "`make deploy ENV=dev`, which makes Terraform forget it"
    assert seen.report["existing"] == []
    (unread,) = [f for f in seen.report["failures"] if f["stack"] == "dev-dns"]
    assert "`dns.managedZones.get`" in unread["hint"]
    assert unread["hint"].endswith(
        "To destroy without reading it, run"
        " `terraform -chdir=cdktf.out/stacks/dev-dns destroy -refresh=false`."
    )


def state_with(kind: str, **values: str) -> Table:
    """A state that holds a data source."""
    source = {"mode": "data", "type": kind, "name": "x", "instances": [{"attributes": values}]}
    return {"resources": [source], "outputs": {}}


@pytest.mark.parametrize(
    ("part", "kind", "values", "address"),
    [
        (
            "network",
            "google_compute_network",
            {"id": "projects/p/global/networks/private", "name": "private"},
            "google_compute_network.network",
        ),
        (
            "network",
            "google_compute_subnetwork",
            {
                "id": "projects/p/regions/asia-northeast1/subnetworks/private-nodes",
                "name": "private-nodes",
                "region": "asia-northeast1",
            },
            "google_compute_subnetwork.network_nodes_63EB1868",
        ),
        (
            "connector",
            "google_vpc_access_connector",
            {
                "id": "projects/p/locations/asia-northeast1/connectors/private-connector",
                "name": "private-connector",
                "region": "asia-northeast1",
            },
            "google_vpc_access_connector.connector",
        ),
        (
            "cluster",
            "google_container_cluster",
            {
                "id": "projects/p/locations/asia-northeast1/clusters/private-cluster",
                "name": "private-cluster",
                "location": "asia-northeast1",
            },
            "google_container_cluster.cluster",
        ),
        (
            "dns",
            "google_dns_managed_zone",
            {"id": "projects/p/managedZones/private-zone", "name": "private-zone"},
            "google_dns_managed_zone.zone",
        ),
    ],
)
def test_creating_what_the_stack_reads_is_a_high_risk_with_the_import(
    part: str, kind: str, values: dict[str, str], address: str
) -> None:
    plans = recorded("first-day")
    report = report_of(read_plans(plans, {f"dev-{part}": state_with(kind, **values)}))
    (finding,) = [finding for finding in report.findings if finding.risk is Risk.HIGH]
    assert finding.address == address
    assert 'Google rejects a second one ("already exists")' in finding.reason
    assert finding.next.startswith("keep `existing = true`; or choose another name; or import it")
    command = f"`terraform -chdir=cdktf.out/stacks/dev-{part} import {address} {values['id']}`"
    assert command in finding.next
    assert ("replaces an imported cluster" in finding.next) is (part == "cluster")
    other = state_with(kind, **{**values, "name": "another"})
    report = report_of(read_plans(plans, {f"dev-{part}": other}))
    if kind == "google_compute_subnetwork":
        assert report.findings == []
        return
    (finding,) = report.findings
    assert finding.risk is Risk.LOW
    assert finding.address == address
    assert f"before, the stack has read another: if {values['name']} exists" in finding.reason
    assert f"make sure that {values['name']} does not exist: `gcloud " in finding.next
    region = " --region=asia-northeast1" if part == "connector" else ""
    assert f" list{region} --project=p`; then `make deploy ENV=dev`" in finding.next


CLUSTER = "google_container_cluster"


def with_cluster(plans: Sequence[Plan], **other: str) -> list[Plan]:
    """Plans that forget the cluster that they had created, and read one with other values."""

    def forgetting(plan: Plan) -> Plan:
        (created,) = (change for change in plan.changes if change.kind == CLUSTER)
        old = replace(created, action=Action.FORGET, before=created.after)
        new = replace(created, action=Action.READ, after={**created.after, **other})
        kept = [change for change in plan.changes if change is not created]
        return replace(plan, changes=(old, *kept), found=(new,))

    return [forgetting(plan) if plan.stack == "dev-cluster" else plan for plan in plans]


@pytest.mark.parametrize(
    ("other", "placed"),
    [
        ({"name": "batch"}, "cluster batch in asia-northeast1"),
        ({"location": "asia-northeast1-a"}, "cluster private-cluster in asia-northeast1-a"),
    ],
)
def test_the_services_of_a_forgotten_cluster_are_not_looked_for_in_another_one(
    other: dict[str, str], placed: str
) -> None:
    plans = read_plans(recorded("untouched"))
    (finding,) = report_of(with_cluster(plans, **other)).findings
    assert (finding.risk, finding.address) == (Risk.HIGH, "google_container_cluster.cluster")
    assert finding.reason == (
        "the Services of this environment are in cluster private-cluster in asia-northeast1:"
        f" Terraform would take over, change or destroy objects of the same names in {placed}"
    )
    assert finding.next == (
        "write the old name and location in `environments/dev.toml`: `name ="
        ' "private-cluster"` and `location = "asia-northeast1"` in `[cluster]`; then review again'
    )
    (same,) = report_of(with_cluster(plans)).findings
    assert same.risk is Risk.LOW


def test_a_new_cluster_instead_of_one_that_is_read_leaves_the_services_behind() -> None:
    state = state_with(
        CLUSTER,
        id="projects/p/locations/asia-northeast1/clusters/batch",
        name="batch",
        location="asia-northeast1",
    )
    (service,) = (
        change
        for plan in read_plans(recorded("untouched"))
        for change in plan.changes
        if change.kind == "kubernetes_service_v1"
    )
    zone = state_with("google_dns_managed_zone", id="projects/p/managedZones/own", name="own")
    first_day = read_plans(recorded("first-day"), {"dev-cluster": state, "dev-dns": zone})
    deployed = [
        replace(plan, changes=(service,)) if plan.stack == "dev-service" else plan
        for plan in first_day
    ]
    found = {finding.stack: finding for finding in report_of(deployed).findings}
    assert found["dev-dns"].risk is Risk.LOW
    finding = found["dev-cluster"]
    assert (finding.risk, finding.address) == (Risk.HIGH, "google_container_cluster.cluster")
    assert finding.reason == (
        "the Services stay in cluster batch in asia-northeast1, and no stack manages them any more;"
        " their addresses stay in use, so the apply stops"
    )
    assert finding.next == (
        "undo the change, and with the old settings run `make destroy ENV=dev STACK=dns` and"
        " `make destroy ENV=dev STACK=service`; then make the change again and run"
        " `make deploy ENV=dev`"
    )


def test_what_a_stack_has_created_and_reads_does_not_exist_on_its_own() -> None:
    """A cluster that somebody deleted outside Terraform is created again."""
    state = state_with(
        "google_container_cluster",
        id="projects/p/locations/asia-northeast1/clusters/private-cluster",
        name="private-cluster",
        location="asia-northeast1",
    )
    created = {"mode": "managed", "type": "google_container_cluster", "name": "x"}
    state = {**state, "resources": [created, *state["resources"]]}
    report = report_of(read_plans(recorded("first-day"), {"dev-cluster": state}))
    assert report.findings == []


def test_the_state_shows_what_the_last_apply_has_read(start: Start, synthesize: Synthesize) -> None:
    cloud = start(changed(DEV_TABLE, existing("connector", "cluster", "dns")))
    cloud.deploy("network")
    cloud.take(synthesize(DEV_TABLE))
    (finding,) = report_on(cloud, "network").findings
    assert "VPC private exists, and the stack has only read it" in finding.reason
    assert "projects/my-project-id/global/networks/private" in finding.next


def destroyed(plans: Sequence[Plan]) -> Environment:
    """The environment after a deploy of plans, as a destroy plans it."""
    gone = edited(
        plans,
        managed=lambda change: replace(
            change,
            action=Action.DESTROY,
            before={"id": f"projects/my-project-id/{change.address}", **change.after},
            after={},
        ),
    )
    return Environment(name="dev", plans=gone, failures=[])


def app_with(connector: str, folder: Path) -> AppYaml:
    """An app.yaml that names a connector."""
    path = folder / "app.yaml"
    name = f"projects/my-project-id/locations/asia-northeast1/connectors/{connector}"
    path.write_text(f"runtime: go122\nvpc_access_connector: {{name: {name}}}\n", encoding="utf-8")
    return AppYaml(path)


def test_nothing_blocks_the_destroy_around_what_exists(
    everything: FakeCloud, everything_plans: Sequence[Plan], tmp_path: Path
) -> None:
    stacks = read(everything.folder / "cdktf.out", [])
    app = app_with("shared-connector", tmp_path)
    assert list(obstacles(destroyed(everything_plans), stacks, [app])) == []


def test_an_app_that_names_a_destroyed_connector_in_an_existing_vpc_is_an_obstacle(
    start: Start, tmp_path: Path
) -> None:
    cloud = start(changed(DEV_TABLE, existing("cluster", "dns")))
    stacks = read(cloud.folder / "cdktf.out", [])
    environment = destroyed(report_on(cloud, "connector").environment.plans)

    def found(connector: str) -> list[Finding]:
        return list(obstacles(environment, stacks, [app_with(connector, tmp_path)]))

    named, versions = found("private-connector")
    assert named.risk is Risk.HIGH
    assert named.reason.endswith(
        "names the connector: its calls fail once the connector is destroyed"
    )
    assert versions.reason == (
        "Terraform does not know the deployed versions: the calls of those that name the connector"
        " fail once it is destroyed"
    )
    assert found("another") == [versions]

"""Reviews of environments with `existing = true`: what exists is read, drawn, and left alone."""

import json
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import replace
from ipaddress import IPv4Network
from pathlib import Path

import pytest

from operations.app_yaml.file import AppYaml
from operations.review.environment import Environment
from operations.review.hint import hint
from operations.review.hop import Hop, Verdict
from operations.review.obstacles import obstacles
from operations.review.plan import Action, Failure, Plan, ResourceChange
from operations.review.render import render
from operations.review.report import Report
from operations.review.risk import Finding, Risk
from operations.review.scratch import prepare, stack_inputs
from operations.terraform.synthesized import read
from tests.fake_cloud.cloud import FakeCloud
from tests.fake_cloud.existing import put_existing
from tests.fake_cloud.google.world import opened
from tests.fake_cloud.tools import Tools
from tests.line import Table, changed
from tests.operations.review.fixtures import failing, report_of, report_on, review
from tests.operations.review.recordings import read as read_plans
from tests.operations.review.recordings import recorded
from tests.support import DEV_TABLE, ROOT, Synthesize, existing

NAME = "The name resolves to the address in this VPC"
EGRESS = "The firewall allows egress from the connector only to configured destinations"
INGRESS = "The firewall allows ingress from the connector only to configured destinations"

OWN: Table = {
    "network": {"existing": True, "name": "private", "node_subnet": "private-nodes"},
    "connector": {"existing": True, "name": "private-connector"},
    "cluster": {"existing": True, "name": "private-cluster"},
    "dns": {"existing": True, "name": "private-zone", "zone": "api.private"},
}
"""The sections of tests/fixtures/dev.toml, after its resources moved to another owner."""

Start = Callable[[Table], FakeCloud]


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory, tools: Tools, synthesize: Synthesize) -> Start:
    """Start a project that holds tests/fake_cloud/existing.toml, and deploy nothing."""

    def started(table: Table) -> FakeCloud:
        cloud = FakeCloud(tmp_path_factory.mktemp("existing") / "cloud", tools)
        cloud.folder.mkdir()
        with opened(cloud.folder / "world.json") as world:
            put_existing(world)
        cloud.take(synthesize(table))
        return cloud

    return started


@pytest.fixture(scope="module")
def everything(start: Start) -> FakeCloud:
    """A first day on which VPC, connector, cluster and zone exist; tests must not change it."""
    return start(changed(DEV_TABLE, existing("connector", "cluster", "dns")))


@pytest.fixture(scope="module")
def everything_plans(everything: FakeCloud) -> Sequence[Plan]:
    """All plans of `everything`."""
    return report_on(everything, "dns").environment.plans


@pytest.fixture(scope="module")
def article(start: Start) -> Report:
    """The first day of examples/existing-network.toml: VPC and cluster exist."""
    text = (ROOT / "examples" / "existing-network.toml").read_text(encoding="utf-8")
    return report_on(start(tomllib.loads(text)), "dns")


@pytest.fixture
def moved(deployed: FakeCloud, synthesize: Synthesize) -> FakeCloud:
    """A deployed environment whose resources all exist on their own from now on."""
    deployed.take(synthesize(changed(DEV_TABLE, OWN)))
    return deployed


def hops(report: Report) -> dict[str, Hop]:
    """The hops to the only service, by title."""
    (path,) = report.hops.values()
    return {hop.title: hop for hop in path}


def edited(
    plans: Sequence[Plan],
    *,
    found: Callable[[ResourceChange], ResourceChange | None] = lambda resource: resource,
    managed: Callable[[ResourceChange], ResourceChange | None] = lambda resource: resource,
) -> list[Plan]:
    """Plans with other resources; None leaves a resource out."""
    return [
        replace(
            plan,
            found=tuple(kept for resource in plan.found if (kept := found(resource))),
            changes=tuple(kept for resource in plan.changes if (kept := managed(resource))),
        )
        for plan in plans
    ]


def test_what_exists_is_no_change(article: Report) -> None:
    assert article.verdict == "dev: 12 to add; worst risk: low"
    assert Action.READ not in article.counts
    assert {change.action for change in article.environment.changes} == {Action.ADD}
    assert article.findings == []


def test_the_path_holds_through_a_vpc_and_a_cluster_that_exist(article: Report) -> None:
    assert {hop.verdict for hop in hops(article).values()} == {Verdict.HOLDS}
    why = {hop.why for hop in hops(article).values()}
    assert "Google picks it from 10.10.0.0/20" in why
    assert "10.8.0.0/28 reaches tcp 80 and nothing else" in why
    assert (
        "no public address, zone, load balancer or control plane, not counting what exists" in why
    )


def test_the_picture_marks_what_exists(article: Report) -> None:
    boxes = {element.key: element for element in article.picture.path}
    assert boxes["nodes"].action is Action.READ
    assert boxes["nodes"].lines == ("batch (existing)", "pods of myapi: port 8080")
    assert boxes["vpc"].action is boxes["connector"].action is Action.ADD
    assert boxes["vpc"].lines == (
        "private (existing)",
        "subnet gke-nodes (existing)",
        "10.10.0.0/20",
    )
    assert boxes["connector"].lines == ("10.8.0.0/28",)
    assert article.picture.name.lines == ("my.api.private",)


def test_each_box_names_what_exists(everything_plans: Sequence[Plan]) -> None:
    drawn = report_of(everything_plans).picture
    boxes = {element.key: element for element in drawn.path}
    assert boxes["connector"].action is Action.READ
    assert boxes["connector"].lines == ("shared-connector (existing)", "10.20.0.16/28")
    assert drawn.name.action is Action.ADD
    assert drawn.name.lines == ("my.api.private", "zone api-private (existing)")


def test_every_report_lists_what_exists_and_draws_it_in_its_own_style(article: Report) -> None:
    markdown, page = render([article], "md"), render([article], "html")
    assert "| dev-cluster | `google_container_cluster` | batch |" in markdown
    assert '<i>read</i>"]:::read' in markdown
    assert "classDef read fill:#fff,stroke:#607d8b,stroke-dasharray:4 3" in markdown
    assert "<td>dev-network</td><td><code>google_compute_subnetwork</code></td>" in page
    assert '<g class="box read">' in page
    assert "svg .read rect" in page
    (report,) = json.loads(render([article], "json"))
    assert report["existing"] == [
        {"stack": "dev-network", "type": "google_compute_network", "name": "private"},
        {"stack": "dev-network", "type": "google_compute_subnetwork", "name": "gke-nodes"},
        {"stack": "dev-cluster", "type": "google_container_cluster", "name": "batch"},
    ]
    assert "read" not in report["counts"]


def test_a_cluster_that_its_own_stack_reads_does_not_count_as_existing(
    first_deploy: FakeCloud,
) -> None:
    report = report_on(first_deploy, "cluster")
    assert report.environment.found == []
    assert "## Existing" not in render([report], "md")
    assert "<h2>Existing</h2>" not in render([report], "html")


def test_sensitive_values_of_what_exists_are_removed(everything_plans: Sequence[Plan]) -> None:
    cluster = Environment(name="dev", plans=everything_plans, failures=[]).only(
        "google_container_cluster"
    )
    assert cluster is not None
    assert "(sensitive)" in str(cluster.after["master_auth"])
    assert "LS0t" not in str(cluster)


def test_app_yaml_names_the_existing_connector_as_before_the_deploy(
    everything_plans: Sequence[Plan],
) -> None:
    environment = Environment(name="dev", plans=everything_plans, failures=[])
    assert environment.output("connector_id") == (
        "projects/my-project-id/locations/asia-northeast1/connectors/shared-connector"
    )


def test_no_hop_claims_what_no_plan_shows(everything_plans: Sequence[Plan]) -> None:
    report = report_of(everything_plans)
    unknown = {title for title, hop in hops(report).items() if hop.verdict is Verdict.UNKNOWN}
    assert unknown == {NAME, EGRESS, INGRESS}
    assert failing(report) == set()
    assert (
        "`gcloud dns managed-zones describe api-private --project=my-project-id`"
        in hops(report)[NAME].why
    )
    for title in (EGRESS, INGRESS):
        assert "tcp 80 is allowed at" in hops(report)[title].why
        assert "no rule of these stacks denies it the rest" in hops(report)[title].why


@pytest.mark.parametrize(("rule", "hop"), [("egress-myapi", EGRESS), ("allow-myapi", INGRESS)])
def test_the_allow_rules_for_an_existing_connector_are_checked(
    everything_plans: Sequence[Plan], rule: str, hop: str
) -> None:
    plans = edited(
        everything_plans, managed=lambda change: None if rule in change.address else change
    )
    report = report_of(plans)
    assert failing(report) == {hop}
    assert "tcp 80 is not allowed at" in hops(report)[hop].why


def test_a_new_connector_needs_deny_rules_in_an_existing_vpc(article: Report) -> None:
    plans = edited(
        article.environment.plans,
        managed=lambda change: None if "deny" in change.address else change,
    )
    assert failing(report_of(plans)) == {EGRESS, INGRESS}


def test_rules_for_tagged_nodes_of_an_existing_cluster_apply(article: Report) -> None:
    """Also while Terraform forgets node pools with another tag."""
    pool = replace(
        article.environment.changes[0],
        kind="google_container_node_pool",
        action=Action.FORGET,
        after={"name": "nodes", "node_config": [{"tags": ["private-node"]}]},
    )

    def tag(change: ResourceChange) -> ResourceChange:
        if "allow-myapi" not in change.address:
            return change
        return replace(change, after={**change.after, "target_tags": ["gke-batch-1234-node"]})

    first, *others = edited(article.environment.plans, managed=tag)
    plans = [replace(first, changes=(*first.changes, pool)), *others]
    assert failing(report_of(plans)) == set()


def test_a_connector_that_was_created_with_a_range_has_no_subnet(
    everything_plans: Sequence[Plan],
) -> None:
    def without_subnet(found: ResourceChange) -> ResourceChange | None:
        if found.kind == "google_vpc_access_connector":
            after = {**found.after, "subnet": [], "ip_cidr_range": "10.20.0.16/28"}
            return replace(found, after=after)
        in_connector = found.part == "connector" and found.kind == "google_compute_subnetwork"
        return None if in_connector else found

    report = report_of(edited(everything_plans, found=without_subnet))
    assert report.environment.connector_range() == "10.20.0.16/28"
    assert failing(report) == set()


def test_a_node_subnet_needs_no_secondary_range(article: Report) -> None:
    def bare(found: ResourceChange) -> ResourceChange:
        return replace(found, after={**found.after, "secondary_ip_range": []})

    assert failing(report_of(edited(article.environment.plans, found=bare))) == set()


def test_an_added_record_may_overwrite_that_of_somebody_else(
    everything_plans: Sequence[Plan],
) -> None:
    (finding,) = report_of(everything_plans).findings
    assert finding.risk is Risk.LOW
    assert finding.address == "google_dns_record_set.record-my"
    assert "has a record my.api.private of somebody else, the apply overwrites it" in finding.reason
    assert (
        "`gcloud dns record-sets list --zone=api-private --name=my.api.private."
        " --project=my-project-id`" in finding.next
    )


def test_what_cannot_be_read_has_a_hint_and_the_other_stacks_are_planned(
    everything: FakeCloud,
) -> None:
    forbidden = {"FAKE_CLOUD_FORBIDDEN": "google_compute_network,google_dns_managed_zone"}
    seen = review(everything, "--format", "json", **forbidden)
    assert seen.status == 1
    hints = {failure["stack"]: failure["hint"] for failure in seen.report["failures"]}
    assert hints == {
        "dev-network": "The account that Terraform uses lacks a permission in my-project-id."
        " Reading the VPC needs `compute.networks.get` (for example with"
        " `roles/compute.networkViewer`); see docs/permissions.md.",
        "dev-dns": "The account that Terraform uses lacks a permission in my-project-id."
        " Reading the zone needs `dns.managedZones.get` (for example with `roles/dns.reader`); see"
        " docs/permissions.md.",
    }
    # The connector and the cluster are compared with the VPC only if the VPC is known.
    assert {found["stack"] for found in seen.report["existing"]} == {"dev-connector", "dev-cluster"}
    assert {change["stack"] for change in seen.report["changes"]} == {"dev-service"}
    assert seen.hops("fails") == {}


def test_a_wrong_name_is_reported_with_the_setting_and_what_exists(start: Start) -> None:
    sections = existing("connector", "cluster", "dns", node_subnet="gke-nodez")
    cloud = start(
        changed(
            DEV_TABLE,
            {
                **sections,
                "connector": {**sections["connector"], "name": "no-connector"},
                "cluster": {**sections["cluster"], "name": "no-cluster"},
                "dns": {**sections["dns"], "name": "no-zone"},
            },
        )
    )
    seen = review(cloud)
    assert seen.status == 1
    failures = {failure["stack"]: failure for failure in seen.report["failures"]}
    assert failures.keys() == {"dev-network", "dev-connector", "dev-cluster", "dev-dns"}
    assert (
        'network.node_subnet = "gke-nodez"\n'
        "    rule: must be a subnet of private in asia-northeast1\n"
        "    hint: private has there: gke-nodes," in failures["dev-network"]["message"]
    )
    assert failures["dev-network"]["hint"] == ""
    for stack, expected in (
        (
            "dev-connector",
            "Correct `connector.name` in `environments/dev.toml`: `gcloud compute networks"
            " vpc-access connectors list --region=asia-northeast1 --project=my-project-id` lists"
            " what exists.",
        ),
        (
            "dev-cluster",
            "Correct `cluster.name` or `cluster.location` in `environments/dev.toml`:"
            " `gcloud container clusters list --project=my-project-id` lists what exists.",
        ),
        (
            "dev-dns",
            "Correct `dns.name` in `environments/dev.toml`:"
            " `gcloud dns managed-zones list --project=my-project-id` lists what exists.",
        ),
    ):
        assert failures[stack]["hint"] == expected
    assert seen.hops("fails") == {}


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


def test_deny_rules_for_an_existing_connector_cut_off_its_other_users(article: Report) -> None:
    """The connector of the article, as if it existed already."""
    (connector,) = article.environment.all("google_vpc_access_connector")
    plans = edited(
        article.environment.plans,
        managed=lambda change: None if change is connector else change,
    )
    plans = [
        replace(plan, found=(*plan.found, replace(connector, action=Action.READ)))
        if plan.stack == "dev-connector"
        else plan
        for plan in plans
    ]
    report = report_of(plans)
    assert {hop.verdict for hop in hops(report).values()} == {Verdict.HOLDS}
    (finding,) = report.findings
    assert finding.risk is Risk.MEDIUM
    assert (
        "article-connector reaches only the APIs: calls of its other users fail" in finding.reason
    )


def state_with(kind: str, **values: str) -> Table:
    """A state that holds a data source."""
    source = {"mode": "data", "type": kind, "name": "x", "instances": [{"attributes": values}]}
    return {"resources": [source]}


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
    assert Risk.HIGH not in {finding.risk for finding in report.findings}


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


SUBNET = "data.google_compute_subnetwork.connector_subnet_B2338848"


@pytest.mark.parametrize(
    ("stack", "message", "expected"),
    [
        (
            "dev-network",
            "Error: projects/p/regions/r/subnetworks/x not found\n\n"
            "  with data.google_compute_subnetwork.network_nodes_63EB1868,",
            "Correct `network.node_subnet` in",
        ),
        (
            "dev-connector",
            f"Error: projects/p/regions/r/subnetworks/x not found\n\n  with {SUBNET},",
            "Correct `network.connector_subnet` in",
        ),
        (
            "dev-connector",
            f"Error: projects/p/regions/r/subnetworks/x not found\n\n  with {SUBNET}[0],",
            "Correct `connector.name` in",
        ),
        (
            "dev-connector",
            "Error: Error when reading or editing VPCAccessConnector: googleapi: Error 403:"
            " Permission denied (or it may not exist).\n\n"
            "  with data.google_vpc_access_connector.connector,",
            "needs `vpcaccess.connectors.get` (for example with `roles/vpcaccess.viewer`);",
        ),
        (
            "dev-cluster",
            'Error: Error reading instance group manager: "googleapi: Error 403: Required'
            " 'compute.instanceGroupManagers.get' permission\"\n\n"
            "  with data.google_container_cluster.cluster,",
            "needs `container.clusters.get` (for example with `roles/container.clusterViewer`) and"
            " `compute.instanceGroupManagers.get` (for example with `roles/compute.viewer`);",
        ),
        (
            "dev-connector",
            "Error: Error when reading or editing Subnetwork Not Found : x: googleapi: Error 403:"
            f" Required 'compute.subnetworks.get' permission, forbidden\n\n  with {SUBNET},",
            "Reading the subnet needs `compute.subnetworks.get`",
        ),
        (
            "dev-connector",
            "Error: googleapi: Error 403: Serverless VPC Access API has not been used in project"
            " 1 before or it is disabled.\n\n  with data.google_vpc_access_connector.connector,",
            "",
        ),
        (
            "dev-connector",
            f"Error: unexpected EOF\n\n  with {SUBNET},",
            "",
        ),
        (
            "dev-service",
            "Error: googleapi: Error 403: forbidden\n\n  with google_compute_address.address,",
            "",
        ),
    ],
)
def test_the_hint_depends_on_the_status_and_the_data_source(
    stack: str, message: str, expected: str
) -> None:
    failure = Failure(stack=stack, project="my-project-id", phase="plan", message=message)
    assert (expected in hint(failure)) if expected else hint(failure) == ""


def test_an_unknown_range_of_a_connector_is_a_range_in_the_plan(
    everything: FakeCloud, tmp_path: Path
) -> None:
    """The google provider parses it."""
    (stack,) = (
        stack for stack in read(everything.folder / "cdktf.out", []) if stack.part == "service"
    )
    output = "cross-stack-output-localconnector_range_62531DC2"
    assert output in stack_inputs(stack)["dev-connector"]
    for source in ("local.connector_range_62531DC2", output):
        inputs: dict[str, Table] = {name: {} for name in stack.upstream}
        inputs["dev-connector"] = {output: f"planned:dev-connector/{source}"}
        (placeholder,) = prepare(stack, None, inputs, tmp_path)
        assert IPv4Network(placeholder).prefixlen == 28

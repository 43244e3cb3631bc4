"""Reviews of environments with `existing = true`: what exists is read, drawn, and left alone."""

import json
from collections.abc import Sequence
from dataclasses import replace

import pytest

from operations.review.environment import Environment
from operations.review.hop import Verdict
from operations.review.plan import Action, Plan, ResourceChange
from operations.review.render import render
from operations.review.report import Report
from operations.review.risk import Risk
from tests.fake_cloud.cloud import FakeCloud
from tests.operations.review.existing import EGRESS, INGRESS, NAME, edited, hops
from tests.operations.review.fixtures import failing, report_of, report_on


def test_what_exists_is_no_change(article: Report) -> None:
    assert article.verdict == "dev: 13 to add; worst risk: low"
    assert Action.READ not in article.counts
    assert {change.action for change in article.environment.changes} == {Action.ADD}
    assert article.findings == []


def test_the_path_holds_through_a_vpc_and_a_cluster_that_exist(article: Report) -> None:
    assert {hop.verdict for hop in hops(article).values()} == {Verdict.HOLDS}
    why = {hop.why for hop in hops(article).values()}
    assert "Google picks it from 10.10.0.0/20" in why
    assert "10.8.0.16/28 reaches tcp 80 and nothing else" in why
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
    assert boxes["connector"].lines == ("10.8.0.16/28",)
    assert article.picture.name.lines == ("my.shop.private",)


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

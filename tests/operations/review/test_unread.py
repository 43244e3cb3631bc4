"""Reviews of an environment in which what exists cannot be read, or is not there."""

from collections.abc import Sequence
from dataclasses import replace
from ipaddress import IPv4Network
from pathlib import Path

import pytest

from operations.review.environment import Environment
from operations.review.hint import hint
from operations.review.plan import Action, Failure, Plan
from operations.review.requirements import shortened
from operations.review.scratch import prepare, stack_inputs
from operations.terraform.synthesized import read
from tests.fake_cloud.cloud import FakeCloud
from tests.line import Table, changed
from tests.operations.review.existing import Start
from tests.operations.review.fixtures import review
from tests.operations.review.recordings import read as read_plans
from tests.operations.review.recordings import recorded
from tests.support import DEV_TABLE, existing


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
        ' `roles/compute.networkViewer`); see docs/existing.md, "Permissions".',
        "dev-dns": "The account that Terraform uses lacks a permission in my-project-id."
        " Reading the zone needs `dns.managedZones.get` (for example with `roles/dns.reader`); see"
        ' docs/existing.md, "Permissions".',
    }
    # The connector and the cluster are compared with the VPC only if the VPC is known.
    assert {found["stack"] for found in seen.report["existing"]} == {"dev-connector", "dev-cluster"}
    assert {change["stack"] for change in seen.report["changes"]} == {"dev-cluster", "dev-service"}
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
    assert failures["dev-network"]["message"] == (
        "data.google_compute_network.network:\n"
        'network.node_subnet = "gke-nodez"\n'
        "    rule: must be a subnet of private in asia-northeast1\n"
        "    hint: private has there: gke-nodes, closed, serverless, shared-connector"
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
    found = hint(failure, Environment(name="dev", plans=[], failures=[failure]))
    assert (expected in found) if expected else found == ""


UNREACHED = """Error: Get
"https://gke-1234.asia-northeast1.gke.goog/api/v1/namespaces/default/services/myapi":
dial tcp: {}

  with kubernetes_service_v1.service-myapi,
  on cdk.tf.json line 140, in resource.kubernetes_service_v1.service-myapi:"""


@pytest.mark.parametrize(
    ("reason", "hinted"),
    [
        ("lookup gke-1234.asia-northeast1.gke.goog on\n127.0.0.53:53: no such\nhost", True),
        ("192.0.2.1:443: connect: connection refused", True),
        ("192.0.2.1:443: i/o timeout", True),
        ("192.0.2.1:443: connect: permission denied", False),
    ],
)
def test_an_existing_cluster_that_does_not_answer_may_have_another_endpoint(
    reason: str, *, hinted: bool
) -> None:
    created = read_plans(recorded("first-day"))
    existing_cluster = [
        replace(
            plan,
            changes=(),
            found=tuple(
                replace(change, action=Action.READ)
                for change in plan.changes
                if change.kind == "google_container_cluster"
            ),
        )
        for plan in created
    ]

    def hint_on(plans: Sequence[Plan], part: str) -> str:
        message = UNREACHED.format(reason)
        failure = Failure(stack=f"dev-{part}", project="p", phase="plan", message=message)
        return hint(failure, Environment(name="dev", plans=plans, failures=[failure]))

    found = hint_on(existing_cluster, "service")
    assert ("`make deploy ENV=dev STACK=cluster` reads it again" in found) is hinted
    assert (
        "The endpoint of the existing cluster private-cluster does not answer" in found
    ) is hinted
    assert hint_on(existing_cluster, "dns") == ""
    assert hint_on([], "service") == ""
    assert hint_on(created, "service") == ""


@pytest.mark.parametrize(
    ("kind", "reason", "hinted"),
    [
        ("container_cluster", "projects/p/locations/r/clusters/batch not found", True),
        ("container_cluster", "googleapi: Error 403: Cluster not found, or no access", False),
        ("container_cluster", "unexpected EOF", False),
        ("compute_network", "projects/p/global/networks/private not found", False),
    ],
)
def test_the_objects_of_a_cluster_that_its_owner_deleted_are_removed_from_the_state(
    kind: str, reason: str, *, hinted: bool
) -> None:
    message = f"Error: {reason}\n\n  with data.google_{kind}.x,"
    cluster = Failure(stack="dev-cluster", project="p", phase="plan", message=message)
    message = UNREACHED.format("lookup gke-1234.asia-northeast1.gke.goog: no such host")
    service = Failure(stack="dev-service", project="p", phase="plan", message=message)
    environment = Environment(name="dev", plans=[], failures=[cluster, service])
    assert ('docs/existing.md, "Destroy"' in hint(service, environment)) is hinted
    assert 'docs/existing.md, "Destroy"' not in hint(cluster, environment)
    assert hint(replace(service, message="Error: unexpected EOF"), environment) == ""


CONDITION = """Error: Resource postcondition failed

  on cdk.tf.json line 37, in data.google_compute_network.network.lifecycle.postcondition[1]:
  37:               "condition": "${{contains(self.subnetworks_self_links, \\"x\\")}}",
    ├────────────────
    │ self.subnetworks_self_links is list of string with 5 elements

{}"""
NODE_SUBNET = """network.node_subnet = "gke-nodez"
    rule: must be a subnet of private in asia-northeast1
    hint: private has there: gke-nodes"""
RANGES = """connector.extra_destinations = "10.10.0.0/20, 10.11.0.0/20, 10.12.0.0/20, and
10.13.0.0/20"
    rule: must not overlap a range of private
    hint: remove it"""
OTHER = "Error: unexpected EOF\n\n  with data.google_compute_network.network,"


def test_the_condition_of_a_requirement_is_not_in_the_report() -> None:
    first, second = (CONDITION.format(text) for text in (NODE_SUBNET, RANGES))
    assert shortened(f"{OTHER}\n\n{first}\n\n{second}\n\n{OTHER}") == (
        f"{OTHER}\n\ndata.google_compute_network.network:\n{NODE_SUBNET}\n\n"
        f"data.google_compute_network.network:\n{RANGES}\n\n{OTHER}"
    )


def test_the_condition_of_a_resource_is_not_in_the_report() -> None:
    of_resource = CONDITION.replace("data.google_compute_network.network", "resource.{}").format(
        "terraform_data.identity", NODE_SUBNET
    )
    assert shortened(of_resource) == f"terraform_data.identity:\n{NODE_SUBNET}"


@pytest.mark.parametrize("key", ["services[0].address", "services[my-api].address"])
def test_the_key_of_a_requirement_can_have_an_index(key: str) -> None:
    text = NODE_SUBNET.replace("network.node_subnet", key)
    assert shortened(CONDITION.format(text)) == f"data.google_compute_network.network:\n{text}"


@pytest.mark.parametrize(
    "message",
    [
        OTHER,
        CONDITION.format("The VPC must exist."),
        CONDITION.format(NODE_SUBNET).replace("  on ", "  in "),
        CONDITION.format(NODE_SUBNET.replace("    hint", "hint")),
        CONDITION.format("The VPC must exist.") + "\n\n" + NODE_SUBNET.replace("rule", "why"),
    ],
)
def test_a_message_of_another_form_is_printed_whole(message: str) -> None:
    assert shortened(message) == message


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

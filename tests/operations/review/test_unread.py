"""Reviews of an environment in which what exists cannot be read, or is not there."""

from ipaddress import IPv4Network
from pathlib import Path

import pytest

from operations.review.hint import hint
from operations.review.plan import Failure
from operations.review.scratch import prepare, stack_inputs
from operations.terraform.synthesized import read
from tests.fake_cloud.cloud import FakeCloud
from tests.line import Table, changed
from tests.operations.review.existing import Start
from tests.operations.review.fixtures import review
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
        " `roles/compute.networkViewer`); see docs/permissions.md.",
        "dev-dns": "The account that Terraform uses lacks a permission in my-project-id."
        " Reading the zone needs `dns.managedZones.get` (for example with `roles/dns.reader`); see"
        " docs/permissions.md.",
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

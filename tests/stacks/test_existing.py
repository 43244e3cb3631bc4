"""Stacks in which some parts exist: they read those, and refer to them as to what they create."""

from collections.abc import Mapping, Sequence
from typing import Final

import pytest

from tests.line import Line, Table, changed
from tests.support import COMBINATIONS, DEV_TABLE, Synthesize, existing

PARTS: Final = ("connector", "cluster", "dns")

NETWORK: Final = existing()
EVERYTHING: Final = existing(*PARTS)


def data(line: Line, part: str, kind: str) -> Table:
    """The only data source of a type in a stack."""
    (found,) = line.stacks[part]["data"][kind].values()
    source: Table = found
    return source


def firewall(line: Line, part: str) -> dict[str, Table]:
    return {rule["name"]: rule for rule in line.all(part, "google_compute_firewall").values()}


ASKED: Final = {
    "connector.deny_rules": True,
    "connector.extra_destinations": ["10.99.0.0/24"],
}
"""Rules for a connector that exists."""


@pytest.fixture
def everything(synthesize: Synthesize) -> Line:
    """Stacks of an environment in which all four parts exist."""
    return synthesize(changed(DEV_TABLE, EVERYTHING))


@pytest.fixture
def only_network(synthesize: Synthesize) -> Line:
    """Stacks of an environment in which only the network exists."""
    return synthesize(changed(DEV_TABLE, NETWORK))


EXISTS: Final[Mapping[str, tuple[str, frozenset[str]]]] = {
    # part: the stack, the types of resources that it does not create
    "network": (
        "network",
        frozenset(
            {
                "google_compute_network",
                "google_compute_subnetwork",
                "google_compute_router",
                "google_compute_router_nat",
            }
        ),
    ),
    "connector": (
        "connector",
        frozenset({"google_vpc_access_connector", "google_compute_subnetwork"}),
    ),
    "cluster": (
        "cluster",
        frozenset(
            {
                "google_container_cluster",
                "google_container_node_pool",
                "google_service_account",
                "google_project_iam_member",
            }
        ),
    ),
    "dns": ("dns", frozenset({"google_dns_managed_zone"})),
}


@pytest.mark.parametrize("parts", COMBINATIONS, ids=str)
def test_what_exists_is_a_data_source_and_no_resource(
    synthesize: Synthesize, parts: Sequence[str]
) -> None:
    line = synthesize(changed(DEV_TABLE, existing(*parts)))
    for part, (stack, kinds) in EXISTS.items():
        created = {kind for kind in kinds if line.all(stack, kind)}
        read = {kind for kind in kinds if kind in line.stacks[stack].get("data", {})}
        if part in {"network", *parts}:
            assert (created, bool(read)) == (set(), True)
        else:
            assert created == kinds


def test_the_data_sources_have_the_names_of_the_settings(everything: Line) -> None:
    assert data(everything, "network", "google_compute_network")["name"] == "private"
    nodes = data(everything, "network", "google_compute_subnetwork")
    assert (nodes["name"], nodes["region"]) == ("gke-nodes", "asia-northeast1")
    connector = data(everything, "connector", "google_vpc_access_connector")
    assert (connector["name"], connector["region"]) == ("shared-connector", "asia-northeast1")
    cluster = data(everything, "cluster", "google_container_cluster")
    assert (cluster["name"], cluster["location"]) == ("batch", "asia-northeast1")
    assert data(everything, "dns", "google_dns_managed_zone")["name"] == "api-private"


def test_what_is_of_app_engine_is_read_in_the_region_of_its_location(
    synthesize: Synthesize,
) -> None:
    central = {"app_engine.location": "us-central"}
    line = synthesize(changed(DEV_TABLE, {**EVERYTHING, **central}))
    connector = data(line, "connector", "google_vpc_access_connector")
    assert connector["region"] == "us-central1"
    assert data(line, "connector", "google_compute_subnetwork")["region"] == "us-central1"
    assert data(line, "network", "google_compute_subnetwork")["region"] == "asia-northeast1"
    subnet = existing(connector_subnet="serverless")
    line = synthesize(changed(DEV_TABLE, {**subnet, **central}))
    assert data(line, "connector", "google_compute_subnetwork")["region"] == "us-central1"


@pytest.mark.parametrize("parts", COMBINATIONS, ids=str)
def test_everything_that_is_created_is_in_the_existing_network(
    synthesize: Synthesize, parts: Sequence[str]
) -> None:
    line = synthesize(changed(DEV_TABLE, existing(*parts)))
    network = "network: network data.google_compute_network.id"
    nodes = "network: network_nodes_63EB1868 data.google_compute_subnetwork.id"
    for part in ("connector", "service"):
        for rule in line.all(part, "google_compute_firewall").values():
            assert line.source(part, rule["network"]) == network
    address = line.one("service", "google_compute_address")
    assert line.source("service", address["subnetwork"]) == nodes
    if "connector" not in parts:
        subnet = line.one("connector", "google_compute_subnetwork")
        assert line.source("connector", subnet["network"]) == network
    if "cluster" not in parts:
        cluster = line.one("cluster", "google_container_cluster")
        assert line.source("cluster", cluster["network"]) == network
        assert line.source("cluster", cluster["subnetwork"]) == nodes
    if "dns" not in parts:
        zone = line.one("dns", "google_dns_managed_zone")
        (visible,) = zone["private_visibility_config"]["networks"]
        assert line.source("dns", visible["network_url"]) == network


def test_names_of_created_resources_start_with_the_prefix(synthesize: Synthesize) -> None:
    line = synthesize(changed(DEV_TABLE, {**NETWORK, "network.connector_subnet": None}))
    named = {
        resource["name"]
        for part in ("connector", "service", "dns", "cluster")
        for kind, found in line.stacks[part]["resource"].items()
        for resource in found.values()
        if kind.startswith("google_compute") or kind == "google_dns_managed_zone"
    }
    assert {name.partition("-")[0] for name in named} == {"line"}
    without = synthesize(changed(DEV_TABLE, {**NETWORK, "network.prefix": None}))
    assert without.one("dns", "google_dns_managed_zone")["name"] == "private-zone"


def test_a_new_cluster_has_the_named_secondary_ranges(synthesize: Synthesize) -> None:
    line = synthesize(changed(DEV_TABLE, existing(pods_range="p", services_range="s")))
    assert line.one("cluster", "google_container_cluster")["ip_allocation_policy"] == {
        "cluster_secondary_range_name": "p",
        "services_secondary_range_name": "s",
    }


@pytest.mark.parametrize(("pods", "is_public"), [("10.64.0.0/14", False), ("21.0.0.0/14", True)])
def test_a_new_cluster_translates_no_addresses_of_pods_in_a_public_range(
    synthesize: Synthesize,
    pods: str,
    is_public: bool,  # noqa: FBT001 - pytest passes parameters by position or name
) -> None:
    line = synthesize(changed(DEV_TABLE, existing(pods=pods)))
    cluster = line.one("cluster", "google_container_cluster")
    assert ("default_snat_status" in cluster) == is_public


def test_a_new_connector_gets_the_existing_subnet(synthesize: Synthesize) -> None:
    line = synthesize(changed(DEV_TABLE, existing(connector_subnet="serverless")))
    connector = line.one("connector", "google_vpc_access_connector")
    subnet = "connector: connector_subnet_B2338848 data.google_compute_subnetwork"
    assert line.source("connector", connector["subnet"]["name"]) == f"{subnet}.name"
    # A subnet that exists is not replaced together with the connector.
    assert "lifecycle" not in connector
    (source,) = firewall(line, "connector")["line-deny-connector"]["source_ranges"]
    assert line.source("connector", source) == f"{subnet}.ip_cidr_range"
    (source,) = firewall(line, "service")["line-allow-myapi"]["source_ranges"]
    assert line.source("service", source) == f"{subnet}.ip_cidr_range"
    assert len(connector["depends_on"]) == 2, "the deny rules"


def test_the_range_of_an_existing_connector_is_that_of_its_subnet_or_its_own(
    everything: Line,
) -> None:
    """The API gives one or the other."""
    (expression,) = everything.stacks["connector"]["locals"].values()
    assert expression == (
        "${coalesce(data.google_vpc_access_connector.connector.ip_cidr_range,"
        " one(data.google_compute_subnetwork.connector_subnet_B2338848[*].ip_cidr_range))}"
    )
    subnet = data(everything, "connector", "google_compute_subnetwork")
    assert subnet["count"] == "${length(data.google_vpc_access_connector.connector.subnet)}"
    (local,) = everything.stacks["connector"]["locals"]
    service = everything.one("service", "kubernetes_service_v1")
    (allow,) = (
        rule for rule in firewall(everything, "service").values() if rule["direction"] == "INGRESS"
    )
    outputs = everything.stacks["connector"]["output"].values()
    assert f"${{local.{local}}}" in [output["value"] for output in outputs]
    for ranges in (allow["source_ranges"], service["spec"]["load_balancer_source_ranges"]):
        (source,) = ranges
        producer = source.partition(".outputs.")[2].removesuffix("}")
        assert everything.stacks["connector"]["output"][producer]["value"] == f"${{local.{local}}}"


def test_app_yaml_contains_the_existing_connector(everything: Line) -> None:
    output = everything.stacks["connector"]["output"]
    assert everything.source("connector", output["connector_id"]["value"]) == (
        "connector: connector data.google_vpc_access_connector.id"
    )
    assert f"  name: {output['connector_id']['value']}\n" in output["app_yaml"]["value"]


def test_an_existing_connector_has_deny_rules_only_if_asked_for(
    everything: Line, synthesize: Synthesize
) -> None:
    assert firewall(everything, "connector") == {}
    asked = synthesize(changed(DEV_TABLE, {**EVERYTHING, **ASKED}))
    rules = firewall(asked, "connector")
    assert rules.keys() == {
        "line-deny-connector",
        "line-deny-connector-egress",
        "line-extra-destinations",
        "line-extra-destinations-egress",
    }
    tag = "vpc-connector-asia-northeast1-shared-connector"
    assert rules["line-deny-connector-egress"]["target_tags"] == [tag]
    (local,) = asked.stacks["connector"]["locals"]
    for name in ("line-deny-connector", "line-extra-destinations"):
        assert rules[name]["source_ranges"] == [f"${{local.{local}}}"]


def test_the_connector_is_allowed_to_the_address_on_all_machines_or_to_tagged_nodes(
    everything: Line, synthesize: Synthesize
) -> None:
    rule = firewall(everything, "service")["line-allow-myapi"]
    assert "target_tags" not in rule
    (destination,) = rule["destination_ranges"]
    assert destination == "${google_compute_address.address-myapi.address}/32"
    tags = ["gke-batch-1", "gke-batch-2"]
    line = synthesize(changed(DEV_TABLE, {**EVERYTHING, "cluster.node_tags": tags}))
    assert firewall(line, "service")["line-allow-myapi"] == {**rule, "target_tags": tags}
    egress = firewall(line, "service")["line-egress-myapi"]
    assert egress["target_tags"] == ["vpc-connector-asia-northeast1-shared-connector"]


@pytest.mark.parametrize(
    ("endpoint", "attribute"),
    [
        ("dns", "control_plane_endpoints_config[0].dns_endpoint_config[0].endpoint"),
        ("private", "private_cluster_config[0].private_endpoint"),
        ("public", "endpoint"),
    ],
)
def test_the_kubernetes_provider_connects_to_the_endpoint_of_the_existing_cluster(
    synthesize: Synthesize, endpoint: str, attribute: str
) -> None:
    line = synthesize(changed(DEV_TABLE, {**EVERYTHING, "cluster.control_plane": endpoint}))
    (kubernetes,) = line.stacks["service"]["provider"]["kubernetes"]
    cluster = "cluster: cluster data.google_container_cluster"
    host = kubernetes["host"].removeprefix("https://")
    assert line.source("service", host) == f"{cluster}.{attribute}"
    certificate = kubernetes.get("cluster_ca_certificate", "")
    assert certificate.startswith("${base64decode(") == (endpoint != "dns")
    command = line.stacks["cluster"]["output"]["credentials_command"]["value"]
    assert command.startswith(
        "gcloud container clusters get-credentials batch"
        " --location asia-northeast1 --project my-project-id"
    )


def test_a_record_is_in_the_existing_zone(everything: Line) -> None:
    record = everything.one("dns", "google_dns_record_set")
    zone = "dns: zone data.google_dns_managed_zone"
    assert everything.source("dns", record["managed_zone"]) == f"{zone}.name"
    host, dot, dns_name = record["name"].partition(".")
    assert (host, dot) == ("my", ".")
    assert everything.source("dns", dns_name) == f"{zone}.dns_name"
    assert everything.stacks["dns"]["output"]["urls"]["value"] == {"myapi": "http://my.api.private"}


APIS: Final[Mapping[str, frozenset[str]]] = {
    "network": frozenset({"compute"}),
    "connector": frozenset({"vpcaccess"}),
    "cluster": frozenset({"container", "iam", "cloudresourcemanager"}),
    "dns": frozenset({"dns"}),
}


@pytest.mark.parametrize("parts", COMBINATIONS, ids=str)
def test_only_the_apis_of_what_is_created_are_enabled(
    synthesize: Synthesize, parts: Sequence[str]
) -> None:
    line = synthesize(changed(DEV_TABLE, existing(*parts)))
    enabled = {api["service"] for api in line.all("network", "google_project_service").values()}
    created = APIS.keys() - {"network", *parts}
    assert enabled == {f"{api}.googleapis.com" for part in created for api in APIS[part]}


def test_a_destroy_waits_only_for_a_cluster_that_it_destroys(
    only_network: Line, everything: Line
) -> None:
    assert only_network.all("service", "terraform_data")
    assert not everything.all("service", "terraform_data")

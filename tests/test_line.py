"""The values that the stacks of an environment pass to each other, for every backend and access."""

from tests.line import STACKS, Line, Table, changed
from tests.support import Synthesize


def test_each_stack_depends_only_on_the_stacks_that_it_needs(any_line: Line) -> None:
    assert {part: any_line.dependencies(part) for part in STACKS} == {
        "network": set(),
        "connector": {"network"},
        "cluster": {"network"},
        "service": {"network", "connector", "cluster"},
        "dns": {"network", "service"},
    }


def test_the_record_points_at_the_reserved_address(any_line: Line) -> None:
    record = any_line.one("dns", "google_dns_record_set")
    (target,) = record["rrdatas"]
    assert any_line.source("dns", target) == "service: private-myapi google_compute_address.address"
    assert record["type"] == "A"
    assert record["name"] == "my.${google_dns_managed_zone.zone.dns_name}"


def test_the_service_refers_to_the_reserved_address_by_value_and_by_name(any_line: Line) -> None:
    service = any_line.one("service", "kubernetes_service_v1")
    by_name = service["metadata"]["annotations"]["networking.gke.io/load-balancer-ip-addresses"]
    by_value = service["spec"]["load_balancer_ip"]
    address = "service: private-myapi google_compute_address"
    assert any_line.source("service", by_name) == f"{address}.name"
    assert any_line.source("service", by_value) == f"{address}.address"


def test_the_service_admits_the_range_of_the_connector(any_line: Line) -> None:
    (admitted,) = any_line.one("service", "kubernetes_service_v1")["spec"][
        "load_balancer_source_ranges"
    ]
    assert (
        any_line.source("service", admitted)
        == "connector: private-connector google_compute_subnetwork.ip_cidr_range"
    )


def test_the_connector_names_its_subnet_by_short_name(any_line: Line) -> None:
    subnet = any_line.one("connector", "google_vpc_access_connector")["subnet"]["name"]
    assert (
        any_line.source("connector", subnet)
        == "connector: private-connector google_compute_subnetwork.name"
    )


def test_the_cluster_is_in_the_node_subnet(any_line: Line) -> None:
    cluster = any_line.one("cluster", "google_container_cluster")
    subnet = any_line.source("cluster", cluster["subnetwork"])
    network = any_line.source("cluster", cluster["network"])
    assert subnet == "network: private-nodes google_compute_subnetwork.id"
    assert network == "network: private google_compute_network.id"
    ranges = any_line.named("network", "google_compute_subnetwork", "private-nodes")
    assert [secondary["range_name"] for secondary in ranges["secondary_ip_range"]] == [
        cluster["ip_allocation_policy"]["cluster_secondary_range_name"],
        cluster["ip_allocation_policy"]["services_secondary_range_name"],
    ]


def test_the_zone_is_visible_only_in_this_network(any_line: Line) -> None:
    zone = any_line.one("dns", "google_dns_managed_zone")
    (network,) = zone["private_visibility_config"]["networks"]
    assert any_line.source("dns", network["network_url"]) == (
        "network: private google_compute_network.id"
    )


def test_the_firewall_rule_targets_the_tag_of_the_nodes(any_line: Line) -> None:
    rule = any_line.named("service", "google_compute_firewall", "private-allow-myapi")
    nodes = any_line.one("cluster", "google_container_node_pool")["node_config"]
    assert rule["target_tags"] == nodes["tags"]


def test_the_service_account_of_the_nodes_has_only_the_roles_that_nodes_need(
    any_line: Line,
) -> None:
    pool = any_line.one("cluster", "google_container_node_pool")["node_config"]
    first = any_line.one("cluster", "google_container_cluster")["node_config"]
    assert pool["service_account"] == first["service_account"]
    assert any_line.source("cluster", pool["service_account"]).endswith("account.email")
    grants = any_line.all("cluster", "google_project_iam_member").values()
    assert {grant["role"] for grant in grants} == {
        "roles/container.defaultNodeServiceAccount",
        "roles/artifactregistry.reader",
    }
    assert {any_line.source("cluster", grant["member"]) for grant in grants} == {
        "cluster: node-account google_service_account.member"
    }


def test_each_service_has_one_address_one_record_and_one_load_balancer(
    synthesize: Synthesize, table: Table
) -> None:
    second = {
        "name": "server",
        "namespace": "argo",
        "selector": {"app": "server"},
        "host": "argo",
        "address": "192.168.32.20",
        "extra_source_ranges": ["10.100.0.0/16"],
        "external_traffic_policy": "Local",
        "ports": [{"name": "web", "port": 2746, "target_port": 2746}],
    }
    line = synthesize(changed(table, {"services": [*table["services"], second]}))
    assert len(line.all("service", "google_compute_address")) == 2
    address = line.named("service", "google_compute_address", "private-argo-server")
    assert address["address"] == "192.168.32.20"
    records = line.all("dns", "google_dns_record_set").values()
    targets = {
        record["name"].partition(".")[0]: line.source("dns", record["rrdatas"][0])
        for record in records
    }
    assert targets == {
        "my": "service: private-myapi google_compute_address.address",
        "argo": "service: private-argo-server google_compute_address.address",
    }
    service = line.all("service", "kubernetes_service_v1")["service-argo-server"]
    assert service["metadata"]["namespace"] == "argo"
    assert service["spec"]["external_traffic_policy"] == "Local"
    assert service["spec"]["load_balancer_source_ranges"][1:] == ["10.100.0.0/16"]
    assert service["spec"]["port"] == [
        {"name": "web", "port": 2746, "target_port": "2746", "protocol": "TCP"}
    ]


def test_a_service_is_destroyed_before_its_address_and_its_rules(any_line: Line) -> None:
    """Terraform destroys in the reverse order of creation."""
    service = any_line.one("service", "kubernetes_service_v1")
    assert service["depends_on"][:2] == [
        "google_compute_firewall.allow-myapi",
        "google_compute_firewall.egress-myapi",
    ]
    for name in ("private-allow-myapi", "private-egress-myapi"):
        rule = any_line.named("service", "google_compute_firewall", name)
        (destination,) = rule["destination_ranges"]
        assert any_line.source("service", destination.removesuffix("/32")) == (
            "service: private-myapi google_compute_address.address"
        )


def test_a_replaced_address_replaces_the_service_and_a_replaced_subnet_the_connector(
    any_line: Line,
) -> None:
    """The trigger is the ID: a new label updates the address, and must not replace the Service."""
    for part, kind, trigger_source in (
        ("service", "kubernetes_service_v1", "private-myapi google_compute_address.id"),
        (
            "connector",
            "google_vpc_access_connector",
            "private-connector google_compute_subnetwork.id",
        ),
    ):
        (trigger,) = any_line.one(part, kind)["lifecycle"]["replace_triggered_by"]
        # Terraform accepts only a bare reference here, without `${}`.
        assert any_line.source(part, f"${{{trigger}}}") == f"{part}: {trigger_source}"


def test_every_resource_that_supports_labels_has_them(synthesize: Synthesize, table: Table) -> None:
    labels = {"team": "platform", "environment": "dev"}
    line = synthesize(changed(table, {"labels": labels}))
    assert line.one("service", "google_compute_address")["labels"] == labels
    assert line.one("dns", "google_dns_managed_zone")["labels"] == labels
    assert line.one("cluster", "google_container_cluster")["resource_labels"] == labels
    pool = line.one("cluster", "google_container_node_pool")["node_config"]
    assert pool["resource_labels"] == labels
    assert line.one("service", "kubernetes_service_v1")["metadata"]["labels"] == labels

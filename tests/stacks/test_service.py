"""The service stack: the Kubernetes provider, namespaces, firewall rules and Services."""

import pytest

from tests.line import ACCESSES, Line, Table, changed
from tests.support import Synthesize


@pytest.mark.parametrize(
    ("access", "host", "certificate"),
    [
        (
            "dns",
            "control_plane_endpoints_config[0].dns_endpoint_config[0].endpoint",
            None,
        ),
        (
            "private",
            "private_cluster_config[0].private_endpoint",
            "master_auth[0].cluster_ca_certificate",
        ),
        ("public", "endpoint", "master_auth[0].cluster_ca_certificate"),
    ],
)
def test_the_kubernetes_provider_uses_the_control_plane_endpoint_that_is_on(
    synthesize: Synthesize, table: Table, access: str, host: str, certificate: str | None
) -> None:
    line = synthesize(changed(table, {"cluster.control_plane": access, **ACCESSES[access]}))
    (provider,) = line.stacks["service"]["provider"]["kubernetes"]
    # The data source is read again after an update; the resource's attributes are not.
    cluster = "cluster: cluster_applied_6DB8F50D data.google_container_cluster"
    (applied,) = line.stacks["cluster"]["data"]["google_container_cluster"].values()
    assert applied["depends_on"] == ["google_container_cluster.cluster"]
    assert line.source("cluster", applied["name"]).endswith("google_container_cluster.name")
    assert provider["host"].startswith("https://")
    assert line.source("service", provider["host"].removeprefix("https://")) == f"{cluster}.{host}"
    assert provider["token"] == "${data.google_client_config.client.access_token}"  # noqa: S105 - a reference
    if certificate is None:
        assert "cluster_ca_certificate" not in provider
    else:
        decoded = provider["cluster_ca_certificate"].removeprefix("${base64decode(")
        reference = "${" + decoded.removesuffix(")}") + "}"
        assert line.source("service", reference) == f"{cluster}.{certificate}"


GLOBAL = "networking.gke.io/internal-load-balancer-allow-global-access"


@pytest.mark.parametrize(
    ("region", "location", "needed"),
    [
        ("asia-northeast1", "asia-northeast1", False),
        ("us-central1", "us-central", False),
        ("asia-northeast1", "us-central", True),
        ("us-central1", "europe-west", True),
    ],
)
def test_global_access_is_on_if_and_only_if_the_app_is_in_another_region(
    synthesize: Synthesize,
    table: Table,
    region: str,
    location: str,
    needed: bool,  # noqa: FBT001 - pytest passes parameters by position or name
) -> None:
    line = synthesize(changed(table, {"region": region, "app_engine.location": location}))
    annotations = line.one("service", "kubernetes_service_v1")["metadata"]["annotations"]
    assert (annotations.get(GLOBAL) == "true") is needed


def test_destroy_waits_after_the_last_service_for_gke_to_delete_network_endpoint_groups(
    line: Line,
) -> None:
    service = line.one("service", "kubernetes_service_v1")
    *_, wait = service["depends_on"]
    kind, name = wait.split(".")
    (provisioner,) = line.all("service", kind)[name]["provisioner"]
    assert provisioner["local-exec"] == {"when": "destroy", "command": "sleep 180"}


def test_a_service_forwards_calls_to_the_port_of_its_pods(line: Line) -> None:
    spec = line.one("service", "kubernetes_service_v1")["spec"]
    assert spec["selector"] == {"app": "myapi"}
    assert spec["port"] == [{"name": "http", "port": 80, "target_port": "8080", "protocol": "TCP"}]


def test_the_connector_can_reach_each_service_on_its_ports_only(
    synthesize: Synthesize, table: Table
) -> None:
    ports = [
        {"name": "http", "port": 80, "target_port": 8080},
        {"name": "admin", "port": 9090, "target_port": "admin"},
    ]
    line = synthesize(changed(table, {"services[0].ports": ports}))
    rules = line.all("service", "google_compute_firewall")
    assert rules.keys() == {"allow-myapi", "egress-myapi"}
    for rule in rules.values():
        assert rule["allow"] == [{"protocol": "tcp", "ports": ["80", "9090"]}]
        assert rule["priority"] == 980
    assert rules["allow-myapi"]["direction"] == "INGRESS"
    assert rules["egress-myapi"]["direction"] == "EGRESS"
    (source,) = rules["allow-myapi"]["source_ranges"]
    assert line.source("service", source) == (
        "connector: private-connector google_compute_subnetwork.ip_cidr_range"
    )
    deny = line.named("connector", "google_compute_firewall", "private-deny-connector-egress")
    assert rules["egress-myapi"]["target_tags"] == deny["target_tags"]


def test_a_renamed_api_keeps_its_address_its_firewall_rules_and_its_service(
    synthesize: Synthesize, table: Table
) -> None:
    renamed = changed(table, {"services[0].name": "newapi", "services[0].was": "myapi"})
    assert synthesize(renamed).stacks["service"]["moved"] == [
        {"from": f"{kind}.{prefix}-myapi", "to": f"{kind}.{prefix}-newapi"}
        for kind, prefix in (
            ("google_compute_address", "address"),
            ("google_compute_firewall", "allow"),
            ("google_compute_firewall", "egress"),
            ("kubernetes_service_v1", "service"),
        )
    ]


def test_no_service_name_conflicts_with_another_construct_id(
    synthesize: Synthesize, table: Table
) -> None:
    names = ["namespaces", "google", "client", "neg-collection", "address-myapi", "myapi"]
    services = [{**table["services"][0], "name": name, "host": name} for name in names]
    line = synthesize(changed(table, {"services": services}))
    assert line.all("service", "kubernetes_service_v1").keys() == {
        f"service-{name}" for name in names
    }


def test_namespaces_are_created_before_every_service_and_destroyed_after_it(
    synthesize: Synthesize, table: Table
) -> None:
    line = synthesize(changed(table, {"cluster.namespaces": ["apis", "tools"]}))
    ((name, namespaces),) = line.all("service", "kubernetes_namespace_v1").items()
    assert namespaces["for_each"] == '${toset(["apis", "tools"])}'
    assert namespaces["metadata"] == {"name": "${each.value}"}
    service = line.one("service", "kubernetes_service_v1")
    assert f"kubernetes_namespace_v1.{name}" in service["depends_on"]


@pytest.mark.parametrize("protected", [True, False])
def test_namespaces_are_protected_like_the_cluster_even_the_last_one(
    synthesize: Synthesize,
    table: Table,
    protected: bool,  # noqa: FBT001 - pytest passes parameters by position or name
) -> None:
    line = synthesize(changed(table, {"cluster.deletion_protection": protected}))
    namespaces = line.one("service", "kubernetes_namespace_v1")
    assert namespaces["for_each"] == "${toset([])}"
    assert namespaces["lifecycle"]["prevent_destroy"] is protected


def test_plans_ignore_labels_and_annotations_of_namespaces(line: Line) -> None:
    namespaces = line.one("service", "kubernetes_namespace_v1")
    ignored = {f"metadata[0].{name}" for name in ("annotations", "labels")}
    assert set(namespaces["lifecycle"]["ignore_changes"]) == ignored

"""Every rule of the settings, on both sides of its boundary."""

from datetime import time

import pytest

from tests.line import Table, changed, errors_in

ONE_PORT = {"name": "http", "port": 80, "target_port": 8080}
FIRST = {"name": "myapi", "selector": {"app": "myapi"}, "host": "my", "ports": [ONE_PORT]}
SECOND = {
    "name": "other",
    "selector": {"app": "other"},
    "host": "other",
    "ports": [ONE_PORT],
}


def with_second(first: Table | None = None, **second: str) -> Table:
    return {"services": [{**FIRST, **(first or {})}, {**SECOND, **second}]}


BAD: list[tuple[Table, str, str]] = [
    # changes, key of the error, its rule
    ({"project": "My-Project"}, "project", "project ID"),
    ({"project": "short"}, "project", "6 to 30"),
    ({"region": "us-central"}, "region", "App Engine location"),
    ({"region": "asia-northeast1-a"}, "region", "zone, not a region"),
    ({"region": "tokyo"}, "region", "must be a region"),
    ({"app_engine.location": "us-central1"}, "app_engine.location", "has another ID"),
    ({"app_engine.location": "europe-west1"}, "app_engine.location", "has another ID"),
    ({"app_engine.location": "Tokyo"}, "app_engine.location", "must be a region"),
    ({"impersonate_service_account": "me"}, "impersonate_service_account", "email address"),
    ({"labels": {"Team": "x"}}, "labels", "'Team' must be at most 63"),
    ({"labels": {"team": "Platform!"}}, "labels", "'Platform!' must be at most 63"),
    ({"labels": {f"k{i}": "v" for i in range(65)}}, "labels", "at most 64"),
    ({"labels": {"team": 3}}, "labels.team", "valid string"),
    ({"labels": "team"}, "labels", "must be a table"),
    ({"enable_apis": "yes"}, "enable_apis", "boolean"),
    # network
    ({"network.name": "Private"}, "network.name", "63 characters"),
    ({"network.name": "a" * 25}, "network.name", "at most 24"),
    ({"network.nodes": "192.168.32.0"}, "network.nodes", "must have a prefix length"),
    ({"network.nodes": "192.168.32.1/24"}, "network.nodes", "first address"),
    ({"network.nodes": "192.168.32.0/33"}, "network.nodes", "IPv4 range"),
    ({"network.nodes": "fd00::/64"}, "network.nodes", "IPv4 range"),
    ({"network.nodes": 24}, "network.nodes", "CIDR notation, as a string"),
    ({"network.nodes": "8.8.8.0/24"}, "network.nodes", "private range"),
    ({"network.nodes": "172.32.0.0/24"}, "network.nodes", "private range"),
    ({"network.nodes": "100.128.0.0/24"}, "network.nodes", "private range"),
    ({"network.nodes": "172.17.4.0/24"}, "network.nodes", "Docker's bridge"),
    ({"network.nodes": "192.168.32.0/29"}, "network.nodes", "must have at least 10 addresses"),
    ({"network.pods": "10.4.0.0/23"}, "network.pods", "a /24 for each of 4 nodes"),
    ({"network.services": "10.0.0.0/15"}, "network.services", "/16 to /28"),
    ({"network.services": "10.0.16.0/29"}, "network.services", "/16 to /28"),
    ({"network.services": "10.4.16.0/20"}, "network.services", "overlap network.pods"),
    ({"network.pods": "192.168.0.0/16"}, "network.pods", "overlap network.nodes"),
    ({"network.connector": "10.0.16.0/28"}, "network.connector", "overlap network.services"),
    ({"network.connector": "10.8.0.0/27"}, "network.connector", "must be a /28"),
    ({"network.connector": "10.8.0.0/29"}, "network.connector", "must be a /28"),
    ({"network.connector": "203.0.113.0/28"}, "network.connector", "private range"),
    # connector
    ({"connector.name": "1connector"}, "connector.name", "start with a letter"),
    ({"connector.name": "connector-"}, "connector.name", "end with a letter"),
    ({"connector.name": "a" * 21}, "connector.name", "got 21"),
    ({"connector.name": "private-connector-ab"}, "connector.name", "got 22"),
    ({"connector.machine_type": "e2-small"}, "connector.machine_type", "e2-micro"),
    ({"connector.min_instances": 1}, "connector", "2 to 9, got 1"),
    (
        {"connector.min_instances": 10, "connector.max_instances": 11},
        "connector",
        "2 to 9, got 10",
    ),
    ({"connector.max_instances": 11}, "connector", "3 to 10, got 11"),
    ({"connector.max_instances": 2}, "connector", "3 to 10, got 2"),
    ({"connector.min_instances": 3}, "connector", "below max_instances, got 3 and 3"),
    ({"connector.min_instances": "2"}, "connector.min_instances", "integer"),
    *(
        ({"connector.extra_destinations": destinations}, f"connector.extra_destinations{at}", rule)
        for destinations, at, rule in (
            ("10.20.0.0/24", "", "must be a list"),
            (["10.20.0.0"], "[0]", "must have a prefix length"),
            (["10.20.0.1/24"], "[0]", "first address"),
            (["fd00::/64"], "[0]", "IPv4 range"),
            (["0.0.0.0/0"], "[0]", "0.0.0.0/0, which is every address"),
            (
                ["10.20.0.0/24", "8.8.8.0/24"],
                "[1]",
                "private range: App Engine sends no other traffic",
            ),
            (
                ["192.168.32.0/28"],
                "[0]",
                "192.168.32.0/24: it would allow more ports",
            ),
            (["10.4.0.0/24"], "[0]", "overlap network.pods"),
            (["10.0.0.0/19"], "[0]", "overlap network.services"),
            (["10.8.0.0/24"], "[0]", "overlap network.connector"),
            (
                ["10.20.0.0/24"] * 2,
                "[1]",
                "connector.extra_destinations[0], which is",
            ),
            (["10.20.0.0/16", "10.20.1.0/24"], "[1]", "overlap connector.extra_destinations[0]"),
        )
    ),
    # cluster
    ({"cluster.name": "a" * 41}, "cluster.name", "at most 40"),
    ({"cluster.name": "cluster-"}, "cluster.name", "end with a letter or digit"),
    ({"cluster.name": "2nd"}, "cluster.name", "start with a letter"),
    (
        {"cluster.location": "us-east1"},
        "cluster.location",
        "asia-northeast1, where the node subnet is, or a zone of it",
    ),
    ({"cluster.location": "asia-northeast2-a"}, "cluster.location", "a zone of it"),
    ({"cluster.control_plane": "open"}, "cluster.control_plane", "'dns', 'private' or 'public'"),
    ({"cluster.control_plane": "public"}, "cluster.authorized_networks", "at least one"),
    ({"cluster.authorized_networks": ["10.0.0.0/8"]}, "cluster.authorized_networks", "empty"),
    (
        {"cluster.control_plane": "public", "cluster.authorized_networks": ["0.0.0.0/0"]},
        "cluster.authorized_networks[0]",
        "allows every caller",
    ),
    (
        {"cluster.authorized_networks": "10.0.0.0/8"},
        "cluster.authorized_networks",
        "must be a list",
    ),
    ({"cluster.machine_type": "big"}, "cluster.machine_type", "machine type"),
    ({"cluster.min_nodes": 0}, "cluster", "1 or more, got 0"),
    ({"cluster.min_nodes": 4}, "cluster", "min_nodes or more, got 3 and 4"),
    ({"cluster.max_nodes": 2}, "cluster", "3 or more, got 2: GKE creates a node in each zone"),
    (
        {"cluster.location": "asia-northeast1-a", "cluster.max_nodes": 0},
        "cluster",
        "1 or more, got 0",
    ),
    ({"cluster.disk_size_gb": 9}, "cluster.disk_size_gb", "10 to 65536, got 9"),
    ({"cluster.disk_size_gb": 65537}, "cluster.disk_size_gb", "10 to 65536, got 65537"),
    ({"cluster.disk_type": "pd-extreme"}, "cluster.disk_type", "pd-balanced"),
    (
        {"cluster.security_group": "admins@example.com"},
        "cluster.security_group",
        "the group gke-security-groups of your domain",
    ),
    (
        {"cluster.secrets_key": "keyRings/gke/cryptoKeys/secrets"},
        "cluster.secrets_key",
        "the full name of a Cloud KMS key",
    ),
    (
        {"cluster.secrets_key": "projects/my-project-id/locations/eu/keyRings/a/cryptoKeys/b/1"},
        "cluster.secrets_key",
        "without a version",
    ),
    ({"cluster.release_channel": "STATIC"}, "cluster.release_channel", "'RAPID'"),
    *(
        ({"cluster.namespaces": namespaces}, f"cluster.namespaces{at}", rule)
        for namespaces, at, rule in (
            ("apis", "", "must be a list"),
            (["Apis"], "[0]", "63 characters"),
            (["default"], "[0]", "created by Kubernetes or GKE"),
            (["apis", "kube-system"], "[1]", "created by Kubernetes or GKE"),
            (["gke-managed-system"], "[0]", "created by Kubernetes or GKE"),
            (["gmp-public"], "[0]", "created by Kubernetes or GKE"),
            (["apis", "tools", "apis"], "", "must not repeat a name"),
        )
    ),
    ({"cluster.deletion_protection": "no"}, "cluster.deletion_protection", "boolean"),
    ({"cluster.maintenance_window": {"hours": 3}}, "cluster.maintenance_window", "4 to 24"),
    ({"cluster.maintenance_window": {"hours": 25}}, "cluster.maintenance_window", "4 to 24"),
    (
        {"cluster.maintenance_window": {"days": ["SA", "SU"], "hours": 5}},
        "cluster.maintenance_window",
        "12 hours per week, got 10",
    ),
    (
        {"cluster.maintenance_window": {"days": ["Sunday"]}},
        "cluster.maintenance_window.days[0]",
        "'SU'",
    ),
    (
        {"cluster.maintenance_window": {"start": "24:00"}},
        "cluster.maintenance_window.start",
        "HH:MM",
    ),
    # dns
    ({"dns.zone": "com"}, "dns.zone", "public suffix"),
    ({"dns.zone": "co.uk"}, "dns.zone", "public suffix"),
    ({"dns.zone": "dev"}, "dns.zone", "public suffix"),
    ({"dns.zone": "internal"}, "dns.zone", "is reserved"),
    ({"dns.zone": "x.google.internal"}, "dns.zone", "is reserved"),
    ({"dns.zone": "api.private."}, "dns.zone", "must not end with a dot"),
    ({"dns.zone": "api_private"}, "dns.zone", "DNS name"),
    # services
    ({"services": []}, "services", "at least one table"),
    ({"services": "myapi"}, "services", "at least one table"),
    ({"services": ["myapi"]}, "services[0]", "must be a table"),
    ({"services[0].name": "MyApi"}, "services[0].name", "63 characters"),
    ({"services[0].name": "a" * 52}, "services[0].name", "longer than 63"),
    ({"services[0].namespace": "kube_system"}, "services[0].namespace", "63 characters"),
    ({"services[0].selector": {}}, "services[0].selector", "at least one label"),
    ({"services[0].selector": {"a b": "c"}}, "services[0].selector", "label key"),
    ({"services[0].selector": {"app": "-x"}}, "services[0].selector", "label value"),
    ({"services[0].host": "my_api"}, "services[0].host", "DNS name"),
    ({"services[0].host": ".".join(["a" * 60] * 4)}, "services[0].host", "DNS name"),
    ({"services[0].ports": []}, "services[0].ports", "at least one table"),
    ({"services[0].ports": [80]}, "services[0].ports[0]", "must be a table"),
    ({"services[0].ports[0].port": 0}, "services[0].ports[0].port", "1 to 65535"),
    ({"services[0].ports[0].port": 65536}, "services[0].ports[0].port", "1 to 65535"),
    ({"services[0].ports[0].target_port": 0}, "services[0].ports[0].target_port", "1 to 65535"),
    ({"services[0].ports[0].target_port": "8080"}, "services[0].ports[0].target_port", "name"),
    ({"services[0].ports[0].target_port": "a" * 16}, "services[0].ports[0].target_port", "name"),
    ({"services[0].ports[0].target_port": 1.5}, "services[0].ports[0].target_port", "or must be"),
    ({"services[0].ports[0].protocol": "SCTP"}, "services[0].ports[0].protocol", "'TCP'"),
    (
        {"services[0].ports": [ONE_PORT, {**ONE_PORT, "name": "also"}]},
        "services[0].ports",
        "must not repeat a port number or a port name",
    ),
    (
        {"services[0].ports": [ONE_PORT, {**ONE_PORT, "port": 81}]},
        "services[0].ports",
        "must not repeat a port number or a port name",
    ),
    (
        {
            "services[0].ports": [
                ONE_PORT,
                {"name": "u", "port": 81, "target_port": 1, "protocol": "UDP"},
            ]
        },
        "services[0].ports",
        "the same protocol",
    ),
    ({"services[0].address": "10.9.9.9"}, "services[0].address", "in the node range"),
    ({"services[0].address": "192.168.32.0"}, "services[0].address", "the network address"),
    ({"services[0].address": "192.168.32.1"}, "services[0].address", "the gateway address"),
    ({"services[0].address": "192.168.32.254"}, "services[0].address", "the second-to-last"),
    ({"services[0].address": "192.168.32.255"}, "services[0].address", "the broadcast address"),
    ({"services[0].address": "my.api"}, "services[0].address", "IPv4 address"),
    (
        {"services[0].extra_source_ranges": ["0.0.0.0/0"]},
        "services[0].extra_source_ranges[0]",
        "every caller",
    ),
    ({"services[0].external_traffic_policy": "Global"}, "services[0].external_traffic_policy", "L"),
    (with_second(host="my"), "services[1].host", "already used by services[0]"),
    (with_second(name="myapi"), "services[1].name", "already used by services[0]"),
    (
        with_second(name="b", namespace="a", first={"name": "a-b"}),
        "services[1].name",
        "already used by",
    ),
    (
        with_second(address="192.168.32.9", first={"address": "192.168.32.9"}),
        "services[1].address",
        "already used by services[0]",
    ),
    ({"services[0].address": 3232243722}, "services[0].address", "as a string"),
    ({"services[0].address": True}, "services[0].address", "as a string"),
    ({"services[0].address": "192.168.32.300"}, "services[0].address", "as a string"),
    ({"cluster.location": ""}, "cluster.location", "a region or a zone"),
    ({"cluster.location": "asia-northeast1!!"}, "cluster.location", "a region or a zone"),
    ({"cluster.location": "asia-northeast1-9"}, "cluster.location", "a region or a zone"),
    ({"cluster.location": "asia-northeast2-a"}, "cluster.location", "must be the region"),
    ({"network.nodes": "hello"}, "network.nodes", "in CIDR notation"),
    ({"network.nodes": "10.0.0.0"}, "network.nodes", "must have a prefix length"),
    (
        {"cluster.maintenance_window": {"start": time(18, 0, 30)}},
        "cluster.maintenance_window.start",
        "HH:MM",
    ),
    ({"state.path": "a/${x}"}, "state.path", "which Terraform evaluates"),
    (
        {"state": {"backend": "cloud", "organization": "o", "project": ""}},
        "state.project",
        "3 to 40 letters",
    ),
    ({"services[0].name": "a" * 49}, "services[0].name", "longer than 63"),
    (
        {"state": {"backend": "cloud", "organization": "a" * 61}},
        "state.organization",
        "at most 60",
    ),
    ({"state.path": "a\\b"}, "state.path", "relative path"),
    ({"services[0].ports[0].target_port": "a--b"}, "services[0].ports[0].target_port", "number"),
    ({"labels": {"a" * 64: "b"}}, "labels", "63 characters"),
    ({"project": "a" * 31}, "project", "6 to 30"),
    ({"services[0].was": "Old"}, "services[0].was", "63 characters"),
    (
        {"services[0].was": "myapi"},
        "services[0].was",
        "the name of services[0], which still exists",
    ),
    (with_second(was="myapi"), "services[1].was", "the name of services[0], which still exists"),
    (
        with_second(was="old", first={"was": "old"}),
        "services[1].was",
        "already used by services[0]",
    ),
    # state
    ({"state.backend": "s3"}, "state.backend", "one of local, gcs, cloud"),
    ({"state.path": "/var/state"}, "state.path", "relative path"),
    ({"state.path": "../state"}, "state.path", "relative path"),
    ({"state": {"backend": "gcs"}}, "state.bucket", "is missing"),
    ({"state": {"backend": "gcs", "bucket": "My_Bucket"}}, "state.bucket", "bucket name"),
    ({"state": {"backend": "cloud"}}, "state.organization", "is missing"),
    ({"state": {"backend": "cloud", "organization": "a b"}}, "state.organization", "letters"),
    ({"state": 3}, "state", "must be a table"),
    ({"state": {"path": 3}}, "state.path", "valid string"),
    ({"state": {"backend": 3}}, "state.backend", "one of local, gcs, cloud"),
    # shape
    ({"regoin": "asia-northeast1"}, "regoin", "is not a setting"),
    ({"network.node": "10.0.0.0/24"}, "network.node", "is not a setting"),
    ({"environment": "dev"}, "environment", "is not a setting"),
    ({"project": None}, "project", "is missing"),
    ({"network": None}, "network", "is missing"),
    ({"services": None}, "services", "is missing"),
    ({"dns": "api.private"}, "dns", "must be a table"),
]

GOOD: list[Table] = [
    {},
    {"project": "a12345"},
    {"project": "a" * 30},
    {"region": "us-central1", "app_engine.location": "us-central"},
    {"app_engine.location": "europe-west"},
    {"labels": {f"k{i}": "v" for i in range(64)}},
    {"labels": {"a" * 63: "b" * 63, "empty": ""}},
    {"network.name": "a" * 24},
    {"network.nodes": "192.168.32.0/28"},
    {"network.nodes": "100.64.0.0/24"},
    {"network.nodes": "172.16.0.0/24"},
    {"network.nodes": "172.18.0.0/24"},
    {"network.pods": "10.4.0.0/22"},
    {"network.services": "10.9.0.0/16"},
    {"network.services": "10.0.16.0/28"},
    {"network.connector": "10.3.255.240/28"},
    {"connector.name": "a" * 20},
    {"connector.name": "abcdefgh-ijklmnopqr"},
    {"connector.min_instances": 9, "connector.max_instances": 10},
    {"connector.extra_destinations": ["192.168.33.0/24", "10.9.0.0/16", "100.64.0.0/10"]},
    {"connector.extra_destinations": ["172.16.0.0/12", "10.20.0.7/32"]},
    {"cluster.name": "a" * 40},
    {"cluster.name": "a"},
    {"cluster.location": "asia-northeast1"},
    {"cluster.location": "asia-northeast1-b"},
    {"cluster.control_plane": "private"},
    {"cluster.control_plane": "private", "cluster.authorized_networks": ["10.0.0.0/8"]},
    {"cluster.control_plane": "public", "cluster.authorized_networks": ["203.0.113.4/32"]},
    {"cluster.min_nodes": 3},
    {"cluster.location": "asia-northeast1-b", "cluster.max_nodes": 1},
    {"cluster.disk_size_gb": 10, "cluster.disk_type": "hyperdisk-balanced"},
    {"cluster.maintenance_window": {"hours": 24, "days": ["SU"], "start": "23:59"}},
    {"cluster.maintenance_window": {"hours": 6, "days": ["SA", "SU"]}},
    {"cluster.namespaces": ["apis", "kubernetes", "gketools", "defaults"]},
    {"cluster.namespaces": ["apis"], "services[0].namespace": "elsewhere"},
    {"services[0].namespace": "kube-system"},
    {"dns.zone": "private"},
    {"dns.zone": "internal.example.com"},
    {"services[0].name": "a" * 48},
    {"services[0].was": "argo-server"},
    {"services[0].host": "a.b"},
    {"services[0].selector": {"app.kubernetes.io/name": "my_api.v1"}},
    {"services[0].ports[0].port": 1},
    {"services[0].ports[0].port": 65535},
    {"services[0].ports[0].target_port": "http"},
    {"services[0].address": "192.168.32.2"},
    {"services[0].address": "192.168.32.253"},
    {"services[0].extra_source_ranges": ["10.100.0.0/16"]},
    with_second(name="myapi", namespace="argo"),
    {"state": None},
    {"state": {}},
    {"state": {"path": "terraform/state"}},
    {"state": {"backend": "local", "path": "terraform/state"}},
    {"state": {"backend": "gcs", "bucket": "my-project-tfstate"}},
    {"state": {"backend": "cloud", "organization": "my-organization", "workspace_prefix": "x-"}},
]


@pytest.mark.parametrize(("changes", "key", "rule"), BAD, ids=lambda value: str(value)[:60])
def test_a_bad_value_is_the_only_error_and_has_a_rule_and_a_hint(
    table: Table, changes: Table, key: str, rule: str
) -> None:
    (error,) = errors_in(changed(table, changes))
    assert error.key == key
    assert rule in error.rule
    assert error.hint


@pytest.mark.parametrize("changes", GOOD, ids=lambda value: str(value)[:60])
def test_a_good_value_at_the_boundary_is_accepted(table: Table, changes: Table) -> None:
    assert errors_in(changed(table, changes)) == []

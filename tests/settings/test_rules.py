"""Every rule for names, text and services, on both sides of its boundary.

Numbers are in test_limits.py, ranges and addresses in test_ranges.py, and nodes in test_cluster.py.
"""

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
    ({"connector.min_instances": 2.5}, "connector.min_instances", "must be an integer"),
    ({"network.nat": "no"}, "network.nat", "must be true or false"),
    ({"labels": {"team": 3}}, "labels.team", "must be a string"),
    ({"labels": "team"}, "labels", "must be a table"),
    ({"enable_apis": "yes"}, "enable_apis", "true or false"),
    # names
    ({"network.name": "Private"}, "network.name", "63 characters"),
    ({"network.name": "a" * 25}, "network.name", "at most 24"),
    ({"connector.name": "1connector"}, "connector.name", "start with a letter"),
    ({"connector.name": "connector-"}, "connector.name", "end with a letter"),
    ({"connector.name": "a" * 21}, "connector.name", "got 21"),
    ({"connector.name": "a" * 26}, "connector.name", "got 26"),
    ({"connector.name": "private-connector-ab"}, "connector.name", "got 22"),
    ({"cluster.name": "a" * 41}, "cluster.name", "at most 40"),
    ({"cluster.name": "cluster-"}, "cluster.name", "end with a letter or digit"),
    ({"cluster.name": "2nd"}, "cluster.name", "start with a letter"),
    (
        {"cluster.location": "us-east1"},
        "cluster.location",
        "asia-northeast1, where the node subnet is, or a zone of it",
    ),
    ({"cluster.location": "asia-northeast2-a"}, "cluster.location", "a zone of it"),
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
    ({"cluster.deletion_protection": "no"}, "cluster.deletion_protection", "true or false"),
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
    ({"services[0].host": "my.api.private"}, "services[0].host", "must be relative to the zone"),
    ({"services[0].host": "api.private"}, "services[0].host", "use api.private.api.private"),
    ({"services[0].host": ".".join(["a" * 60] * 4)}, "services[0].host", "DNS name"),
    ({"services[0].ports": []}, "services[0].ports", "at least one table"),
    ({"services[0].ports": [80]}, "services[0].ports[0]", "must be a table"),
    ({"services[0].ports[0].target_port": "8080"}, "services[0].ports[0].target_port", "name"),
    ({"services[0].ports[0].target_port": "a" * 16}, "services[0].ports[0].target_port", "name"),
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
    ({"services[0].external_traffic_policy": "Global"}, "services[0].external_traffic_policy", "L"),
    (with_second(host="my"), "services[1].host", "already used by services[0]"),
    (with_second(name="myapi"), "services[1].name", "already used by services[0]"),
    (
        with_second(name="b", namespace="a", first={"name": "a-b"}),
        "services[1].name",
        "already used by",
    ),
    ({"cluster.location": ""}, "cluster.location", "a region or a zone"),
    ({"cluster.location": "asia-northeast1!!"}, "cluster.location", "a region or a zone"),
    ({"cluster.location": "asia-northeast1-9"}, "cluster.location", "a region or a zone"),
    ({"cluster.location": "asia-northeast2-a"}, "cluster.location", "must be the region"),
    ({"state.path": "a/${x}"}, "state.path", "which Terraform or cdktf evaluates"),
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
    (
        {"state": {"backend": "cloud", "organization": "o", "hostname": "https://tfe.example"}},
        "state.hostname",
        "not a URL",
    ),
    ({"state": 3}, "state", "must be a table"),
    ({"state": {"path": 3}}, "state.path", "must be a string"),
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
    {"labels": {"a" * 63: "b" * 63, "empty": ""}},
    {"network.name": "a" * 24},
    {"connector.name": "a" * 20},
    {"connector.name": "abcdefgh-ijklmnopqr"},
    {"cluster.name": "a" * 40},
    {"cluster.name": "a"},
    {"cluster.location": "asia-northeast1"},
    {"cluster.location": "asia-northeast1-b"},
    {"cluster.namespaces": ["apis", "kubernetes", "gketools", "defaults"]},
    {"cluster.namespaces": ["apis"], "services[0].namespace": "elsewhere"},
    {"services[0].namespace": "kube-system"},
    {"dns.zone": "private"},
    {"dns.zone": "internal.example.com"},
    {"services[0].name": "a" * 48},
    {"services[0].was": "argo-server"},
    {"services[0].host": "a.b"},
    {"services[0].host": "myapi.private"},
    {"services[0].selector": {"app.kubernetes.io/name": "my_api.v1"}},
    {"services[0].ports[0].target_port": "http"},
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

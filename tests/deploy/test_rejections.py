"""Each rule in rules.py rejects a changed resource of a deployed environment."""

import copy
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.fake_cloud.cloud import FakeCloud
from tests.fake_cloud.google.app_engine import deploy
from tests.fake_cloud.google.computed_values import Place
from tests.fake_cloud.google.lookup import (
    ADDRESS,
    API,
    CLUSTER,
    CONNECTOR,
    FIREWALL,
    NAMESPACE,
    NAT,
    POOL,
    RECORD,
    SERVICE,
    SUBNET,
    ZONE,
    references,
)
from tests.fake_cloud.google.rules import (
    LINKS,
    RULES,
    TOKEN,
    Link,
    OnDestroy,
    RejectedError,
    check,
    destroy,
    reached,
)
from tests.fake_cloud.google.world import World, opened
from tests.fake_cloud.provider.catalogue import Kind
from tests.fake_cloud.provider.values import Values, found, places, relative
from tests.line import changed
from tests.support import DEV_TABLE, REPORTS, Synthesize

ANOTHER: dict[str, object] = {"id": "default/another"}
"""The ID of a second resource with otherwise the same values."""

BROKEN: list[tuple[str, str, dict[str, object]]] = [
    (ADDRESS, "must be in the region of its subnetwork", {"region": "us-central1"}),
    (ADDRESS, "is outside the range of its subnetwork", {"address": "10.99.0.1"}),
    (ADDRESS, "IP_IN_USE_BY_ANOTHER_RESOURCE", ANOTHER),
    (SUBNET, "conflicts with an existing range of the network", ANOTHER),
    (SUBNET, "conflicts with an existing range of the network", {"ip_cidr_range": "10.4.0.0/24"}),
    (
        SUBNET,
        "has a secondary range that a cluster is in",
        {"secondary_ip_range": [{"range_name": "pods", "ip_cidr_range": "10.64.0.0/14"}]},
    ),
    (SUBNET, "violates constraints/compute.requireVpcFlowLogs", {"log_config": []}),
    (
        FIREWALL,
        "needs source ranges, tags or accounts",
        {"source_ranges": None, "direction": "INGRESS"},
    ),
    (
        NAT,
        "needs subnetworks for LIST_OF_SUBNETWORKS and for that only",
        {"source_subnetwork_ip_ranges_to_nat": "ALL_SUBNETWORKS_ALL_IP_RANGES"},
    ),
    (
        NAT,
        "needs the names of secondary ranges of its subnetwork",
        {"subnetwork.secondary_ip_range_names": ["nodes"]},
    ),
    (
        NAT,
        "needs the names of secondary ranges of its subnetwork",
        {"subnetwork.source_ip_ranges_to_nat": ["PRIMARY_IP_RANGE"]},
    ),
    (CONNECTOR, "has an invalid connector id", {"name": "Connector"}),
    (CONNECTOR, "has an invalid connector id", {"name": "a-connector-of-mine"}),
    (CONNECTOR, "needs a range of /28", {"subnet.name": "private-nodes"}),
    (CONNECTOR, "needs a subnet that nothing else uses", ANOTHER),
    (CONNECTOR, "needs 2 <= min_instances < max_instances <= 10", {"min_instances": 1}),
    (CONNECTOR, "needs 2 <= min_instances < max_instances <= 10", {"max_instances": 11}),
    (CONNECTOR, "needs 2 <= min_instances < max_instances <= 10", {"max_instances": 2}),
    (CONNECTOR, "needs 2 <= min_instances < max_instances <= 10", {"max_instances": None}),
    (CLUSTER, "must be in the region of its subnetwork", {"location": "us-central1-a"}),
    (
        CLUSTER,
        "names a secondary range that does not exist",
        {"ip_allocation_policy.cluster_secondary_range_name": "nodes"},
    ),
    (
        CLUSTER,
        "exceeds SSD_TOTAL_GB of a new project, 250 GB",
        {**ANOTHER, "node_config": []},
    ),
    (
        POOL,
        "exceeds SSD_TOTAL_GB of a new project, 250 GB",
        {"node_config.disk_size_gb": 84},
    ),
    (
        CLUSTER,
        "needs the group gke-security-groups",
        {"authenticator_groups_config": [{"security_group": "admins@example.com"}]},
    ),
    (
        CLUSTER,
        "needs binaryauthorization.googleapis.com",
        {"binary_authorization": [{"evaluation_mode": "PROJECT_SINGLETON_POLICY_ENFORCE"}]},
    ),
    (POOL, "has a minimum above its maximum", {"autoscaling.total_min_node_count": 4}),
    (ZONE, "needs a DNS name that ends with a dot", {"dns_name": "api.private"}),
    (ZONE, "needs networks if it is private, and only then", {"visibility": "public"}),
    (
        ZONE,
        "needs networks if it is private, and only then",
        {"private_visibility_config.networks": []},
    ),
    (RECORD, "is not in the zone", {"name": "my.api.public."}),
    (RECORD, "needs IPv4 addresses", {"rrdatas": ["my.api.public."]}),
    (NAMESPACE, "already exists", {"id": "default"}),
    (SERVICE, "needs a namespace that exists", {"metadata.namespace": "argo"}),
    (SERVICE, "needs ports, each with a name of its own", {"spec.port": []}),
    (SERVICE, "needs ports, each with a name of its own", {"spec.port": [{"name": "a"}] * 2}),
    (
        SERVICE,
        "asks for an address that is not reserved",
        {"spec.load_balancer_ip": "192.168.32.99"},
    ),
    (SERVICE, "asks for an address that is in use", ANOTHER),
]
"""The type, the error, and the change of a valid resource that causes it."""


@pytest.fixture(scope="session")
def everything(
    tmp_path_factory: pytest.TempPathFactory, first_deploy: FakeCloud, synthesize: Synthesize
) -> FakeCloud:
    """A deployed environment that has at least one resource of every type."""
    cloud = first_deploy.copy(tmp_path_factory.mktemp("everything"))
    services = [*DEV_TABLE["services"], {**REPORTS, "namespace": "apis"}]
    changes = {"network.nat": True, "cluster.namespaces": ["apis"], "services": services}
    cloud.take(synthesize(changed(DEV_TABLE, changes)))
    for part in ("network", "service"):
        cloud.succeed(part, "apply", "-auto-approve")
    with opened(cloud.folder / "world.json") as world:
        (connector,) = world.all(CONNECTOR)
        deploy(world, "1", {"vpc_access_connector": {"name": connector["id"]}})
    return cloud


@pytest.fixture
def world(everything: FakeCloud) -> World:
    """The world of that environment, which the test may change."""
    return everything.world


@pytest.fixture
def place(world: World) -> Place:
    """The world and its cluster."""
    (cluster,) = world.all(CLUSTER)
    return Place(world, cluster)


def with_changes(resource: Values, changes: dict[str, object]) -> Values:
    """A copy of a resource with other values, by path."""
    result = copy.deepcopy(resource)
    for path, value in changes.items():
        for holder, name in places(result, path):
            holder[name] = value
    return result


def texts(value: Any, path: str = "") -> Iterator[tuple[str, str]]:  # noqa: ANN401 - JSON
    """Every string in a resource, with its path."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from texts(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for element in value:
            yield from texts(element, path)
    elif isinstance(value, str):
        yield path, value


def link_id(link: Link) -> str:
    """The ID of a parameter."""
    return f"{link.referrer}.{link.path}"


def test_every_deployed_resource_is_accepted(kinds: dict[str, Kind], place: Place) -> None:
    for name, kind in kinds.items():
        assert place.world.all(name)
        for resource in place.world.all(name):
            check(kind, resource, place)


def test_every_rule_has_a_case_that_breaks_it() -> None:
    cases = {(kind, error) for kind, error, _ in BROKEN}
    assert cases == {(rule.kind, rule.error) for rule in RULES}, "add the case to BROKEN"


def test_every_reference_by_id_is_a_link(kinds: dict[str, Kind], world: World) -> None:
    targets = {target["id"]: kind for kind in kinds for target in world.all(kind)}
    referring = {
        (kind, path, targets[relative(text)])
        for kind in kinds
        for referrer in world.all(kind)
        for path, text in texts(referrer)
        if relative(text) in targets and relative(text) != referrer["id"]
    }
    listed = {(link.referrer, link.path, link.target) for link in LINKS}
    assert sorted(referring - listed) == [], "add to LINKS what happens if the target is destroyed"


@pytest.mark.parametrize(("kind", "error", "changes"), BROKEN, ids=str)
def test_a_resource_that_breaks_a_rule_is_rejected(
    kind: str, error: str, changes: dict[str, object], kinds: dict[str, Kind], place: Place
) -> None:
    broken = with_changes(place.world.all(kind)[0], changes)
    with pytest.raises(RejectedError) as rejected:
        check(kinds[kind], broken, place)
    assert str(rejected.value).endswith(error)


@pytest.mark.parametrize("link", [link for link in LINKS if link.must_exist], ids=link_id)
def test_the_target_of_a_reference_must_exist(
    link: Link, kinds: dict[str, Kind], place: Place
) -> None:
    referrer = with_changes(place.world.all(link.referrer)[0], {link.path: "nothing"})
    with pytest.raises(
        RejectedError, match=f"{link.target} 'nothing', named in {link.path}, not found"
    ):
        check(kinds[link.referrer], referrer, place)


def test_a_short_name_refers_to_a_resource_of_the_same_region(
    kinds: dict[str, Kind], place: Place
) -> None:
    (connector,) = place.world.all(CONNECTOR)
    with pytest.raises(
        RejectedError, match=r"'private-connector', named in subnet\.name, not found"
    ):
        check(kinds[CONNECTOR], with_changes(connector, {"region": "us-central1"}), place)


@pytest.mark.parametrize("link", LINKS, ids=link_id)
def test_destroying_a_target_is_restricted_or_cascades(
    link: Link, kinds: dict[str, Kind], world: World
) -> None:
    world.resources = {kind: world.resources[kind] for kind in (link.referrer, link.target)}
    key, target = next(
        (key, target)
        for key, target in world.resources[link.target].items()
        for referrer in world.all(link.referrer)
        if any(references(referrer, text, link.by, target) for text in found(referrer, link.path))
    )
    target["deletion_protection"] = False
    before = len(world.all(link.referrer))
    if link.on_destroy is OnDestroy.RESTRICT:
        error = link.error.format(target=key, referrer="")
        with pytest.raises(RejectedError, match=re.escape(error)):
            destroy(kinds[link.target], key, world)
    else:
        destroy(kinds[link.target], key, world)
        assert key not in world.resources[link.target]
    assert len(world.all(link.referrer)) == before - (link.on_destroy is OnDestroy.CASCADE)


def test_a_version_is_not_deployed_with_a_connector_that_does_not_exist(world: World) -> None:
    with pytest.raises(RejectedError, match="VPC connector projects/p does not exist"):
        deploy(world, "2", {"vpc_access_connector": {"name": "projects/p"}})


def test_a_protected_cluster_is_not_destroyed(kinds: dict[str, Kind], world: World) -> None:
    (key,) = world.resources[CLUSTER]
    with pytest.raises(RejectedError, match="deletion_protection is set to true"):
        destroy(kinds[CLUSTER], key, world)


def test_an_api_stays_enabled(kinds: dict[str, Kind], world: World) -> None:
    key = next(iter(world.resources[API]))
    destroy(kinds[API], key, world)
    assert key in world.resources[API]


def test_no_resource_is_created_while_its_api_is_disabled(
    kinds: dict[str, Kind], place: Place
) -> None:
    place.world.resources[API] = {}
    for kind in kinds.values():
        if kind.api:
            with pytest.raises(RejectedError, match=f"{kind.api} has not been used"):
                check(kind, place.world.all(kind.name)[0], place)


def test_a_resource_that_exists_is_not_created_again(deployed: FakeCloud) -> None:
    before = deployed.world.resources
    (deployed.folder / "state" / "dev-network.tfstate").unlink()
    apply = deployed.terraform("network", "apply", "-auto-approve", "-no-color")
    assert apply.returncode == 1
    assert "projects/my-project-id/global/networks/private already exists" in apply.stderr
    assert deployed.world.resources == before


DNS_ENDPOINT = "control_plane_endpoints_config.dns_endpoint_config.endpoint"
PRIVATE_ENDPOINT = "private_cluster_config.private_endpoint"
PUBLIC_ENDPOINT = "private_cluster_config.public_endpoint"
BY_DNS = "control_plane_endpoints_config.dns_endpoint_config.allow_external_traffic"
BY_IP = "control_plane_endpoints_config.ip_endpoints_config.enabled"
PRIVATE_ONLY = "private_cluster_config.enable_private_endpoint"


@pytest.mark.parametrize(
    ("endpoint", "changes", "provider", "error"),
    [
        (DNS_ENDPOINT, {BY_DNS: False}, {}, "does not answer"),
        (
            PRIVATE_ENDPOINT,
            {BY_IP: False, PRIVATE_ENDPOINT: "192.168.32.9"},
            {},
            "does not answer",
        ),
        (
            PUBLIC_ENDPOINT,
            {BY_IP: True, PRIVATE_ONLY: True, PUBLIC_ENDPOINT: "192.0.2.2"},
            {},
            "does not answer",
        ),
        (DNS_ENDPOINT, {}, {"host": "https://192.0.2.1"}, "no such host"),
        (DNS_ENDPOINT, {}, {"cluster_ca_certificate": "any"}, "unknown authority"),
        (
            PRIVATE_ENDPOINT,
            {BY_IP: True, PRIVATE_ENDPOINT: "192.168.32.9"},
            {"cluster_ca_certificate": None},
            "unknown authority",
        ),
        (DNS_ENDPOINT, {}, {"token": "another"}, "Unauthorized"),
    ],
)
def test_a_control_plane_answers_only_at_its_enabled_endpoints(
    endpoint: str,
    changes: dict[str, object],
    provider: dict[str, object],
    error: str,
    place: Place,
) -> None:
    cluster = with_changes(place.world.all(CLUSTER)[0], changes)
    place.world.resources[CLUSTER] = {cluster["id"]: cluster}
    (host,) = found(cluster, endpoint)
    caller = {"host": f"https://{host}", "cluster_ca_certificate": None, "token": TOKEN}
    with pytest.raises(RejectedError, match=error):
        reached(place.world, {**caller, **provider})

"""Environments in which a network, connector, cluster or zone exists before the first deploy.

What exists is in tests/fake_cloud/existing.toml. Whatever is deployed, changed or destroyed, it is
the same at the end, down to its labels.
"""

import re
import tomllib
from collections.abc import Mapping
from itertools import combinations
from pathlib import Path
from typing import Any, Final

import pytest

from tests.fake_cloud.cloud import FakeCloud
from tests.fake_cloud.existing import put_existing
from tests.fake_cloud.google.data_sources import FORBIDDEN, GROUP_MANAGERS
from tests.fake_cloud.google.lookup import (
    ADDRESS,
    API,
    CLUSTER,
    CONNECTOR,
    FIREWALL,
    NETWORK,
    RECORD,
    SERVICE,
    ZONE,
    in_cluster,
)
from tests.fake_cloud.google.world import opened
from tests.line import STACKS, Table, changed, errors_in
from tests.support import DEV_TABLE, REPORTS, ROOT, Synthesize, existing

PARTS: Final = ("connector", "cluster", "dns")
COMBINATIONS: Final = [found for number in range(4) for found in combinations(PARTS, number)]
"""The parts that exist besides the network: all combinations."""

EXAMPLES: Final = sorted((ROOT / "examples").glob("existing-*.toml"))

KINDS: Final = {"network": NETWORK, "connector": CONNECTOR, "cluster": CLUSTER, "dns": ZONE}


@pytest.fixture
def platform(cloud: FakeCloud) -> FakeCloud:
    """A cloud in which a platform team has created a network, clusters, connectors and zones."""
    cloud.folder.mkdir(parents=True)
    with opened(cloud.folder / "world.json") as world:
        put_existing(world)
    return cloud


def resources(cloud: FakeCloud) -> dict[tuple[str, str], Any]:
    """Everything that exists, except enabled APIs: those are never disabled."""
    return {
        (kind, key): values
        for kind, keys in cloud.world.resources.items()
        for key, values in keys.items()
        if kind != API
    }


def take(cloud: FakeCloud, synthesize: Synthesize, table: Table) -> None:
    assert errors_in(table) == []
    cloud.take(synthesize(table))


def nothing_is_left_to_do(cloud: FakeCloud) -> bool:
    return not any(
        cloud.terraform(part, "plan", "-detailed-exitcode").returncode for part in STACKS
    )


@pytest.mark.parametrize("found", COMBINATIONS, ids=lambda found: "-".join(found) or "network only")
def test_what_exists_is_unchanged_by_a_deploy_and_a_destroy(
    found: tuple[str, ...], platform: FakeCloud, synthesize: Synthesize
) -> None:
    before = resources(platform)
    protected = {"cluster.deletion_protection": False}
    take(platform, synthesize, changed(DEV_TABLE, {**existing(*found), **protected}))
    platform.deploy()
    after = resources(platform)
    assert after.items() >= before.items()
    new = {kind for kind, key in after.keys() - before.keys()}
    created = {KINDS[part] for part in PARTS if part not in found}
    assert new & set(KINDS.values()) == created
    assert {ADDRESS, FIREWALL, SERVICE, RECORD} <= new
    assert nothing_is_left_to_do(platform)
    platform.destroy()
    assert resources(platform) == before


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_is_deployed_changed_and_destroyed(
    example: Path, platform: FakeCloud, synthesize: Synthesize
) -> None:
    before = resources(platform)
    table = tomllib.loads(example.read_text(encoding="utf-8"))
    take(platform, synthesize, changed(table, {"cluster.deletion_protection": False}))
    platform.deploy()
    assert nothing_is_left_to_do(platform)
    services = [{**table["services"][0], "host": "renamed"}, REPORTS]
    another = {"services": services, "labels": {"team": "api"}}
    take(
        platform,
        synthesize,
        changed(table, {**another, "cluster.deletion_protection": False}),
    )
    platform.deploy()
    assert resources(platform).items() >= before.items()
    names = {record["name"] for record in platform.world.all(RECORD)}
    zone = table["dns"]["zone"]
    assert {f"renamed.{zone}.", f"reports.{zone}."} <= names
    assert nothing_is_left_to_do(platform)
    platform.destroy()
    assert resources(platform) == before


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("routes", {"cluster.location": "asia-northeast1-a", "cluster.control_plane": "public"}),
        ("autopilot", {"cluster.control_plane": "private"}),
        ("autopilot", {"cluster.control_plane": "dns"}),
    ],
    ids=["routes-based, without subsetting", "Autopilot, private", "Autopilot, DNS-based"],
)
def test_other_kinds_of_clusters_get_a_load_balancer_on_the_reserved_address(
    name: str, settings: Table, platform: FakeCloud, synthesize: Synthesize
) -> None:
    changes = {**existing("connector", "cluster", "dns"), "cluster.name": name, **settings}
    take(platform, synthesize, changed(DEV_TABLE, changes))
    platform.deploy()
    (address,) = platform.world.all(ADDRESS)
    (service,) = platform.world.all(SERVICE)
    assert service["status"][0]["load_balancer"][0]["ingress"][0]["ip"] == address["address"]
    assert service["spec"][0]["load_balancer_ip"] == address["address"]


@pytest.mark.parametrize(
    ("connector", "source"),
    [("shared-connector", "10.20.0.16/28"), ("old-connector", "10.21.0.0/28")],
    ids=["with a subnet", "with a range"],
)
def test_the_range_of_an_existing_connector_is_the_source_of_the_calls(
    connector: str, source: str, platform: FakeCloud, synthesize: Synthesize
) -> None:
    changes = {**existing("connector"), "connector.name": connector}
    take(platform, synthesize, changed(DEV_TABLE, changes))
    platform.deploy("network", "connector", "cluster", "service")
    (service,) = platform.world.all(SERVICE)
    assert service["spec"][0]["load_balancer_source_ranges"] == [source]
    (allow,) = (rule for rule in platform.world.all(FIREWALL) if "allow-myapi" in rule["name"])
    assert allow["source_ranges"] == [source]


def test_only_deny_rules_that_the_settings_ask_for_cut_off_other_users_of_a_connector(
    platform: FakeCloud, synthesize: Synthesize
) -> None:
    def denied() -> list[str]:
        rules = platform.world.all(FIREWALL)
        return [rule["name"] for rule in rules if rule["name"].startswith("line-deny")]

    take(platform, synthesize, changed(DEV_TABLE, existing("connector")))
    platform.deploy("network", "connector")
    assert denied() == []
    asked = {**existing("connector"), "connector.deny_rules": True}
    take(platform, synthesize, changed(DEV_TABLE, asked))
    platform.deploy("connector")
    assert sorted(denied()) == ["line-deny-connector", "line-deny-connector-egress"]


def test_a_record_of_others_with_the_same_name_is_overwritten_and_then_deleted(
    platform: FakeCloud, synthesize: Synthesize
) -> None:
    """The only exception to the rule that nothing of others changes: the provider decides."""
    before = resources(platform)
    foreign = (
        RECORD,
        "projects/my-project-id/managedZones/api-private/rrsets/other.api.private./A",
    )
    assert before[foreign]["rrdatas"] == ["10.10.0.9"]
    api = {**DEV_TABLE["services"][0], "host": "other"}
    changes = {**existing("connector", "cluster", "dns"), "services": [api]}
    take(platform, synthesize, changed(DEV_TABLE, changes))
    platform.deploy()
    (address,) = platform.world.all(ADDRESS)
    assert resources(platform)[foreign]["rrdatas"] == [address["address"]]
    platform.destroy()
    del before[foreign]
    assert resources(platform) == before


def test_a_namespace_of_the_same_name_in_another_cluster_is_another_namespace(
    platform: FakeCloud, synthesize: Synthesize
) -> None:
    api = {**DEV_TABLE["services"][0], "namespace": "apis"}
    changes = {
        **existing("connector", "cluster", "dns"),
        "services": [api],
        "cluster.deletion_protection": False,
    }
    others = in_cluster(
        "projects/my-project-id/locations/asia-northeast1/clusters/autopilot", "apis"
    )
    with opened(platform.folder / "world.json") as world:
        world.put("namespace", others, {"name": "apis"})
    take(platform, synthesize, changed(DEV_TABLE, changes))
    platform.deploy("network", "connector", "cluster")
    platform.succeed("service", "init")
    run = platform.terraform("service", "apply", "-auto-approve", "-no-color")
    assert "needs a namespace that exists" in run.stderr
    take(platform, synthesize, changed(DEV_TABLE, {**changes, "cluster.namespaces": ["apis"]}))
    platform.deploy("service")
    with opened(platform.folder / "world.json") as world:
        (service,) = world.all(SERVICE)
        world.put(SERVICE, f"{others}/myapi", {**service, "status": []})
    platform.succeed("service", "destroy", "-auto-approve")
    assert list(platform.world.items(SERVICE)) == [f"{others}/myapi"]


def test_a_cluster_is_not_read_without_a_permission_for_its_instance_groups(
    platform: FakeCloud, synthesize: Synthesize
) -> None:
    take(platform, synthesize, changed(DEV_TABLE, existing("cluster")))
    platform.deploy("network")
    platform.succeed("cluster", "init")
    account = platform.with_environment({FORBIDDEN: GROUP_MANAGERS})
    run = account.terraform("cluster", "plan", "-no-color")
    assert run.returncode == 1
    assert (
        'Error: Error reading instance group manager returned as an instance group URL: "googleapi:'
        " Error 403: Required 'compute.instanceGroupManagers.get' permission for" in run.stderr
    )
    assert "with data.google_container_cluster.cluster," in run.stderr


REJECTED: Final[Mapping[str, tuple[str, Table, str]]] = {
    # what is wrong: the stack that fails, the settings, the error
    "no such network": (
        "network",
        existing(name="privat"),
        "projects/my-project-id/global/networks/privat not found",
    ),
    "no such subnet": (
        "network",
        existing(node_subnet="gke-node"),
        'network.node_subnet = "gke-node" rule: must be a subnet of private in asia-northeast1'
        " hint: private has there: gke-nodes, closed, serverless, shared-connector",
    ),
    "a subnet in another region": (
        "network",
        existing(node_subnet="abroad"),
        'network.node_subnet = "abroad" rule: must be a subnet of private in asia-northeast1',
    ),
    "a subnet of another network": (
        "network",
        existing(node_subnet="elsewhere"),
        'network.node_subnet = "elsewhere" rule: must be a subnet of private in asia-northeast1',
    ),
    "a legacy network": (
        "network",
        existing(name="legacy"),
        'network.name = "legacy" rule: must not be a legacy network',
    ),
    "no Private Google Access": (
        "network",
        existing(node_subnet="closed"),
        'network.node_subnet = "closed" rule: must have Private Google Access',
    ),
    "no such secondary range": (
        "network",
        existing(services_range="clusterips"),
        'network.services_range = "clusterips" rule: must be a secondary range of gke-nodes'
        " hint: the subnet has pods, services, public-pods",
    ),
    "public pods": (
        "network",
        existing(pods_range="public-pods"),
        'network.pods_range = "public-pods" rule: names a public range, for which nodes must not'
        ' translate addresses of pods hint: write pods = "21.0.0.0/16" beside it',
    ),
    "other nodes": (
        "network",
        existing(nodes="10.10.0.0/24"),
        'network.nodes = "10.10.0.0/24" rule: must be the range that exists'
        ' hint: write "10.10.0.0/20", or remove it',
    ),
    "other pods": (
        "network",
        existing(pods="10.64.0.0/16"),
        'network.pods = "10.64.0.0/16" rule: must be the range that exists'
        ' hint: write "10.64.0.0/14", or remove it',
    ),
    "no such connector subnet": (
        "connector",
        existing(connector_subnet="serverles"),
        "projects/my-project-id/regions/asia-northeast1/subnetworks/serverles not found",
    ),
    "a connector subnet that is no /28": (
        "connector",
        existing(connector_subnet="closed"),
        'network.connector_subnet = "closed" rule: must be a /28: a connector needs one'
        " hint: the subnet has 10.12.0.0/24: name another subnet",
    ),
    "a connector subnet of another network": (
        "connector",
        existing(connector_subnet="alien"),
        'network.connector_subnet = "alien" rule: must be in the network'
        " projects/my-project-id/global/networks/private",
    ),
    "no such connector": (
        "connector",
        {**existing("connector"), "connector.name": "shared"},
        "projects/my-project-id/locations/asia-northeast1/connectors/shared not found",
    ),
    "a connector of another network": (
        "connector",
        {**existing("connector"), "connector.name": "alien-connector"},
        'connector.name = "alien-connector" rule: must be a connector of'
        " projects/my-project-id/global/networks/private",
    ),
    "a connector with another range": (
        "connector",
        {**existing("connector", connector="10.8.0.0/28"), "connector.name": "old-connector"},
        'network.connector = "10.8.0.0/28" rule: must be the range that exists'
        ' hint: write "10.21.0.0/28", or remove it',
    ),
    "no such cluster": (
        "cluster",
        {**existing("cluster"), "cluster.name": "batches"},
        "projects/my-project-id/locations/asia-northeast1/clusters/batches not found",
    ),
    "a cluster in another subnet": (
        "cluster",
        {**existing("cluster"), "cluster.name": "foreign"},
        'cluster.name = "foreign" rule: must be in the subnet'
        " projects/my-project-id/regions/asia-northeast1/subnetworks/gke-nodes",
    ),
    "an endpoint that is off": (
        "cluster",
        {
            **existing("cluster"),
            "cluster.name": "routes",
            "cluster.location": "asia-northeast1-a",
        },
        'cluster.control_plane = "dns" rule: must be an endpoint that is on',
    ),
    "a public endpoint that is off": (
        "cluster",
        {**existing("cluster"), "cluster.control_plane": "public"},
        'cluster.control_plane = "public" rule: must be an endpoint that is on',
    ),
    "a private endpoint that is off": (
        "cluster",
        {**existing("cluster"), "cluster.control_plane": "private"},
        'cluster.control_plane = "private" rule: must be an endpoint that is on',
    ),
    "no such zone": (
        "dns",
        {**existing("dns"), "dns.name": "api"},
        "The 'parameters.managedZone' resource named 'api' does not exist.",
    ),
    "a public zone": (
        "dns",
        {**existing("dns"), "dns.name": "public-zone"},
        'dns.name = "public-zone" rule: must be a private zone hint: the zone is public',
    ),
    "another DNS name": (
        "dns",
        {**existing("dns"), "dns.zone": "apis.private"},
        'dns.zone = "apis.private" rule: must be the DNS name of api-private'
        ' hint: write "api.private", or name another zone',
    ),
}


@pytest.mark.parametrize("wrong", REJECTED)
def test_a_wrong_name_or_property_stops_its_stack_before_anything_is_created(
    wrong: str, platform: FakeCloud, synthesize: Synthesize
) -> None:
    stack, settings, error = REJECTED[wrong]
    take(platform, synthesize, changed(DEV_TABLE, settings))
    if stack != "network":
        platform.deploy("network")
    before = resources(platform)
    platform.succeed(stack, "init")
    run = platform.terraform(stack, "apply", "-auto-approve", "-no-color")
    assert run.returncode == 1
    # The dns stack also misses the state of the service stack, which is not deployed here.
    errors = [
        found
        for found in " ".join(re.sub(r"[│╷╵]", " ", run.stderr).split()).split("Error: ")[1:]
        if not found.startswith("Unable to find remote state")
    ]
    assert len(errors) == 1
    assert error in errors[0]
    assert resources(platform) == before

"""What must hold for what exists: each condition, evaluated by Terraform for values that are read.

The postconditions are those of the synthesized stacks. A local value takes the place of `self`, so
that no provider is needed. tests/deploy covers how a data source of the provider fails.
"""

import json
import re
import subprocess
from collections.abc import Mapping, Sequence
from ipaddress import IPv4Network
from pathlib import Path
from typing import Final

import pytest

from private_line import limits
from private_line.requirement import listed, overlap, within
from settings.environment import Settings
from stacks.app import synthesize
from tests.line import Line, Table, changed, errors_in
from tests.support import DEV_TABLE, existing

pytestmark = pytest.mark.terraform

COMPUTE: Final = "https://www.googleapis.com/compute/v1"
PRIVATE: Final = "projects/my-project-id/global/networks/private"
OTHER: Final = "projects/my-project-id/global/networks/other"
SUBNETS: Final = "projects/my-project-id/regions/asia-northeast1/subnetworks"
NODES: Final = f"{SUBNETS}/gke-nodes"

NETWORK: Final[Table] = {
    "id": PRIVATE,
    "gateway_ipv4": "",
    "subnetworks_self_links": [
        f"{COMPUTE}/{SUBNETS}/gke-nodes",
        f"{COMPUTE}/{SUBNETS}/serverless",
        f"{COMPUTE}/projects/my-project-id/regions/asia-northeast10/subnetworks/abroad",
    ],
}
SUBNET: Final[Table] = {
    "network": f"{COMPUTE}/{PRIVATE}",
    "ip_cidr_range": "10.10.0.0/20",
    "private_ip_google_access": True,
    "secondary_ip_range": [
        {"range_name": "pods", "ip_cidr_range": "10.64.0.0/14"},
        {"range_name": "services", "ip_cidr_range": "10.11.0.0/20"},
    ],
}
CONNECTOR_SUBNET: Final[Table] = {
    "network": f"{COMPUTE}/{PRIVATE}",
    "ip_cidr_range": "10.20.0.0/28",
}
WITH_SUBNET: Final[Table] = {
    "network": None,
    "ip_cidr_range": None,
    "subnet": [{"name": "serverless", "project_id": "my-project-id"}],
}
WITH_RANGE: Final[Table] = {"network": "private", "ip_cidr_range": "10.20.0.0/28", "subnet": []}
CLUSTER: Final[Table] = {
    "subnetwork": NODES,
    "private_cluster_config": [{"private_endpoint": "10.10.0.2", "enable_private_endpoint": False}],
    "control_plane_endpoints_config": [
        {
            "dns_endpoint_config": [{"allow_external_traffic": True}],
            "ip_endpoints_config": [{"enabled": True}],
        }
    ],
}
ZONE: Final[Table] = {"visibility": "private", "dns_name": "api.private."}

_PUBLIC_PODS: Final = [
    {"range_name": "pods", "ip_cidr_range": "21.0.0.0/16"},
    {"range_name": "services", "ip_cidr_range": "10.11.0.0/20"},
]
_ENDPOINTS: Final = "control_plane_endpoints_config[0]"
_DNS: Final = f"{_ENDPOINTS}.dns_endpoint_config"
_IP_OFF: Final = {f"{_ENDPOINTS}.ip_endpoints_config": [{"enabled": False}]}
_EVERYTHING: Final = existing("connector", "cluster", "dns")
_GIVEN: Final = {
    "network.nodes": "10.10.0.0/20",
    "network.pods": "10.64.0.0/14",
    "network.services": "10.11.0.0/20",
}
_DENY: Final = {"connector.deny_rules": True}

# part, type, settings, values that are read, and for each error its key and a text in its hint
Case = tuple[str, str, Mapping[str, object], Table, Sequence[tuple[str, str]]]
CASES: Final[Sequence[Case]] = (
    ("network", "google_compute_network", existing(), NETWORK, []),
    ("network", "google_compute_network", existing(), {**NETWORK, "gateway_ipv4": None}, []),
    (
        "network",
        "google_compute_network",
        existing(),
        {**NETWORK, "gateway_ipv4": "10.0.0.1", "subnetworks_self_links": []},
        [("network.name", "name a VPC with subnets")],
    ),
    (
        "network",
        "google_compute_network",
        existing(node_subnet="gke-nodez"),
        NETWORK,
        [("network.node_subnet", "private has there: gke-nodes, serverless")],
    ),
    (
        "network",
        "google_compute_network",
        existing(node_subnet="abroad"),
        {**NETWORK, "subnetworks_self_links": NETWORK["subnetworks_self_links"][2:]},
        [("network.node_subnet", "private has there: none")],
    ),
    ("network", "google_compute_subnetwork", existing(), SUBNET, []),
    ("network", "google_compute_subnetwork", {**existing(), **_GIVEN}, SUBNET, []),
    ("network", "google_compute_subnetwork", _EVERYTHING, SUBNET, []),
    (
        "network",
        "google_compute_subnetwork",
        existing(),
        {**SUBNET, "network": f"{COMPUTE}/{OTHER}"},
        [("network.node_subnet", f"the subnet is in {COMPUTE}/{OTHER}")],
    ),
    (
        "network",
        "google_compute_subnetwork",
        existing(),
        {**SUBNET, "ip_cidr_range": "21.1.0.0/20"},
        [("network.node_subnet", "the subnet has 21.1.0.0/20")],
    ),
    (
        "network",
        "google_compute_subnetwork",
        existing(),
        {**SUBNET, "private_ip_google_access": False},
        [("network.node_subnet", "update gke-nodes --region=asia-northeast1")],
    ),
    # An existing cluster has what it needs.
    (
        "network",
        "google_compute_subnetwork",
        existing("cluster"),
        {**SUBNET, "private_ip_google_access": False},
        [],
    ),
    (
        "network",
        "google_compute_subnetwork",
        {**existing(), **_GIVEN},
        {**SUBNET, "secondary_ip_range": []},
        [
            ("network.pods_range", "the subnet has none"),
            ("network.services_range", "the subnet has none"),
        ],
    ),
    (
        "network",
        "google_compute_subnetwork",
        existing(services_range="servces"),
        SUBNET,
        [("network.services_range", "the subnet has pods, services")],
    ),
    (
        "network",
        "google_compute_subnetwork",
        {**existing(), **_GIVEN},
        {
            **SUBNET,
            "ip_cidr_range": "10.12.0.0/20",
            "secondary_ip_range": [
                {"range_name": "pods", "ip_cidr_range": "10.68.0.0/14"},
                {"range_name": "services", "ip_cidr_range": "10.13.0.0/20"},
            ],
        },
        [
            ("network.nodes", 'write "10.12.0.0/20", or remove it'),
            ("network.pods", 'write "10.68.0.0/14", or remove it'),
            ("network.services", 'write "10.13.0.0/20", or remove it'),
        ],
    ),
    (
        "network",
        "google_compute_subnetwork",
        existing(),
        {**SUBNET, "secondary_ip_range": _PUBLIC_PODS},
        [("network.pods_range", 'write pods = "21.0.0.0/16" beside it')],
    ),
    (
        "network",
        "google_compute_subnetwork",
        existing(pods="21.0.0.0/16"),
        {**SUBNET, "secondary_ip_range": _PUBLIC_PODS},
        [],
    ),
    (
        "network",
        "google_compute_subnetwork",
        existing("cluster"),
        {**SUBNET, "secondary_ip_range": _PUBLIC_PODS},
        [],
    ),
    (
        "network",
        "google_compute_subnetwork",
        {**existing(), "services[0].address": "10.10.15.255"},
        SUBNET,
        [],
    ),
    (
        "network",
        "google_compute_subnetwork",
        {**existing(), "services[0].address": "10.10.16.0"},
        SUBNET,
        [("services[0].address", "choose a free address of 10.10.0.0/20")],
    ),
    (
        "network",
        "google_compute_subnetwork",
        existing(connector="10.10.15.240/28"),
        SUBNET,
        [("network.connector", "the subnet has 10.10.0.0/20, 10.64.0.0/14, 10.11.0.0/20")],
    ),
    (
        "network",
        "google_compute_subnetwork",
        {**_EVERYTHING, **_DENY, "connector.extra_destinations": ["10.66.0.0/16", "10.0.0.0/12"]},
        SUBNET,
        [
            ("connector.extra_destinations[0]", "10.64.0.0/14"),
            ("connector.extra_destinations[1]", "10.10.0.0/20"),
        ],
    ),
    (
        "network",
        "google_compute_subnetwork",
        {**_EVERYTHING, **_DENY, "connector.extra_destinations": ["10.10.16.0/20"]},
        SUBNET,
        [],
    ),
    (
        "connector",
        "google_compute_subnetwork",
        existing(connector_subnet="serverless", connector="10.20.0.0/28"),
        CONNECTOR_SUBNET,
        [],
    ),
    (
        "connector",
        "google_compute_subnetwork",
        existing(connector_subnet="serverless", connector="10.20.0.16/28"),
        {**CONNECTOR_SUBNET, "network": f"{COMPUTE}/{OTHER}"},
        [
            ("network.connector_subnet", f"the subnet is in {COMPUTE}/{OTHER}"),
            ("network.connector", 'write "10.20.0.0/28", or remove it'),
        ],
    ),
    (
        "connector",
        "google_compute_subnetwork",
        existing(connector_subnet="serverless"),
        {**CONNECTOR_SUBNET, "ip_cidr_range": "10.20.0.0/27"},
        [("network.connector_subnet", "the subnet has 10.20.0.0/27")],
    ),
    ("connector", "google_vpc_access_connector", _EVERYTHING, WITH_SUBNET, []),
    (
        "connector",
        "google_vpc_access_connector",
        {**_EVERYTHING, "network.connector": "10.20.0.0/28"},
        WITH_SUBNET,
        [],
    ),
    ("connector", "google_compute_subnetwork", _EVERYTHING, CONNECTOR_SUBNET, []),
    (
        "connector",
        "google_compute_subnetwork",
        {**_EVERYTHING, "network.connector": "10.8.0.0/28"},
        {**CONNECTOR_SUBNET, "network": f"{COMPUTE}/{OTHER}"},
        [
            ("connector.name", f"its subnet is in {COMPUTE}/{OTHER}"),
            ("network.connector", 'write "10.20.0.0/28", or remove it'),
        ],
    ),
    ("connector", "google_vpc_access_connector", _EVERYTHING, WITH_RANGE, []),
    (
        "connector",
        "google_vpc_access_connector",
        {**_EVERYTHING, "network.connector": "10.8.0.0/28"},
        {**WITH_RANGE, "network": "other"},
        [
            ("connector.name", "it is in other"),
            ("network.connector", 'write "10.20.0.0/28", or remove it'),
        ],
    ),
    ("cluster", "google_container_cluster", _EVERYTHING, CLUSTER, []),
    (
        "cluster",
        "google_container_cluster",
        _EVERYTHING,
        {**CLUSTER, "subnetwork": f"{SUBNETS}/closed"},
        [("cluster.name", f"the cluster is in {SUBNETS}/closed")],
    ),
    *(
        (
            "cluster",
            "google_container_cluster",
            {**_EVERYTHING, "cluster.control_plane": endpoint},
            changed(CLUSTER, changes),
            [("cluster.control_plane", "describe batch --location asia-northeast1")] * is_off,
        )
        for endpoint, changes, is_off in (
            ("dns", _IP_OFF, False),
            (
                "dns",
                {_DNS: [{"allow_external_traffic": None}]},
                True,
            ),
            ("dns", {_DNS: []}, True),
            ("dns", {"control_plane_endpoints_config": []}, True),
            ("private", {}, False),
            ("private", {"control_plane_endpoints_config": []}, False),
            ("private", {"private_cluster_config[0].private_endpoint": ""}, True),
            ("private", {"private_cluster_config": [{"private_endpoint": None}]}, True),
            ("private", {"private_cluster_config": []}, True),
            ("private", _IP_OFF, True),
            ("public", {}, False),
            ("public", {"private_cluster_config": []}, False),
            ("public", {"private_cluster_config[0].enable_private_endpoint": True}, True),
            ("public", _IP_OFF, True),
        )
    ),
    ("dns", "google_dns_managed_zone", _EVERYTHING, ZONE, []),
    (
        "dns",
        "google_dns_managed_zone",
        _EVERYTHING,
        {"visibility": "public", "dns_name": "other.private."},
        [("dns.name", "the zone is public"), ("dns.zone", 'write "other.private"')],
    ),
)

RANGES: Final = (
    *("10.0.0.0/8", "10.255.255.0/24", "9.255.255.0/24", "11.0.0.0/8", "10.0.0.0/7", "8.0.0.0/5"),
    *("172.16.0.0/12", "172.15.255.0/24", "172.16.0.0/28", "172.31.255.240/28", "172.32.0.0/24"),
    *("172.0.0.0/11", "100.63.255.0/24", "100.64.0.0/10", "100.127.255.0/24", "100.128.0.0/9"),
    *("192.167.255.0/24", "192.168.0.0/16", "192.168.0.0/15", "192.168.255.0/24", "192.169.0.0/24"),
    *("0.0.0.0/0", "240.0.0.0/4", "198.18.0.0/15", "198.20.0.0/24", "255.255.255.255/32"),
)
"""On both sides of each border of the private ranges."""


def evaluated(folder: Path, locals_: Table, values: Table) -> Table:
    """The values of expressions, which are outputs of a configuration without resources."""
    outputs = {name: {"value": value} for name, value in values.items()}
    configuration = json.dumps({"locals": locals_, "output": outputs})
    (folder / "main.tf.json").write_text(configuration, encoding="utf-8")
    for command in (["plan", "-input=false", "-out=plan"], ["show", "-json", "plan"]):
        done = subprocess.run(  # noqa: S603 - our own command, no shell
            ["terraform", *command],  # noqa: S607 - that of the checkout
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    planned: Table = json.loads(done.stdout)["planned_values"]["outputs"]
    return {name: output.get("value") for name, output in planned.items()}


def postconditions(line: Line, part: str, kind: str) -> list[dict[str, str]]:
    """The postconditions of the only data source of a type."""
    (data,) = line.stacks[part]["data"][kind].values()
    found: list[dict[str, str]] = data["lifecycle"]["postcondition"]
    return found


def without_references(expression: str, self_: str) -> str:
    """An expression with a local value in place of `self`, and IDs in place of references."""
    for pattern, replacement in (
        (r"\bself\.", f"local.{self_}."),
        (r"data\.google_compute_network\.network\.id", "local.network_id"),
        (
            r"data\.terraform_remote_state\.[-\w]+\.outputs\.[-\w]+_nodes_\w+",
            "local.nodes_id",
        ),
        (r"data\.terraform_remote_state\.[-\w]+\.outputs\.[-\w]+", "local.network_id"),
    ):
        expression = re.sub(pattern, replacement, expression)
    return expression


def test_a_postcondition_fails_for_the_values_that_it_names_and_its_message_says_what_to_do(
    tmp_path: Path,
) -> None:
    """Terraform evaluates every message, also if its condition holds."""
    environments: dict[str, Settings] = {}
    for _, _, changes, _, _ in CASES:
        table = changed(DEV_TABLE, changes)
        assert errors_in(table) == []
        environments.setdefault(repr(changes), Settings.of(table, f"case{len(environments)}"))
    synthesize(environments.values(), outdir=tmp_path)
    locals_: Table = {"network_id": PRIVATE, "nodes_id": NODES}
    values: Table = {}
    for number, (part, kind, changes, read, _) in enumerate(CASES):
        self_ = f"read_{number}"
        locals_[self_] = read
        line = Line(tmp_path, environments[repr(changes)].environment)
        for index, found in enumerate(postconditions(line, part, kind)):
            for name, expression in found.items():
                values[f"{name}_{number}_{index}"] = without_references(expression, self_)
    result = evaluated(tmp_path, locals_, values)
    for number, (*case, expected) in enumerate(CASES):
        failed = [
            result[name.replace("condition", "error_message")]
            for name, holds in result.items()
            if name.startswith(f"condition_{number}_") and holds is not True
        ]
        assert len(failed) == len(expected), (case, failed)
        for message, (key, hint) in zip(sorted(failed), sorted(expected), strict=True):
            setting, rule, advice = message.split("\n")
            assert setting.startswith(f"{key} = "), (case, message)
            assert re.match("    rule: (must|names) ", rule), message
            assert advice.startswith("    hint: "), message
            assert hint in advice, (case, message)


def test_a_range_is_within_networks_or_overlaps_them_as_python_says(tmp_path: Path) -> None:
    networks = listed(limits.PRIVATE_RANGES)
    expressions = {}
    for number, range_ in enumerate(RANGES):
        expressions[f"within_{number}"] = f"${{{within(json.dumps(range_), networks)}}}"
        expressions[f"overlap_{number}"] = f"${{{overlap(json.dumps(range_), networks)}}}"
    result = evaluated(tmp_path, {}, expressions)
    for number, network in enumerate(map(IPv4Network, RANGES)):
        private = limits.PRIVATE_RANGES
        assert result[f"within_{number}"] is any(map(network.subnet_of, private)), network
        assert result[f"overlap_{number}"] is any(map(network.overlaps, private)), network

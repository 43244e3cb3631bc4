"""Values that data sources read, and the postconditions that fail for them."""

from collections.abc import Mapping, Sequence
from typing import Final

from tests.line import Table, changed
from tests.support import existing

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

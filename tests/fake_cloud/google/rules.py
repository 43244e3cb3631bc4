"""What Google and Kubernetes refuse while something is made, changed or destroyed.

Three tables, one line a rule: what refers to what, what must hold, and who reaches a cluster. A
comment names the source of the lines below it.
"""

import base64
from collections.abc import Callable
from enum import Enum, auto
from typing import Final, NamedTuple

from tests.fake_cloud.google import api_rules
from tests.fake_cloud.google.computed_values import Place
from tests.fake_cloud.google.lookup import (
    ACCOUNT,
    ADDRESS,
    API,
    CLUSTER,
    CONNECTOR,
    FIREWALL,
    MEMBER,
    NAMESPACE,
    NAT,
    NETWORK,
    POOL,
    RECORD,
    ROUTER,
    SERVICE,
    SUBNET,
    VERSION,
    ZONE,
    references,
)
from tests.fake_cloud.google.world import World
from tests.fake_cloud.provider.catalogue import Kind
from tests.fake_cloud.provider.values import Values, first, found

TOKEN: Final = "ya29.rehearsal"  # noqa: S105 - opens nothing but the fake provider
"""What google_client_config gives, and what every control plane takes."""


class RejectedError(Exception):
    """What the API answers instead of doing it."""


class Bond(Enum):
    """What becomes of the holder when the held is to be destroyed."""

    KEEPS = auto()
    """The held cannot be destroyed."""
    PART = auto()
    """The holder goes along."""
    NONE = auto()
    """The holder stays, and points at nothing."""


class Link(NamedTuple):
    """`holder` names `held` at a path; `says` is the error that keeps `held`."""

    holder: str
    path: str
    held: str
    by: str
    bond: Bond
    must_exist: bool = True
    says: str = "{held} is already being used by {holder}"


LINKS: Final = (
    # Compute Engine: "... is already being used by ..."
    Link(SUBNET, "network", NETWORK, "id", Bond.KEEPS),
    Link(FIREWALL, "network", NETWORK, "id", Bond.KEEPS),
    Link(ROUTER, "network", NETWORK, "id", Bond.KEEPS),
    Link(ADDRESS, "subnetwork", SUBNET, "id", Bond.KEEPS),
    Link(NAT, "router", ROUTER, "name", Bond.PART),
    Link(NAT, "subnetwork.name", SUBNET, "id", Bond.KEEPS),
    # Serverless VPC Access: the subnet by its short name, in the connector's own region
    Link(CONNECTOR, "subnet.name", SUBNET, "name", Bond.KEEPS),
    # GKE: nodes and control plane hold addresses of the subnet; pools live in their cluster
    Link(CLUSTER, "network", NETWORK, "id", Bond.KEEPS),
    Link(CLUSTER, "subnetwork", SUBNET, "id", Bond.KEEPS),
    Link(CLUSTER, "node_config.service_account", ACCOUNT, "email", Bond.NONE),
    Link(POOL, "cluster", CLUSTER, "name", Bond.PART),
    Link(POOL, "node_config.service_account", ACCOUNT, "email", Bond.NONE),
    # IAM: "Service account ... does not exist"; a deleted one stays in the policy
    Link(MEMBER, "member", ACCOUNT, "member", Bond.NONE),
    # Cloud DNS: "containerNotEmpty"; a zone does not keep its network
    Link(RECORD, "managed_zone", ZONE, "name", Bond.KEEPS),
    Link(ZONE, "private_visibility_config.networks.network_url", NETWORK, "id", Bond.NONE),
    # Kubernetes: a namespace goes with everything in it
    Link(SERVICE, "metadata.namespace", NAMESPACE, "id", Bond.PART, must_exist=False),
    # GKE: the load balancer's forwarding rule holds the reserved address
    Link(
        SERVICE, "status.load_balancer.ingress.ip", ADDRESS, "address", Bond.KEEPS, must_exist=False
    ),
    # VPC: "Can't delete a VPC network that was used with Serverless VPC Access"
    Link(
        VERSION,
        "network",
        NETWORK,
        "name",
        Bond.KEEPS,
        must_exist=False,
        says="The network resource '{held}' cannot be deleted because it is being used by a"
        " Serverless resource",
    ),
)


class Rule(NamedTuple):
    """A resource of a kind is refused when `breaks` says so."""

    kind: str
    breaks: Callable[[Place, Values], bool]
    says: str


RULES: Final = (
    # Compute Engine API
    Rule(ADDRESS, api_rules.other_region, "must be in the region of its subnetwork"),
    Rule(ADDRESS, api_rules.address_elsewhere, "is outside the range of its subnetwork"),
    Rule(ADDRESS, api_rules.address_taken, "IP_IN_USE_BY_ANOTHER_RESOURCE"),
    Rule(SUBNET, api_rules.subnet_overlaps, "conflicts with an existing range of the network"),
    Rule(SUBNET, api_rules.secondary_range_in_use, "has a secondary range that a cluster is in"),
    # Organization policies; CIS Google Cloud 3.8
    Rule(SUBNET, api_rules.no_flow_logs, "violates constraints/compute.requireVpcFlowLogs"),
    Rule(FIREWALL, api_rules.firewall_open, "needs source ranges, tags or accounts"),
    Rule(NAT, api_rules.nat_subnets, "needs subnetworks for LIST_OF_SUBNETWORKS and for that only"),
    Rule(NAT, api_rules.nat_ranges, "needs the names of secondary ranges of its subnetwork"),
    # Serverless VPC Access: "Configure connectors"; terraform-provider-google#13915
    Rule(CONNECTOR, api_rules.connector_name, "has an invalid connector id"),
    Rule(CONNECTOR, api_rules.connector_not_28, "needs a range of /28"),
    Rule(CONNECTOR, api_rules.connector_subnet_taken, "needs a subnet that nothing else uses"),
    Rule(CONNECTOR, api_rules.connector_bounds, "needs 2 <= min_instances < max_instances <= 10"),
    # GKE: "VPC-native clusters"; node pools, autoscaling
    Rule(CLUSTER, api_rules.other_region, "must be in the region of its subnetwork"),
    Rule(CLUSTER, api_rules.unknown_secondary_range, "names a secondary range that is not there"),
    Rule(POOL, api_rules.pool_bounds, "has a minimum above its maximum"),
    # Compute Engine: "Allocation quotas"; terraform-google-kubernetes-engine#1795
    Rule(CLUSTER, api_rules.no_room_for_ssds, "exceeds SSD_TOTAL_GB of a new project, 250 GB"),
    Rule(POOL, api_rules.no_room_for_ssds, "exceeds SSD_TOTAL_GB of a new project, 250 GB"),
    # GKE: "Google Groups for RBAC"; Binary Authorization: "Enable the API"
    Rule(CLUSTER, api_rules.group_name, "needs the group gke-security-groups"),
    Rule(CLUSTER, api_rules.image_policy_off, "needs binaryauthorization.googleapis.com"),
    # Cloud DNS API
    Rule(ZONE, api_rules.zone_name, "needs a DNS name that ends with a dot"),
    Rule(ZONE, api_rules.zone_networks, "needs networks if it is private, and only then"),
    Rule(RECORD, api_rules.record_outside, "is not in the zone"),
    Rule(RECORD, api_rules.record_no_address, "needs IPv4 addresses"),
    # Kubernetes: validation of Services; GKE: "Internal load balancers"
    Rule(NAMESPACE, api_rules.namespace_exists, "already exists"),
    Rule(SERVICE, api_rules.no_namespace, "needs a namespace that exists"),
    Rule(SERVICE, api_rules.port_names, "needs ports, each with a name of its own"),
    Rule(SERVICE, api_rules.address_not_reserved, "asks for an address that is not reserved"),
    Rule(SERVICE, api_rules.address_in_use, "asks for an address that is in use"),
)


class Endpoint(NamedTuple):
    """A way to a control plane: the cluster says the host, and whether the way is open."""

    host: str
    opened_by: str
    shut_by: str | None
    own_authority: bool


_ENDPOINTS: Final = "control_plane_endpoints_config"
_PRIVATE: Final = "private_cluster_config"

ENDPOINTS: Final = (
    # GKE: "DNS-based endpoint"; its certificate is public (terraform-provider-kubernetes#2637)
    Endpoint(
        f"{_ENDPOINTS}.dns_endpoint_config.endpoint",
        f"{_ENDPOINTS}.dns_endpoint_config.allow_external_traffic",
        None,
        own_authority=False,
    ),
    # GKE: "IP-based endpoints"; the cloud is inside the VPC and in every authorized network
    Endpoint(
        f"{_PRIVATE}.private_endpoint",
        f"{_ENDPOINTS}.ip_endpoints_config.enabled",
        None,
        own_authority=True,
    ),
    Endpoint(
        f"{_PRIVATE}.public_endpoint",
        f"{_ENDPOINTS}.ip_endpoints_config.enabled",
        f"{_PRIVATE}.enable_private_endpoint",
        own_authority=True,
    ),
)


def reached(world: World, provider: Values) -> Values:
    """The cluster whose control plane answers a kubernetes provider.

    Raises:
        RejectedError: no cluster answers at that host, or it does not take the credentials.
    """
    host = str(provider["host"]).removeprefix("https://")
    for cluster in world.all(CLUSTER):
        for endpoint in ENDPOINTS:
            shut = endpoint.shut_by and first(cluster, endpoint.shut_by)
            if (
                first(cluster, endpoint.host) == host
                and first(cluster, endpoint.opened_by)
                and not shut
            ):
                encoded = first(cluster, "master_auth.cluster_ca_certificate")
                authority = base64.b64decode(encoded).decode() if endpoint.own_authority else None
                if provider["cluster_ca_certificate"] != authority:
                    raise RejectedError("x509: certificate signed by unknown authority")
                if provider["token"] != TOKEN:
                    raise RejectedError("Unauthorized")
                return cluster
    raise RejectedError(f"dial tcp: {host}: no such host, or it does not answer")


def check(kind: Kind, values: Values, place: Place) -> None:
    """Refuse what cannot be made so, or changed so.

    Raises:
        RejectedError: an API is off, something that is named does not exist, or a rule is broken.
    """
    project = values.get("project")
    if kind.api and not place.world.get(API, f"{project}/{kind.api}"):
        raise RejectedError(
            f"{kind.api} has not been used in project {project} before or it is disabled"
        )
    for link in LINKS:
        if link.holder == kind.name and link.must_exist:
            for text in found(values, link.path):
                if not any(
                    references(values, text, link.by, one) for one in place.world.all(link.held)
                ):
                    raise RejectedError(f"{link.held} {text!r}, said in {link.path}, not found")
    for rule in RULES:
        if rule.kind == kind.name and rule.breaks(place, values):
            raise RejectedError(f"{kind.name} {values['id']} {rule.says}")


def destroy(kind: Kind, key: str, world: World) -> None:
    """Take a resource away, with what is part of it.

    Raises:
        RejectedError: it is protected, or something holds it.
    """
    resource = world.get(kind.name, key)
    if resource is None:
        return
    if resource.get("deletion_protection"):
        raise RejectedError(
            "Cannot destroy cluster because deletion_protection is set to true."
            " Set it to false to proceed with cluster deletion."
        )
    if kind.stays_unless and not resource[kind.stays_unless]:
        return
    for link in LINKS:
        if link.held == kind.name and link.bond is not Bond.NONE:
            for other_key, other in list(world.resources.get(link.holder, {}).items()):
                texts = found(other, link.path)
                if any(references(other, text, link.by, resource) for text in texts):
                    if link.bond is Bond.KEEPS and not resource.get("force_destroy"):
                        raise RejectedError(link.says.format(held=key, holder=other_key))
                    world.remove(link.holder, other_key)
    world.remove(kind.name, key)

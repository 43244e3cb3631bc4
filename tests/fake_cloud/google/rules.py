"""The requests to create, change or destroy resources that Google and Kubernetes reject.

Three tables, one line per rule: references between resources, constraints on resources, and the
endpoints of a cluster. A comment names the source of the lines below it.
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
    cluster_of,
    references,
)
from tests.fake_cloud.google.world import World
from tests.fake_cloud.provider.catalogue import Kind
from tests.fake_cloud.provider.values import Values, first, found

TOKEN: Final = "ya29.rehearsal"  # noqa: S105 - valid only in the fake cloud
"""The token that google_client_config returns, and that every control plane accepts."""


class RejectedError(Exception):
    """The API rejects a request. The message is the error that Terraform prints."""


class OnDestroy(Enum):
    """What happens to a resource if the target of its reference is to be destroyed."""

    RESTRICT = auto()
    """The target cannot be destroyed."""
    CASCADE = auto()
    """The referring resource is destroyed too."""
    NO_ACTION = auto()
    """The referring resource stays, with a dangling reference."""


class Link(NamedTuple):
    """A reference from one resource type to another.

    Attributes:
        referrer: the type with the reference.
        path: the argument with the reference.
        target: the type that it refers to.
        by: the attribute of the target that the argument contains.
        on_destroy: what happens if the target is to be destroyed.
        must_exist: whether the API rejects a reference to a target that does not exist.
        error: the error of RESTRICT.
    """

    referrer: str
    path: str
    target: str
    by: str
    on_destroy: OnDestroy
    must_exist: bool = True
    error: str = "{target} is already being used by {referrer}"


LINKS: Final = (
    # Compute Engine, error "... is already being used by ..."
    Link(SUBNET, "network", NETWORK, "id", OnDestroy.RESTRICT),
    Link(FIREWALL, "network", NETWORK, "id", OnDestroy.RESTRICT),
    Link(ROUTER, "network", NETWORK, "id", OnDestroy.RESTRICT),
    Link(ADDRESS, "subnetwork", SUBNET, "id", OnDestroy.RESTRICT),
    Link(NAT, "router", ROUTER, "name", OnDestroy.CASCADE),
    Link(NAT, "subnetwork.name", SUBNET, "id", OnDestroy.RESTRICT),
    # Serverless VPC Access: the short name of a subnet in the connector's region
    Link(CONNECTOR, "subnet.name", SUBNET, "name", OnDestroy.RESTRICT),
    # Google Kubernetes Engine (GKE): nodes and control plane use addresses of the subnet
    Link(CLUSTER, "network", NETWORK, "id", OnDestroy.RESTRICT),
    Link(CLUSTER, "subnetwork", SUBNET, "id", OnDestroy.RESTRICT),
    Link(CLUSTER, "node_config.service_account", ACCOUNT, "email", OnDestroy.NO_ACTION),
    Link(POOL, "cluster", CLUSTER, "name", OnDestroy.CASCADE),
    Link(POOL, "node_config.service_account", ACCOUNT, "email", OnDestroy.NO_ACTION),
    # IAM, error "Service account ... does not exist"; a deleted account stays in the policy
    Link(MEMBER, "member", ACCOUNT, "member", OnDestroy.NO_ACTION),
    # Cloud DNS, error "containerNotEmpty"; a zone does not block the deletion of its network
    Link(RECORD, "managed_zone", ZONE, "name", OnDestroy.RESTRICT),
    Link(
        ZONE, "private_visibility_config.networks.network_url", NETWORK, "id", OnDestroy.NO_ACTION
    ),
    # Kubernetes: deleting a namespace deletes the objects in it, and none in another cluster
    Link(SERVICE, "metadata.namespace", NAMESPACE, "id", OnDestroy.CASCADE, must_exist=False),
    # GKE: the forwarding rule of the load balancer uses the reserved address
    Link(
        SERVICE,
        "status.load_balancer.ingress.ip",
        ADDRESS,
        "address",
        OnDestroy.RESTRICT,
        must_exist=False,
    ),
    # VPC: "Can't delete a VPC network that was used with Serverless VPC Access"
    Link(
        VERSION,
        "network",
        NETWORK,
        "name",
        OnDestroy.RESTRICT,
        must_exist=False,
        error="The network resource '{target}' cannot be deleted because it is being used by a"
        " Serverless resource",
    ),
)


class Rule(NamedTuple):
    """A resource of a type is rejected with `error` if `breaks` returns true."""

    kind: str
    breaks: Callable[[Place, Values], bool]
    error: str


RULES: Final = (
    # Compute Engine API
    Rule(ADDRESS, api_rules.other_region, "must be in the region of its subnetwork"),
    Rule(ADDRESS, api_rules.address_outside_subnet, "is outside the range of its subnetwork"),
    Rule(ADDRESS, api_rules.address_in_use_in_subnet, "IP_IN_USE_BY_ANOTHER_RESOURCE"),
    Rule(SUBNET, api_rules.subnet_overlaps, "conflicts with an existing range of the network"),
    Rule(SUBNET, api_rules.secondary_range_in_use, "has a secondary range that a cluster is in"),
    # Organization policies; CIS Google Cloud 3.8
    Rule(SUBNET, api_rules.no_flow_logs, "violates constraints/compute.requireVpcFlowLogs"),
    Rule(FIREWALL, api_rules.firewall_without_source, "needs source ranges, tags or accounts"),
    Rule(NAT, api_rules.nat_subnets, "needs subnetworks for LIST_OF_SUBNETWORKS and for that only"),
    Rule(NAT, api_rules.nat_ranges, "needs the names of secondary ranges of its subnetwork"),
    # Serverless VPC Access: "Configure connectors"; terraform-provider-google#13915
    Rule(CONNECTOR, api_rules.connector_name, "has an invalid connector id"),
    Rule(CONNECTOR, api_rules.connector_not_28, "needs a range of /28"),
    Rule(CONNECTOR, api_rules.connector_subnet_in_use, "needs a subnet that nothing else uses"),
    Rule(CONNECTOR, api_rules.connector_bounds, "needs 2 <= min_instances < max_instances <= 10"),
    # GKE: "VPC-native clusters"; node pools, autoscaling
    Rule(CLUSTER, api_rules.other_region, "must be in the region of its subnetwork"),
    Rule(CLUSTER, api_rules.unknown_secondary_range, "names a secondary range that does not exist"),
    Rule(POOL, api_rules.pool_bounds, "has a minimum above its maximum"),
    # Compute Engine: "Allocation quotas"; terraform-google-kubernetes-engine#1795
    Rule(CLUSTER, api_rules.ssd_quota_exceeded, "exceeds SSD_TOTAL_GB of a new project, 250 GB"),
    Rule(POOL, api_rules.ssd_quota_exceeded, "exceeds SSD_TOTAL_GB of a new project, 250 GB"),
    # GKE: "Google Groups for RBAC"; Binary Authorization: "Enable the API"
    Rule(CLUSTER, api_rules.group_name, "needs the group gke-security-groups"),
    Rule(
        CLUSTER, api_rules.binary_authorization_api_off, "needs binaryauthorization.googleapis.com"
    ),
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
    """An endpoint of a control plane; all fields but the last are attributes of the cluster.

    Attributes:
        host: the attribute with the host of the endpoint.
        enabled_by: the attribute that must be true.
        disabled_by: the attribute that must not be true.
        own_authority: whether the cluster's own authority signed the certificate.
    """

    host: str
    enabled_by: str
    disabled_by: str | None
    own_authority: bool


_ENDPOINTS: Final = "control_plane_endpoints_config"
_PRIVATE: Final = "private_cluster_config"

ENDPOINTS: Final = (
    # GKE: "DNS-based endpoint"; a public authority signs its certificate
    # (terraform-provider-kubernetes#2637)
    Endpoint(
        f"{_ENDPOINTS}.dns_endpoint_config.endpoint",
        f"{_ENDPOINTS}.dns_endpoint_config.allow_external_traffic",
        None,
        own_authority=False,
    ),
    # GKE: "IP-based endpoints"; tests call from inside the VPC and every authorized network
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
        RejectedError: no cluster answers at that host, or it rejects the credentials.
    """
    host = str(provider["host"]).removeprefix("https://")
    for cluster in world.all(CLUSTER):
        for endpoint in ENDPOINTS:
            disabled = endpoint.disabled_by and first(cluster, endpoint.disabled_by)
            if (
                first(cluster, endpoint.host) == host
                and first(cluster, endpoint.enabled_by)
                and not disabled
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
    """Check whether a resource can be created, or changed to these values.

    Raises:
        RejectedError: an API is not enabled, a reference has no target, or a rule is broken.
    """
    project = values.get("project")
    if kind.api and not place.world.get(API, f"{project}/{kind.api}"):
        raise RejectedError(
            f"{kind.api} has not been used in project {project} before or it is disabled"
        )
    for link in LINKS:
        if link.referrer == kind.name and link.must_exist:
            for text in found(values, link.path):
                targets = place.world.all(link.target)
                if not any(references(values, text, link.by, target) for target in targets):
                    raise RejectedError(f"{link.target} {text!r}, named in {link.path}, not found")
    for rule in RULES:
        if rule.kind == kind.name and rule.breaks(place, values):
            raise RejectedError(f"{kind.name} {values['id']} {rule.error}")


def destroy(kind: Kind, key: str, world: World) -> None:
    """Destroy a resource, and the resources that are destroyed with it.

    Raises:
        RejectedError: the resource is protected, or another resource uses it.
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
        if link.target == kind.name and link.on_destroy is not OnDestroy.NO_ACTION:
            for other_key, other in list(world.items(link.referrer).items()):
                if cluster_of(key) not in ("", cluster_of(other_key)):
                    continue
                texts = found(other, link.path)
                if any(references(other, text, link.by, resource) for text in texts):
                    restricted = link.on_destroy is OnDestroy.RESTRICT
                    if restricted and not resource.get("force_destroy"):
                        raise RejectedError(link.error.format(target=key, referrer=other_key))
                    world.remove(link.referrer, other_key)
    world.remove(kind.name, key)

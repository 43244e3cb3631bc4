"""The conditions in rules.py: each function returns whether a resource breaks a rule of an API."""

import re
from ipaddress import IPv4Address, IPv4Network
from itertools import combinations
from typing import Final

from tests.fake_cloud.google.computed_values import Place
from tests.fake_cloud.google.lookup import (
    API,
    CLUSTER,
    CONNECTOR,
    NAMESPACE,
    POOL,
    SERVICE,
    SUBNET,
    ZONE,
    is_internal,
    ranges,
    referenced,
    region_of,
    service_address,
    subnet_of,
    used_addresses,
)
from tests.fake_cloud.provider.values import Values, first, found

_NEW_PROJECT_SSD_GB: Final = 250
_GKE_DISK_GB: Final = 100
"""The size of a node's default disk, a pd-balanced SSD."""


def address_outside_subnet(place: Place, address: Values) -> bool:
    """The address is outside the range of its subnet."""
    subnet = subnet_of(place.world, address)
    return subnet is not None and (
        IPv4Address(address["address"]) not in IPv4Network(subnet["ip_cidr_range"])
    )


def address_in_use_in_subnet(place: Place, address: Values) -> bool:
    """Another resource in the subnet uses the address."""
    subnet = subnet_of(place.world, address)
    used = used_addresses(place.world, subnet) if subnet else []
    return any(ip == address["address"] and user["id"] != address["id"] for ip, user in used)


def other_region(place: Place, resource: Values) -> bool:
    """The resource is in another region than its subnet."""
    subnet = subnet_of(place.world, resource)
    return subnet is not None and subnet["region"] != region_of(resource)


def subnet_overlaps(place: Place, subnet: Values) -> bool:
    """Two ranges of the subnet overlap, or one overlaps another subnet of the network."""
    others = [
        other_range
        for other in place.world.all(SUBNET)
        if other["id"] != subnet["id"] and other["network"] == subnet["network"]
        for other_range in ranges(other)
    ]
    within = any(a.overlaps(b) for a, b in combinations(ranges(subnet), 2))
    return within or any(a.overlaps(b) for a in ranges(subnet) for b in others)


def secondary_range_in_use(place: Place, subnet: Values) -> bool:
    """A secondary range would change or disappear while a cluster is in the subnet."""
    path = "secondary_ip_range.ip_cidr_range"
    current = place.world.get(SUBNET, subnet["id"])
    clusters = place.world.all(CLUSTER)
    return (
        current is not None
        and any(subnet_of(place.world, cluster) == current for cluster in clusters)
        and not set(found(current, path)) <= set(found(subnet, path))
    )


def unknown_secondary_range(place: Place, cluster: Values) -> bool:
    """The cluster names a secondary range that its subnet does not have."""
    subnet = subnet_of(place.world, cluster) or {}
    known = found(subnet, "secondary_ip_range.range_name")
    return any(
        first(cluster, f"ip_allocation_policy.{part}_secondary_range_name") not in (None, *known)
        for part in ("cluster", "services")
    )


def connector_not_28(place: Place, connector: Values) -> bool:
    """The connector's range is not a /28."""
    subnet = _connector_subnet(place, connector) or connector
    return not str(subnet["ip_cidr_range"]).endswith("/28")


def connector_subnet_in_use(place: Place, connector: Values) -> bool:
    """Another resource uses the connector's subnet."""
    subnet = _connector_subnet(place, connector)
    others = (other for other in place.world.all(CONNECTOR) if other["id"] != connector["id"])
    return subnet is not None and (
        bool(used_addresses(place.world, subnet))
        or any(_connector_subnet(place, other) == subnet for other in others)
    )


def _connector_subnet(place: Place, connector: Values) -> Values | None:
    return referenced(place.world, SUBNET, connector, "subnet.name", "name")


def connector_bounds(_: Place, connector: Values) -> bool:
    """The numbers of instances are missing, not in order, or out of bounds."""
    low, high = connector["min_instances"], connector["max_instances"]
    return low is None or high is None or not 2 <= low < high <= 10


def connector_name(_: Place, connector: Values) -> bool:
    """The name has an invalid character, or is too long; a hyphen counts as two characters."""
    name = connector["name"]
    return not re.fullmatch(r"[a-z][-a-z0-9]*[a-z0-9]", name) or len(name) + name.count("-") > 20


def nat_subnets(_: Place, nat: Values) -> bool:
    """Subnets are listed with another option than LIST_OF_SUBNETWORKS, or missing with it."""
    by_list = bool(nat["source_subnetwork_ip_ranges_to_nat"] == "LIST_OF_SUBNETWORKS")
    return by_list is not bool(nat["subnetwork"])


def nat_ranges(place: Place, nat: Values) -> bool:
    """Secondary ranges are named without LIST_OF_SECONDARY_IP_RANGES, missing, or unknown."""
    for subnet in nat["subnetwork"]:
        names = subnet["secondary_ip_range_names"] or []
        required = "LIST_OF_SECONDARY_IP_RANGES" in subnet["source_ip_ranges_to_nat"]
        existing = found(
            referenced(place.world, SUBNET, subnet, "name") or {}, "secondary_ip_range.range_name"
        )
        if required != bool(names) or not set(names) <= set(existing):
            return True
    return False


def firewall_without_source(_: Place, firewall: Values) -> bool:
    """An ingress rule names no source."""
    sources = ("source_ranges", "source_tags", "source_service_accounts")
    return firewall["direction"] == "INGRESS" and not any(firewall[name] for name in sources)


def no_flow_logs(_: Place, subnet: Values) -> bool:
    """The subnet writes no flow logs. The organization policy of the fake cloud requires them."""
    return not subnet["log_config"]


def ssd_quota_exceeded(place: Place, resource: Values) -> bool:
    """The disks of the new nodes exceed the quota SSD_TOTAL_GB of a new project.

    A node pool starts with one node per zone. A cluster starts with a default node pool, which is
    deleted when the cluster is ready.
    """
    if place.world.get(CLUSTER, resource["id"]):
        return False
    others = (pool for pool in place.world.all(POOL) if pool["id"] != resource["id"])
    return sum(map(_ssd_gb, (resource, *others))) > _NEW_PROJECT_SSD_GB


def _ssd_gb(nodes: Values) -> int:
    zones = 1 if region_of(nodes) != nodes["location"] else 3
    if first(nodes, "node_config.disk_type") == "pd-standard":
        return 0
    size = first(nodes, "node_config.disk_size_gb")
    return zones * (size if isinstance(size, int) and size else _GKE_DISK_GB)


def binary_authorization_api_off(place: Place, cluster: Values) -> bool:
    """The cluster uses Binary Authorization, and its API is not enabled."""
    mode = first(cluster, "binary_authorization.evaluation_mode")
    api = f"{cluster['project']}/binaryauthorization.googleapis.com"
    return mode == "PROJECT_SINGLETON_POLICY_ENFORCE" and not place.world.get(API, api)


def group_name(_: Place, cluster: Values) -> bool:
    """The group for role-based access control (RBAC) has a name that GKE does not accept."""
    group = first(cluster, "authenticator_groups_config.security_group")
    return bool(group) and not str(group).startswith("gke-security-groups@")


def pool_bounds(_: Place, pool: Values) -> bool:
    """The minimum of the autoscaler is greater than its maximum."""
    low = first(pool, "autoscaling.total_min_node_count") or 0
    return low > (first(pool, "autoscaling.total_max_node_count") or low)


def record_outside(place: Place, record: Values) -> bool:
    """The name of the record is not in its zone."""
    zone = referenced(place.world, ZONE, record, "managed_zone", "name") or {}
    return not f".{record['name']}".endswith(f".{zone.get('dns_name')}")


def record_no_address(_: Place, record: Values) -> bool:
    """An A record has a target that is not an IPv4 address."""
    targets = found(record, "rrdatas")
    return record["type"] == "A" and not all(re.fullmatch(r"[\d.]+", text) for text in targets)


def zone_name(_: Place, zone: Values) -> bool:
    """The DNS name does not end with a dot."""
    return not zone["dns_name"].endswith(".")


def zone_networks(_: Place, zone: Values) -> bool:
    """A private zone names no network, or a public one does."""
    networks = found(zone, "private_visibility_config.networks.network_url")
    return bool(zone["visibility"] == "private") is not bool(networks)


def no_namespace(place: Place, service: Values) -> bool:
    """The namespace does not exist: neither Terraform nor anybody else created it."""
    name = first(service, "metadata.namespace")
    return not (_by_others(place, name) or place.world.get(NAMESPACE, place.key(name)))


def namespace_exists(place: Place, namespace: Values) -> bool:
    """Somebody else created a namespace with this name."""
    return _by_others(place, namespace["id"])


def _by_others(place: Place, name: str) -> bool:
    """Kubernetes created the namespace in every cluster, or people created it in this one."""
    return any(place.world.get("namespace", key) for key in (name, place.key(name)))


def port_names(_: Place, service: Values) -> bool:
    """There is no port, or there are several and their names are not unique."""
    ports = service["spec"][0]["port"]
    names = {port["name"] or "" for port in ports}
    return not ports or len(names) < len(ports) or (len(ports) > 1 and "" in names)


def address_not_reserved(place: Place, service: Values) -> bool:
    """`loadBalancerIP` is not the reserved address."""
    requested = first(service, "spec.load_balancer_ip")
    if not requested or not is_internal(service) or not place.cluster:
        return False
    reserved = service_address(place.world, service, place.cluster)
    return reserved is None or reserved["address"] != requested


def address_in_use(place: Place, service: Values) -> bool:
    """The load balancer of another Service has the address."""
    path = "status.load_balancer.ingress.ip"
    address = first(service, path)
    services, own = place.world.items(SERVICE), place.key(service["id"])
    return bool(address) and any(
        first(other, path) == address for key, other in services.items() if key != own
    )

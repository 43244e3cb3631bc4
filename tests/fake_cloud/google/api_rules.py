"""The checks behind rules.py: whether a resource breaks a rule of Google's or Kubernetes'."""

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
    one,
    ranges,
    region_of,
    service_address,
    subnet_of,
    taken,
)
from tests.fake_cloud.provider.values import Values, first, found

_NEW_PROJECT_SSD_GB: Final = 250
_GKE_DISK_GB: Final = 100
"""A node's disk, of pd-balanced, where nobody chose one."""


def address_elsewhere(place: Place, address: Values) -> bool:
    """The address lies outside its subnet."""
    subnet = subnet_of(place.world, address)
    return subnet is not None and (
        IPv4Address(address["address"]) not in IPv4Network(subnet["ip_cidr_range"])
    )


def address_taken(place: Place, address: Values) -> bool:
    """Something else in the subnet holds the address."""
    subnet = subnet_of(place.world, address)
    holders = taken(place.world, subnet) if subnet else []
    return any(ip == address["address"] and one["id"] != address["id"] for ip, one in holders)


def other_region(place: Place, resource: Values) -> bool:
    """The resource is not where its subnet is."""
    subnet = subnet_of(place.world, resource)
    return subnet is not None and subnet["region"] != region_of(resource)


def subnet_overlaps(place: Place, subnet: Values) -> bool:
    """A range overlaps one of the same network, the subnet's own included."""
    others = (one for one in place.world.all(SUBNET) if one["id"] != subnet["id"])
    theirs = [r for one in others if one["network"] == subnet["network"] for r in ranges(one)]
    within = any(a.overlaps(b) for a, b in combinations(ranges(subnet), 2))
    return within or any(a.overlaps(b) for a in ranges(subnet) for b in theirs)


def secondary_range_in_use(place: Place, subnet: Values) -> bool:
    """A secondary range that a cluster is in would be another one, or gone."""
    path = "secondary_ip_range.ip_cidr_range"
    now = place.world.get(SUBNET, subnet["id"])
    clusters = place.world.all(CLUSTER)
    return (
        now is not None
        and any(subnet_of(place.world, cluster) == now for cluster in clusters)
        and not set(found(now, path)) <= set(found(subnet, path))
    )


def unknown_secondary_range(place: Place, cluster: Values) -> bool:
    """The subnet has no secondary range of the name that the cluster says."""
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


def connector_subnet_taken(place: Place, connector: Values) -> bool:
    """Something else uses the connector's subnet."""
    subnet = _connector_subnet(place, connector)
    others = (one for one in place.world.all(CONNECTOR) if one["id"] != connector["id"])
    return subnet is not None and (
        bool(taken(place.world, subnet))
        or any(_connector_subnet(place, other) == subnet for other in others)
    )


def _connector_subnet(place: Place, connector: Values) -> Values | None:
    return one(place.world, SUBNET, connector, "subnet.name", "name")


def connector_bounds(_: Place, connector: Values) -> bool:
    """The bounds are missing, crossed or too far."""
    low, high = connector["min_instances"], connector["max_instances"]
    return low is None or high is None or not 2 <= low < high <= 10


def connector_name(_: Place, connector: Values) -> bool:
    """The name is too long, a hyphen counting as two, or of other letters."""
    name = connector["name"]
    return not re.fullmatch(r"[a-z][-a-z0-9]*[a-z0-9]", name) or len(name) + name.count("-") > 20


def nat_subnets(_: Place, nat: Values) -> bool:
    """Subnets are listed where they must not be, or not where they must."""
    by_list = bool(nat["source_subnetwork_ip_ranges_to_nat"] == "LIST_OF_SUBNETWORKS")
    return by_list is not bool(nat["subnetwork"])


def nat_ranges(place: Place, nat: Values) -> bool:
    """Secondary ranges are named without need, or not those that the subnet has."""
    for subnet in nat["subnetwork"]:
        names = subnet["secondary_ip_range_names"] or []
        wanted = "LIST_OF_SECONDARY_IP_RANGES" in subnet["source_ip_ranges_to_nat"]
        there = found(
            one(place.world, SUBNET, subnet, "name") or {}, "secondary_ip_range.range_name"
        )
        if wanted != bool(names) or not set(names) <= set(there):
            return True
    return False


def firewall_open(_: Place, firewall: Values) -> bool:
    """An ingress rule names no source."""
    sources = ("source_ranges", "source_tags", "source_service_accounts")
    return firewall["direction"] == "INGRESS" and not any(firewall[name] for name in sources)


def no_flow_logs(_: Place, subnet: Values) -> bool:
    """The subnet writes no flow logs, and the organization demands them."""
    return not subnet["log_config"]


def no_room_for_ssds(place: Place, resource: Values) -> bool:
    """A new project's SSD_TOTAL_GB has no room for the nodes that boot, one per zone.

    A cluster boots with nodes of its own, which are gone when it is ready.
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


def image_policy_off(place: Place, cluster: Values) -> bool:
    """Images are to be checked by an API that is off."""
    wanted = first(cluster, "binary_authorization.evaluation_mode")
    api = f"{cluster['project']}/binaryauthorization.googleapis.com"
    return wanted == "PROJECT_SINGLETON_POLICY_ENFORCE" and not place.world.get(API, api)


def group_name(_: Place, cluster: Values) -> bool:
    """The group for RBAC has another name than the one that GKE takes."""
    group = first(cluster, "authenticator_groups_config.security_group")
    return bool(group) and not str(group).startswith("gke-security-groups@")


def pool_bounds(_: Place, pool: Values) -> bool:
    """The autoscaler's bounds are crossed."""
    low = first(pool, "autoscaling.total_min_node_count") or 0
    return low > (first(pool, "autoscaling.total_max_node_count") or low)


def record_outside(place: Place, record: Values) -> bool:
    """The record's name is not of its zone."""
    zone = one(place.world, ZONE, record, "managed_zone", "name") or {}
    return not f".{record['name']}".endswith(f".{zone.get('dns_name')}")


def record_no_address(_: Place, record: Values) -> bool:
    """An A record points at something else than an address."""
    targets = found(record, "rrdatas")
    return record["type"] == "A" and not all(re.fullmatch(r"[\d.]+", one) for one in targets)


def zone_name(_: Place, zone: Values) -> bool:
    """The DNS name does not end with a dot."""
    return not zone["dns_name"].endswith(".")


def zone_networks(_: Place, zone: Values) -> bool:
    """A private zone names no network, or a public one does."""
    seen = found(zone, "private_visibility_config.networks.network_url")
    return bool(zone["visibility"] == "private") is not bool(seen)


def no_namespace(place: Place, service: Values) -> bool:
    """The cluster has no such namespace, neither of Terraform's nor of somebody else's."""
    by_others = place.world.get("namespace", first(service, "metadata.namespace"))
    return not (by_others or one(place.world, NAMESPACE, service, "metadata.namespace"))


def namespace_exists(place: Place, namespace: Values) -> bool:
    """Somebody else made a namespace of this name."""
    return place.world.get("namespace", namespace["id"]) is not None


def port_names(_: Place, service: Values) -> bool:
    """There is no port, or of several not each has a name of its own."""
    ports = service["spec"][0]["port"]
    names = {port["name"] or "" for port in ports}
    return not ports or len(names) < len(ports) or (len(ports) > 1 and "" in names)


def address_not_reserved(place: Place, service: Values) -> bool:
    """`loadBalancerIP` is not the reserved address."""
    asked = first(service, "spec.load_balancer_ip")
    if not asked or not is_internal(service) or not place.cluster:
        return False
    reserved = service_address(place.world, service, place.cluster)
    return reserved is None or reserved["address"] != asked


def address_in_use(place: Place, service: Values) -> bool:
    """Another Service's load balancer has the address."""
    path = "status.load_balancer.ingress.ip"
    name = (service["id"], first(service, path))
    others = [(one["id"], first(one, path)) for one in place.world.all(SERVICE)]
    return any(one[0] != name[0] and one[1] == name[1] for one in others if name[1])

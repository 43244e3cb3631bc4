"""The values that Google computes on an apply: IDs, addresses, endpoints, and fields it overwrites.

traits.toml says which attribute gets which value. Numbers are derived from the name of the
resource, so that every run of the tests gets the same values.
"""

import base64
import copy
import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tests.fake_cloud.google.lookup import (
    CLUSTER,
    POOL,
    SUBNET,
    free_address,
    in_cluster,
    is_internal,
    referenced,
    references,
    region_of,
    service_address,
    subnet_of,
)
from tests.fake_cloud.google.world import World
from tests.fake_cloud.provider.catalogue import Block, Kind, attributes, nested
from tests.fake_cloud.provider.values import UNKNOWN, Values, first, places, relative, zero


@dataclass(frozen=True)
class Place:
    """Where a resource is created: a world and, for a Kubernetes object, a cluster."""

    world: World
    cluster: Values | None = None

    def key(self, identifier: str) -> str:
        """The key of a resource in the world. Kubernetes IDs are unique only in their cluster."""
        return in_cluster(self.cluster["id"], identifier) if self.cluster else identifier


def known(kind: Kind, values: Values) -> Values:
    """A plan with the computed values that the provider already knows while it plans."""
    result, place = dict(values), Place(World({}))
    for name in kind.known:
        result[name] = _computed(kind.made[name], result, result, place)
    return result


def fill(kind: Kind, values: Values, place: Place) -> None:
    """Replace unknown values with computed ones, and unset values with zero values."""
    _expand_unknown_blocks(kind, kind.block, "", values)
    for path, template in kind.made.items():
        for holder, name in places(values, path):
            if holder[name] == UNKNOWN:
                holder[name] = _computed(template, holder, values, place)
    _zero_unset(kind, kind.block, "", values)


def _expand_unknown_blocks(kind: Kind, block: Block, prefix: str, values: Values) -> None:
    """Replace each unknown block with one element if it has a computed value, else with none."""
    for name, inner in nested(block).items():
        path = f"{prefix}{name}."
        if values[name] == UNKNOWN:
            needed = any(computed.startswith(path) for computed in kind.made)
            values[name] = [_unknown(inner["block"])] if needed else []
        for element in values[name] if isinstance(values[name], list) else []:
            _expand_unknown_blocks(kind, inner["block"], path, element)


def _unknown(block: Block) -> Values:
    computed = {
        name: UNKNOWN if attribute.get("computed") else None
        for name, attribute in attributes(block).items()
    }
    return {**computed, **dict.fromkeys(nested(block), UNKNOWN)}


def _zero_unset(kind: Kind, block: Block, prefix: str, values: Values) -> None:
    """Set each null or unknown attribute to its zero value, except those that Google leaves out."""
    for name, attribute in attributes(block).items():
        if values[name] in (None, UNKNOWN):
            unset = prefix + name in kind.unset
            values[name] = None if unset else zero(attribute["type"])
    for name, inner in nested(block).items():
        for element in values[name] if isinstance(values[name], list) else []:
            _zero_unset(kind, inner["block"], f"{prefix}{name}.", element)


def _computed(template: Any, holder: Values, values: Values, place: Place) -> Any:  # noqa: ANN401
    """The value of a template such as `projects/{project}` in traits.toml."""
    if isinstance(template, list):
        return [_computed(inner, holder, values, place) for inner in template]
    if not isinstance(template, str):
        return template

    def placeholder(name: str) -> Any:  # noqa: ANN401
        if name in FUNCTIONS:
            return FUNCTIONS[name](place, values)
        return holder[name] if name in holder else first(values, name)

    if whole := re.fullmatch(r"\{([\w.]+)\}", template):
        return placeholder(whole[1])
    return re.sub(r"\{([\w.]+)\}", lambda match: str(placeholder(match[1])), template)


def _digest(values: Values) -> int:
    name = f"{first(values, 'id')} {first(values, 'name') or first(values, 'metadata.name')}"
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8])


def _certificate(_: Place, cluster: Values) -> str:
    body = base64.b64encode(str(_digest(cluster)).encode()).decode()
    pem = f"-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n"
    return base64.b64encode(pem.encode()).decode()


def _network_of_subnet(place: Place, connector: Values) -> str:
    subnet = referenced(place.world, SUBNET, connector, "subnet.name", "name")
    return str((subnet or {}).get("network", "")).rpartition("/")[2]


def _gateway(_: Place, subnet: Values) -> str:
    first_part, _, last = subnet["ip_cidr_range"].partition("/")[0].rpartition(".")
    return f"{first_part}.{int(last) + 1}"


def _labels(_: Place, resource: Values) -> Mapping[str, str]:
    """The labels, with the one that the provider adds (add_terraform_attribution_label)."""
    labels = resource.get("labels") or resource.get("resource_labels") or {}
    return {**labels, "goog-terraform-provisioned": "true"}


def _free_address(place: Place, resource: Values) -> str:
    subnet = subnet_of(place.world, resource)
    if subnet is None:
        return _public_address(place, resource)
    return free_address(place.world, subnet, _digest(resource))


def _public_address(_: Place, resource: Values) -> str:
    digest = _digest(resource)
    return f"34.{digest % 199 + 1}.{digest // 199 % 255}.{digest // 51000 % 255}"


FUNCTIONS: Final[Mapping[str, Callable[[Place, Values], Any]]] = {
    "address_purpose": lambda _, address: "GCE_ENDPOINT" if address["subnetwork"] else "",
    "certificate": _certificate,
    "cluster_ip": lambda _, service: f"10.0.16.{_digest(service) % 250 + 2}",
    "etag": lambda _, resource: f"{_digest(resource):x}"[:12],
    "free_address": _free_address,
    "gateway": _gateway,
    "labels_with_attribution": _labels,
    "network_of_subnet": _network_of_subnet,
    "node_port": lambda _, service: 30000 + _digest(service) % 2767,
    "number": lambda _, resource: str(_digest(resource) % 10**12),
    "region": lambda _, resource: region_of(resource),
    "time": lambda _, __: "2025-01-01T00:00:00.000-08:00",
    "uid": lambda _, resource: f"00000000-0000-4000-8000-{_digest(resource):016x}"[:36],
}
"""The functions that templates in traits.toml call by name, such as `{etag}`."""


def written(kind: Kind, values: Values, place: Place) -> Values:
    """A resource after it is created or updated, with the fields that Google overwrites."""
    result = copy.deepcopy(values)
    for write in WRITTEN_BY_GOOGLE.get(kind.name, ()):
        write(place, result)
    return result


def read(kind: Kind, values: Values, place: Place) -> None:
    """Add the values that a refresh returns and the preceding apply did not."""
    if kind.name == CLUSTER:
        block = nested(kind.block)["node_pool"]["block"]
        pools = (
            pool
            for pool in place.world.all(POOL)
            if references(pool, pool["cluster"], "name", values)
        )
        values["node_pool"] = [_as_block(block, pool) for pool in pools]
    for holder, name in places(values, "private_visibility_config.networks.network_url"):
        holder[name] = f"https://www.googleapis.com/compute/v1/{relative(holder[name])}"


def _as_block(block: Block, values: Values) -> Values:
    """The values of a resource that a block of another resource contains."""
    return {
        **{name: values[name] for name in attributes(block)},
        **{
            name: [_as_block(inner["block"], element) for element in values[name]]
            for name, inner in nested(block).items()
        },
    }


def _neg(_: Place, service: Values) -> None:
    """The annotation of the network endpoint group (NEG) that GKE adds."""
    (metadata,) = service["metadata"]
    metadata["annotations"] = {
        **(metadata["annotations"] or {}),
        "cloud.google.com/neg": '{"ingress":true}',
    }


def _load_balancer(place: Place, service: Values) -> None:
    """The status, with the address that GKE chose if the Service has a load balancer."""
    ingress = []
    if first(service, "spec.type") == "LoadBalancer" and place.cluster:
        address = _public_address(place, service)
        if is_internal(service):
            reserved = service_address(place.world, service, place.cluster)
            address = reserved["address"] if reserved else _free_address(place, place.cluster)
        ingress = [{"ip": address, "hostname": ""}]
    service["status"] = [{"load_balancer": [{"ingress": ingress}]}]


def _private_endpoint(_: Place, cluster: Values) -> None:
    if first(cluster, _BY_IP) is False:
        for config in cluster["private_cluster_config"]:
            config["enable_private_endpoint"] = True


def _ip_endpoints(_: Place, cluster: Values) -> None:
    authorized = cluster["master_authorized_networks_config"]
    if authorized and not authorized[0]["cidr_blocks"]:
        for holder, name in places(cluster, _BY_IP):
            holder[name] = True


def _endpoints(place: Place, cluster: Values) -> None:
    by_ip = first(cluster, _BY_IP) is not False
    for config in cluster["private_cluster_config"]:
        private = config["private_endpoint"] or _free_address(place, cluster)
        config["private_endpoint"] = private if by_ip else ""
        only = config["enable_private_endpoint"]
        config["public_endpoint"] = "" if only else _public_address(place, cluster)
        cluster["endpoint"] = config["private_endpoint" if only else "public_endpoint"]


_BY_IP: Final = "control_plane_endpoints_config.ip_endpoints_config.enabled"

WRITTEN_BY_GOOGLE: Final[Mapping[str, tuple[Callable[[Place, Values], None], ...]]] = {
    "kubernetes_service_v1": (
        _neg,  # terraform-provider-kubernetes#445
        _load_balancer,
    ),
    "google_container_cluster": (
        _private_endpoint,  # true if there are no IP endpoints
        _ip_endpoints,  # even an empty block of authorized networks enables them
        _endpoints,
    ),
}
"""The attributes whose values after an apply differ from the plan.

For an update in place, the provider plans the old values, and Terraform computes outputs from the
plan. So outputs of these attributes are stale until the next apply.
"""

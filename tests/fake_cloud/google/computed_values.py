"""What Google makes up on an apply: ids, addresses, endpoints, and what it writes by itself.

traits.toml says where each value belongs. Numbers come from a resource's name, so that one cloud
is like the next.
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
    free_address,
    is_internal,
    one,
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
    """Where something is made: in a world, and for a Service in a cluster."""

    world: World
    cluster: Values | None = None


def known(kind: Kind, values: Values) -> Values:
    """A plan with the values that are made of others, and known as soon as those are."""
    there, place = dict(values), Place(World({}))
    for name in kind.known:
        there[name] = _made(kind.made[name], there, there, place)
    return there


def fill(kind: Kind, values: Values, place: Place) -> None:
    """Put a value wherever the plan left one unknown, and what stands for nothing elsewhere."""
    _open(kind, kind.block, "", values)
    for path, template in kind.made.items():
        for holder, name in places(values, path):
            if holder[name] == UNKNOWN:
                holder[name] = _made(template, holder, values, place)
    _close(kind, kind.block, "", values)


def _open(kind: Kind, block: Block, prefix: str, values: Values) -> None:
    """Give each unknown block the one element that a made value needs, or none."""
    for name, inner in nested(block).items():
        path = f"{prefix}{name}."
        if values[name] == UNKNOWN:
            needed = any(made.startswith(path) for made in kind.made)
            values[name] = [_unknown(inner["block"])] if needed else []
        for element in values[name] if isinstance(values[name], list) else []:
            _open(kind, inner["block"], path, element)


def _unknown(block: Block) -> Values:
    computed = {
        name: UNKNOWN if attribute.get("computed") else None
        for name, attribute in attributes(block).items()
    }
    return {**computed, **dict.fromkeys(nested(block), UNKNOWN)}


def _close(kind: Kind, block: Block, prefix: str, values: Values) -> None:
    """Leave nothing unset but what Google says nothing about."""
    for name, attribute in attributes(block).items():
        if values[name] in (None, UNKNOWN):
            unset = prefix + name in kind.unset
            values[name] = None if unset else zero(attribute["type"])
    for name, inner in nested(block).items():
        for element in values[name] if isinstance(values[name], list) else []:
            _close(kind, inner["block"], f"{prefix}{name}.", element)


def _made(template: Any, holder: Values, values: Values, place: Place) -> Any:  # noqa: ANN401
    if isinstance(template, list):
        return [_made(inner, holder, values, place) for inner in template]
    if not isinstance(template, str):
        return template

    def look(name: str) -> Any:  # noqa: ANN401
        if name in MAKERS:
            return MAKERS[name](place, values)
        return holder[name] if name in holder else first(values, name)

    if whole := re.fullmatch(r"\{([\w.]+)\}", template):
        return look(whole[1])
    return re.sub(r"\{([\w.]+)\}", lambda match: str(look(match[1])), template)


def _digest(values: Values) -> int:
    name = f"{first(values, 'id')} {first(values, 'name') or first(values, 'metadata.name')}"
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8])


def _certificate(_: Place, cluster: Values) -> str:
    body = base64.b64encode(str(_digest(cluster)).encode()).decode()
    pem = f"-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n"
    return base64.b64encode(pem.encode()).decode()


def _network_of_subnet(place: Place, connector: Values) -> str:
    subnet = one(place.world, "google_compute_subnetwork", connector, "subnet.name", "name")
    return str((subnet or {}).get("network", "")).rpartition("/")[2]


def _gateway(_: Place, subnet: Values) -> str:
    first_part, _, last = subnet["ip_cidr_range"].partition("/")[0].rpartition(".")
    return f"{first_part}.{int(last) + 1}"


def _labels(_: Place, resource: Values) -> Mapping[str, str]:
    """The provider adds a label of its own (add_terraform_attribution_label)."""
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


MAKERS: Final[Mapping[str, Callable[[Place, Values], Any]]] = {
    "address_purpose": lambda _, address: "GCE_ENDPOINT" if address["subnetwork"] else "",
    "certificate": _certificate,
    "cluster_ip": lambda _, service: f"10.0.16.{_digest(service) % 250 + 2}",
    "etag": lambda _, resource: f"{_digest(resource):x}"[:12],
    "free_address": _free_address,
    "gateway": _gateway,
    "labels_and_ours": _labels,
    "network_of_subnet": _network_of_subnet,
    "node_port": lambda _, service: 30000 + _digest(service) % 2767,
    "number": lambda _, resource: str(_digest(resource) % 10**12),
    "region": lambda _, resource: region_of(resource),
    "time": lambda _, __: "2025-01-01T00:00:00.000-08:00",
    "uid": lambda _, resource: f"00000000-0000-4000-8000-{_digest(resource):016x}"[:36],
}
"""By the name that traits.toml has in braces."""


def written(kind: Kind, values: Values, place: Place) -> Values:
    """A resource as it is once it is made or changed: with what Google writes by itself."""
    there = copy.deepcopy(values)
    for write in WRITTEN_BY_GOOGLE.get(kind.name, ()):
        write(place, there)
    return there


def read(kind: Kind, values: Values, place: Place) -> None:
    """Put in what a read finds, and an apply did not return yet."""
    if kind.name == CLUSTER:
        block = nested(kind.block)["node_pool"]["block"]
        pools = (
            pool
            for pool in place.world.all(POOL)
            if references(pool, pool["cluster"], "name", values)
        )
        values["node_pool"] = [_part(block, pool) for pool in pools]
    for holder, name in places(values, "private_visibility_config.networks.network_url"):
        holder[name] = f"https://www.googleapis.com/compute/v1/{relative(holder[name])}"


def _part(block: Block, values: Values) -> Values:
    """A resource as a block of another one has it."""
    return {
        **{name: values[name] for name in attributes(block)},
        **{
            name: [_part(inner["block"], element) for element in values[name]]
            for name, inner in nested(block).items()
        },
    }


def _neg(_: Place, service: Values) -> None:
    (metadata,) = service["metadata"]
    metadata["annotations"] = {
        **(metadata["annotations"] or {}),
        "cloud.google.com/neg": '{"ingress":true}',
    }


def _load_balancer(place: Place, service: Values) -> None:
    """None, or one with the address that GKE picked for it."""
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
        _private_endpoint,  # an endpoint by DNS only is a private one
        _ip_endpoints,  # even an empty block of authorized networks turns them on
        _endpoints,
    ),
}
"""What is not as it was planned, once it is made.

The provider plans the values of before for an update in place, and Terraform takes for an output
what was planned: an output of these attributes is stale until the next apply.
"""

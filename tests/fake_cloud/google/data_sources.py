"""What data sources read, in the form of the google provider 6.50.0 (its data_source files)."""

import os
from typing import Any, Final

from tests.fake_cloud.google.lookup import (
    API,
    CLUSTER,
    CONNECTOR,
    NETWORK,
    SUBNET,
    ZONE,
    region_of,
    subnet_of,
)
from tests.fake_cloud.google.rules import RejectedError
from tests.fake_cloud.google.world import World
from tests.fake_cloud.provider.catalogue import Kind, attributes
from tests.fake_cloud.provider.values import Values, shaped

FORBIDDEN: Final = "FAKE_CLOUD_FORBIDDEN"
"""The variable with the types, separated by commas, that the deployer has no permission to read."""

GROUP_MANAGERS: Final = "instance_group_managers"
"""In that variable: what the data source of a cluster reads too, for its node pools."""

_PERMISSION: Final = {
    NETWORK: "Error when reading or editing Network Not Found : {name}: googleapi: Error 403:"
    " Required 'compute.networks.get' permission for '{id}', forbidden",
    SUBNET: "Error when reading or editing Subnetwork Not Found : {name}: googleapi: Error 403:"
    " Required 'compute.subnetworks.get' permission for '{id}', forbidden",
    CONNECTOR: 'Error when reading or editing VPCAccessConnector "{id}": googleapi: Error 403:'
    " Permission 'vpcaccess.connectors.get' denied on resource '//vpcaccess.googleapis.com/{id}'"
    " (or it may not exist).",
    CLUSTER: 'Error when reading or editing Container Cluster "{name}": googleapi: Error 403:'
    ' Required "container.clusters.get" permission(s) for "{id}".',
    ZONE: "googleapi: Error 403: Forbidden, forbidden",
}

_GROUP_MANAGERS: Final = (
    'Error reading instance group manager returned as an instance group URL: "googleapi: Error 403:'
    " Required 'compute.instanceGroupManagers.get' permission for"
    " 'projects/{project}/zones/{zone}/instanceGroupManagers/gke-{name}-grp', forbidden\""
)


def read_data(kind: Kind, data: Kind, config: Values, provider: Values, world: World) -> Values:
    """Read the data source that has the same name as a resource type.

    Args:
        kind: the resource type.
        data: the data source.
        config: its configuration.
        provider: the configuration of the provider, for arguments that `config` leaves out.
        world: what exists.

    Raises:
        RejectedError: the API is disabled, or the resource does not exist or must not be read.
    """
    given = {**config, **{name: config.get(name) or provider.get(name) for name in _INHERITED}}
    key = kind.made["id"].format_map(given)
    if kind.api and not world.get(API, f"{given['project']}/{kind.api}"):
        raise RejectedError(f"{kind.api} has not been used in project {given['project']} before")
    forbidden = os.environ.get(FORBIDDEN, "").split(",")
    if kind.name in forbidden:
        raise RejectedError(_PERMISSION[kind.name].format(id=key, name=given["name"]))
    there = world.get(kind.name, key)
    if there is None:
        raise RejectedError(_missing(kind, key, given))
    if kind.name == CLUSTER and GROUP_MANAGERS in forbidden:
        raise RejectedError(_GROUP_MANAGERS.format(**given, zone=f"{region_of(given)}-a"))
    values = {**there, **_COMPUTED.get(kind.name, lambda _world, _there: {})(world, there)}
    return {
        name: shaped(values.get(name), attribute["type"])
        for name, attribute in attributes(data.block).items()
    }


_INHERITED: Final = ("project", "region")


def _missing(kind: Kind, key: str, given: Values) -> str:
    if kind.name == ZONE:
        return (
            f"googleapi: Error 404: The 'parameters.managedZone' resource named '{given['name']}'"
            " does not exist., notFound"
        )
    return f"{key} not found"


def _network(world: World, network: Values) -> Values:
    links = [
        subnet["self_link"] for subnet in world.all(SUBNET) if subnet["network"] == network["id"]
    ]
    return {"subnetworks_self_links": links, "gateway_ipv4": network.get("gateway_ipv4") or ""}


def _subnet(_: World, subnet: Values) -> Values:
    return {"network": f"https://www.googleapis.com/compute/v1/{subnet['network']}"}


def _connector(_: World, connector: Values) -> Values:
    """The API gives either a subnet, or a network and a range."""
    return {"network": "", "ip_cidr_range": ""} if connector["subnet"] else {}


def _cluster(world: World, cluster: Values) -> Values:
    subnet = subnet_of(world, cluster) or {}
    return {"subnetwork": subnet.get("id", cluster["subnetwork"])}


_COMPUTED: Final[dict[str, Any]] = {
    NETWORK: _network,
    SUBNET: _subnet,
    CONNECTOR: _connector,
    CLUSTER: _cluster,
}

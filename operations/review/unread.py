"""How to fix a stack that cannot read what exists already."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from operations.review.plan import PLAN_DESTROY, Failure
from operations.review.resource_types import CLUSTER, CONNECTOR, NETWORK, NOUNS, SUBNET, ZONE
from settings.stack_names import environment_and_part

_SOURCE: Final = re.compile(r"with (data\.(\w+)\.[\w-]+(?:\[\d+\])?),")
_FORBIDDEN: Final = re.compile(r"\b403\b")
_MISSING: Final = re.compile(r"\b404\b|not ?found", re.IGNORECASE)
_DISABLED: Final = "has not been used in project"
"""Of an API that is disabled, which Google also answers with 403; its message says what to do."""
_REGION: Final = re.compile(r"/locations/([\w-]+)/connectors/")


def unread_hints(failure: Failure) -> Iterator[str]:
    """A hint for each data source that a message names.

    The status decides, not Google's sentence, which changes: that of a missing permission for a VPC
    even contains "Not Found".
    """
    for source, error in _unread(failure):
        if _FORBIDDEN.search(error):
            yield _forbidden(failure, source[2])
        elif _is_missing(error):
            yield _missing(failure, source[1], source[2], error)
        else:
            continue
        if failure.phase == PLAN_DESTROY:
            yield (
                f"To destroy without reading it, run `terraform -chdir=cdktf.out/stacks/"
                f"{failure.stack} destroy -refresh=false`."
            )


def misses(failure: Failure, kind: str) -> bool:
    """Whether a stack failed because something of a type, which it reads, does not exist."""
    return any(source[2] == kind and _is_missing(error) for source, error in _unread(failure))


def _unread(failure: Failure) -> Iterator[tuple[re.Match[str], str]]:
    """Each data source that a message names, with its error."""
    for error in failure.message.split("Error: ")[1:]:
        source = _SOURCE.search(error)
        if source and source[2] in _KINDS and _DISABLED not in error:
            yield source, error


def _is_missing(error: str) -> bool:
    return bool(_MISSING.search(error)) and not _FORBIDDEN.search(error)


def _forbidden(failure: Failure, kind: str) -> str:
    needed = " and ".join(
        f"`{permission}` (for example with `{role}`)"
        for permission, role in _KINDS[kind].permissions.items()
    )
    return (
        f"The account that Terraform uses lacks a permission in {failure.project}. Reading the"
        f' {NOUNS[kind]} needs {needed}; see docs/existing.md, "Permissions".'
    )


def _missing(failure: Failure, address: str, kind: str, error: str) -> str:
    environment, part = environment_and_part(failure.stack)
    region = _REGION.search(error)
    setting = _KINDS[kind].setting
    if kind == SUBNET:
        # Only the subnet that an existing connector has is read with `count`.
        in_connector = "connector.name" if address.endswith("]") else "network.connector_subnet"
        setting = "network.node_subnet" if part == "network" else in_connector
    command = list_command(kind, failure.project, region[1] if region else "REGION")
    return (
        f"Correct `{setting}` in `environments/{environment}.toml`: `{command}` lists what exists."
    )


def list_command(kind: str, project: str, region: str) -> str:
    """The command that lists what exists of a type, in a region if it needs one."""
    return f"gcloud {_KINDS[kind].command.format(region=region)} --project={project}"


@dataclass(frozen=True, kw_only=True)
class _Kind:
    """What a data source reads.

    Attributes:
        setting: the setting that names it.
        permissions: what reading it needs, each with a role that has it.
        command: what follows `gcloud` to list what exists.
    """

    setting: str
    permissions: Mapping[str, str]
    command: str


_KINDS: Final = {
    NETWORK: _Kind(
        setting="network.name",
        permissions={"compute.networks.get": "roles/compute.networkViewer"},
        command="compute networks list",
    ),
    SUBNET: _Kind(
        setting="network.node_subnet",
        permissions={"compute.subnetworks.get": "roles/compute.networkViewer"},
        command="compute networks subnets list",
    ),
    CONNECTOR: _Kind(
        setting="connector.name",
        permissions={"vpcaccess.connectors.get": "roles/vpcaccess.viewer"},
        command="compute networks vpc-access connectors list --region={region}",
    ),
    CLUSTER: _Kind(
        setting="cluster.name` or `cluster.location",
        permissions={
            "container.clusters.get": "roles/container.clusterViewer",
            # The provider also reads the instance groups of the node pools.
            "compute.instanceGroupManagers.get": "roles/compute.viewer",
        },
        command="container clusters list",
    ),
    ZONE: _Kind(
        setting="dns.name",
        permissions={"dns.managedZones.get": "roles/dns.reader"},
        command="dns managed-zones list",
    ),
}
"""The data sources that find what exists, by type.

Permissions and roles: https://cloud.google.com/iam/docs/roles-permissions.
"""

"""The sections for what exists already. Terraform reads it, and never changes or destroys it.

A section has `existing = true` and names what exists. docs/existing.md describes the use.
"""

from collections.abc import Mapping
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Discriminator, Field, StrictBool

from private_line import choices, names
from private_line.control_plane import CONTROL_PLANE, ControlPlane
from settings import fields
from settings.section import Section
from settings.values import (
    ClusterLocation,
    ConnectorRange,
    DestinationRange,
    DnsLabel,
    DnsName,
    ExistingName,
    Namespace,
    NodesRange,
    PodsRange,
    ServicesRange,
    ShortName,
)

EXISTING: Final = "existing"
"""The key that selects a section of this module."""


def by_existing(created: str) -> Discriminator:
    """Select a section by the key `existing`, as a tag: `existing`, or the tag of the other one.

    A value that is neither true nor false selects none of them: it is the only error of a section
    whose other keys could be right or wrong.

    Args:
        created: the tag of the section for what the stacks create.
    """

    def tag(table: object) -> str | None:
        given = (
            table.get(EXISTING, False)
            if isinstance(table, Mapping)
            else getattr(table, EXISTING, False)
        )
        if isinstance(given, bool):
            return EXISTING if given else created
        return None

    return Discriminator(tag)


class Existing(Section):
    """What exists already; `Settings.existing_parts` lists these sections."""

    existing: Literal[True]


class ExistingNetwork(Existing):
    """A VPC that exists. A range that is given is checked, any other is read."""

    name: ExistingName = Field(description="Name of the VPC.", examples=["private"])
    prefix: Annotated[str, AfterValidator(fields.network_name)] | None = Field(
        default=None,
        description="`existing`: prefix of the names of created resources, at most 24 characters."
        " Default: the name of the VPC.",
        examples=["line"],
    )
    node_subnet: ExistingName = Field(
        description="`existing`: name of the subnet for nodes and load balancers, in `region`.",
        examples=["gke-nodes"],
    )
    pods_range: DnsLabel | None = Field(
        default=None,
        description="`existing`: name of the subnet's secondary range for pods. Required unless the"
        " cluster exists.",
        examples=["pods"],
    )
    services_range: DnsLabel | None = Field(
        default=None,
        description="`existing`: name of the subnet's secondary range for ClusterIPs of Services."
        " Required unless the cluster exists.",
        examples=["services"],
    )
    connector_subnet: ExistingName | None = Field(
        default=None,
        description="`existing`: name of the connector's subnet, a /28, in App Engine's region."
        " Default: a subnet is created for the range `connector`.",
        examples=["serverless"],
    )
    nodes: NodesRange | None = Field(default=None, examples=["192.168.32.0/24"])
    pods: PodsRange | None = Field(default=None, examples=["10.4.0.0/14"])
    services: ServicesRange | None = Field(default=None, examples=["10.0.16.0/20"])
    connector: ConnectorRange | None = Field(default=None, examples=["10.8.0.0/28"])


class ExistingConnector(Existing):
    """A connector that exists, which others may use too."""

    name: Annotated[ShortName, AfterValidator(names.connector_name)] = Field(
        description="Name of the connector, in App Engine's region.", examples=["shared-connector"]
    )
    deny_rules: StrictBool = Field(
        default=choices.EXISTING_CONNECTOR_DENY_RULES,
        description="`existing`: whether firewall rules deny the connector all traffic but that of"
        " the APIs. They cut off all other users of the connector.",
    )
    extra_destinations: tuple[DestinationRange, ...] = Field(
        default=(), examples=[["10.20.0.0/24"]]
    )


class ExistingCluster(Existing):
    """A cluster that exists, in the node subnet: Standard or Autopilot, VPC-native or not."""

    name: Annotated[ShortName, AfterValidator(names.cluster_name)] = Field(
        description="Name of the cluster.", examples=["batch"]
    )
    location: ClusterLocation | None = Field(default=None, examples=["asia-northeast1-a"])
    control_plane: ControlPlane = Field(default=CONTROL_PLANE)
    node_tags: Annotated[tuple[DnsLabel, ...], AfterValidator(fields.distinct)] = Field(
        default=(),
        description="`existing`: network tags of the nodes, to which the rules that allow the"
        " connector's packets then apply. Default: the rules apply to the addresses of the load"
        " balancers, on all machines.",
        examples=[["gke-batch-1234abcd-node"]],
    )
    namespaces: Annotated[tuple[Namespace, ...], AfterValidator(fields.distinct)] = Field(
        default=(), examples=[["apis"]]
    )
    deletion_protection: StrictBool = Field(default=choices.DELETION_PROTECTION)


class ExistingDns(Existing):
    """A private zone that exists, which may have records of others."""

    name: ExistingName = Field(
        description="`existing`: resource name of the zone.", examples=["api-private"]
    )
    zone: DnsName = Field(description="DNS name of the zone.", examples=["api.private"])


NOT_CREATED: Final[Mapping[type[Section], str]] = {
    ExistingNetwork: "the stacks create neither the VPC nor its node subnet and Cloud NAT",
    ExistingConnector: "the stacks do not create the connector",
    ExistingCluster: "the stacks do not create the cluster or its nodes",
    ExistingDns: "the stacks do not create the zone",
}
"""Why a section has no key for the properties of what exists."""

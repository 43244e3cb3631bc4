"""The sections for what the stacks create: network, connector, cluster, and zone.

`settings.existing` has the sections for what exists already.
"""

from datetime import time
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    StrictBool,
    StrictInt,
    WithJsonSchema,
)

from private_line import choices, limits, machines, names
from private_line.control_plane import CONTROL_PLANE, ControlPlane
from settings import fields
from settings.section import Section
from settings.values import (
    ClusterLocation,
    ClusterName,
    ConnectorName,
    ConnectorRange,
    DestinationRange,
    Namespace,
    Nodes,
    NodesRange,
    PodsRange,
    ServicesRange,
    SourceRange,
)
from settings.within import Within


class Network(Section):
    """The VPC and its address plan. The ranges do not overlap."""

    existing: Literal[False] = Field(
        default=False,
        description="Whether the VPC exists already: Terraform then reads it, and never"
        " changes it (docs/existing.md).",
    )
    name: Annotated[str, AfterValidator(fields.network_name)] = Field(
        description="Name of the VPC. Of a created VPC: at most 24 characters, and the prefix of"
        " the resource names in it.",
        examples=["private"],
    )
    nodes: NodesRange = Field(
        description="Private range for nodes and load balancers.", examples=["192.168.32.0/24"]
    )
    pods: PodsRange = Field(
        description="Range for pods, a /24 per node; also one that is not RFC 1918.",
        examples=["10.4.0.0/14"],
    )
    services: ServicesRange = Field(
        description="Range for ClusterIPs of Services, a /16 to /28; also one that is not RFC "
        "1918.",
        examples=["10.0.16.0/20"],
    )
    connector: ConnectorRange = Field(
        description="Private range of the connector, a /28. A subnet is created for it, unless the"
        " connector or `connector_subnet` exists.",
        examples=["10.8.0.0/28"],
    )
    nat: StrictBool = Field(
        default=choices.NAT,
        description="Whether nodes and pods can reach the internet through Cloud NAT.",
    )


class Connector(Section):
    """The Serverless VPC Access connector."""

    existing: Literal[False] = Field(
        default=False,
        description="Whether the connector exists already: Terraform then reads it, and never"
        " changes it (docs/existing.md).",
    )
    name: ConnectorName = Field(
        description="Name of the connector, at most 20 characters; a hyphen counts as two.",
        examples=["private-connector"],
    )
    machine_type: choices.ConnectorMachineType = Field(
        default=choices.CONNECTOR_MACHINE_TYPE, description="Machine type of the instances."
    )
    min_instances: Annotated[StrictInt, Within(limits.CONNECTOR_MIN_INSTANCES)] = Field(
        default=choices.CONNECTOR_MIN_INSTANCES,
        description=f"Minimum number of instances, {limits.CONNECTOR_MIN_INSTANCES}. Decreasing it "
        "replaces the connector.",
    )
    max_instances: Annotated[StrictInt, Within(limits.CONNECTOR_MAX_INSTANCES)] = Field(
        default=choices.CONNECTOR_MAX_INSTANCES,
        description=f"Maximum number of instances, {limits.CONNECTOR_MAX_INSTANCES}, above the "
        "minimum. Decreasing it replaces the connector, which is an outage.",
    )
    extra_destinations: tuple[DestinationRange, ...] = Field(
        default=(),
        description="Private ranges outside `[network]` that the app can reach on all ports, such "
        "as Memorystore's. Default: only the APIs.",
        examples=[["10.20.0.0/24"]],
    )


class MaintenanceWindow(Section):
    """When GKE can upgrade the cluster, at least 12 hours per week."""

    days: tuple[choices.Weekday, ...] = Field(
        default=choices.MAINTENANCE_DAYS, description="Weekdays on which the window opens."
    )
    start: Annotated[
        time,
        BeforeValidator(fields.time_of_day),
        WithJsonSchema({"type": "string", "pattern": r"^([01]\d|2[0-3]):[0-5]\d$"}),
    ] = Field(
        default=choices.MAINTENANCE_START, description="Opening time, UTC.", examples=["18:00"]
    )
    hours: Annotated[StrictInt, Within(limits.MAINTENANCE_HOURS)] = Field(
        default=choices.MAINTENANCE_HOURS,
        description=f"Length of the window in hours, {limits.MAINTENANCE_HOURS}.",
    )


class Cluster(Section):
    """The private GKE cluster and its nodes."""

    existing: Literal[False] = Field(
        default=False,
        description="Whether the cluster exists already: Terraform then reads it, and never"
        " changes it (docs/existing.md).",
    )
    name: ClusterName = Field(
        description="Name of the cluster, at most 40 characters.", examples=["private-cluster"]
    )
    location: ClusterLocation | None = Field(
        default=None,
        description="The region, or one zone of it, which costs less but is not available if the "
        "zone fails. Default: the region.",
        examples=["asia-northeast1-a"],
    )
    control_plane: ControlPlane = Field(
        default=CONTROL_PLANE,
        description="Control plane endpoint that kubectl and Terraform use.",
    )
    authorized_networks: tuple[SourceRange, ...] = Field(
        default=(),
        description="Ranges that can reach the IP-based endpoint, at most "
        f"{limits.AUTHORIZED_NETWORKS.most}. Required for `public`, private for `private`, not "
        "allowed for `dns`.",
        examples=[["203.0.113.0/29"]],
    )
    machine_type: Annotated[str, AfterValidator(machines.node_machine_type)] = Field(
        default=choices.NODE_MACHINE_TYPE, description="Machine type of the nodes."
    )
    disk_type: choices.DiskType = Field(
        default=choices.DISK_TYPE,
        description="Type of the nodes' boot disks, which the machine type must support. All "
        "except `pd-standard` count toward the SSD quota.",
    )
    disk_size_gb: Annotated[StrictInt, Within(limits.DISK_SIZE_GB)] = Field(
        default=choices.DISK_SIZE_GB,
        description=f"Size of a node's boot disk in GB, {limits.DISK_SIZE_GB}.",
    )
    min_nodes: Nodes = Field(
        default=choices.MIN_NODES, description="Minimum number of nodes in all zones together."
    )
    max_nodes: Nodes = Field(
        default=choices.MAX_NODES,
        description=f"Maximum number of nodes in all zones together; at least {limits.BOOT_ZONES} "
        f"in a region, at most {limits.NODES_PER_ZONE} per zone.",
    )
    release_channel: choices.ReleaseChannel = Field(
        default=choices.RELEASE_CHANNEL,
        description="GKE release channel, which determines when upgrades arrive.",
    )
    maintenance_window: MaintenanceWindow = Field(
        default_factory=MaintenanceWindow, description="When GKE can upgrade the cluster."
    )
    namespaces: Annotated[tuple[Namespace, ...], AfterValidator(fields.distinct)] = Field(
        default=(),
        description="Namespaces to create for services and their pods. To remove one, see "
        "docs/operations.md.",
        examples=[["apis"]],
    )
    deletion_protection: StrictBool = Field(
        default=choices.DELETION_PROTECTION,
        description="Whether plans fail that destroy or replace the cluster, the VPC, the node "
        "subnet or a namespace, if the stacks created it. Before a destroy, apply `false`.",
    )
    intranode_visibility: StrictBool = Field(
        default=choices.INTRANODE_VISIBILITY,
        description="Whether flow logs and firewall rules cover traffic between pods on one node.",
    )
    binary_authorization: StrictBool = Field(
        default=choices.BINARY_AUTHORIZATION,
        description="Whether the project's Binary Authorization policy decides which images run.",
    )
    security_group: Annotated[str, AfterValidator(names.security_group)] | None = Field(
        default=None,
        description="Google Group whose member groups can be used in Kubernetes role-based access "
        "control (RBAC).",
        examples=["gke-security-groups@example.com"],
    )
    secrets_key: Annotated[str, AfterValidator(names.kms_key)] | None = Field(
        default=None,
        description="Cloud KMS key that encrypts Kubernetes Secrets. Default: only Google's "
        "encryption at rest.",
        examples=[
            "projects/my-project-id/locations/asia-northeast1/keyRings/gke/cryptoKeys/secrets"
        ],
    )


class Dns(Section):
    """The private DNS zone."""

    existing: Literal[False] = Field(
        default=False,
        description="Whether the zone exists already: Terraform then reads it, and never"
        " changes it (docs/existing.md).",
    )
    zone: Annotated[str, AfterValidator(names.private_zone)] = Field(
        description="DNS name of the zone. A created zone is visible only in this VPC.",
        examples=["api.private"],
    )

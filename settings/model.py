"""The settings and the rules for single values.

A rule that involves more than one value is in `settings.checks`.
"""

from collections.abc import Mapping
from datetime import time
from ipaddress import IPv4Address, IPv4Network
from typing import Annotated

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    StrictBool,
    StrictInt,
    WithJsonSchema,
)

from private_line import choices, limits, machines, names, rules
from private_line.control_plane import CONTROL_PLANE, ControlPlane
from settings import fields
from settings.section import Section
from settings.state import LocalState, State
from settings.within import Within

Range = Annotated[IPv4Network, BeforeValidator(fields.network)]
SourceRange = Annotated[Range, AfterValidator(rules.source_range)]
SourceRanges = Annotated[tuple[SourceRange, ...], AfterValidator(rules.service_source_ranges)]
DestinationRange = Annotated[Range, AfterValidator(rules.destination_range)]
Namespace = Annotated[str, AfterValidator(names.namespace)]
DnsLabel = Annotated[str, AfterValidator(names.dns_label)]
KubernetesLabel = Annotated[str, AfterValidator(names.kubernetes_label)]
DnsName = Annotated[str, AfterValidator(names.dns_name)]
Port = Annotated[StrictInt, Within(limits.PORT)]
Nodes = Annotated[StrictInt, Within(limits.NODES)]
Labels = Annotated[Mapping[str, str], AfterValidator(rules.labels)]


class AppEngine(Section):
    """The App Engine app that calls the APIs."""

    location: Annotated[str, AfterValidator(names.app_engine_location)] = Field(
        description="Location ID of the App Engine app. The connector is created in its region.",
        examples=["asia-northeast1", "us-central"],
    )


class Network(Section):
    """The VPC and its address plan. The ranges do not overlap."""

    name: Annotated[str, AfterValidator(fields.network_name)] = Field(
        description="Name of the VPC, at most 24 characters; prefix of the resource names in it.",
        examples=["private"],
    )
    nodes: Annotated[Range, AfterValidator(rules.nodes_range)] = Field(
        description="Private range for nodes and load balancers.", examples=["192.168.32.0/24"]
    )
    pods: Annotated[Range, AfterValidator(rules.subnet_range)] = Field(
        description="Range for pods, a /24 per node; also one that is not RFC 1918.",
        examples=["10.4.0.0/14"],
    )
    services: Annotated[Range, AfterValidator(rules.services_range)] = Field(
        description="Range for ClusterIPs of Services, a /16 to /28; also one that is not RFC "
        "1918.",
        examples=["10.0.16.0/20"],
    )
    connector: Annotated[Range, AfterValidator(rules.connector_range)] = Field(
        description="Private range of the connector's subnet, a /28.", examples=["10.8.0.0/28"]
    )
    nat: StrictBool = Field(
        default=choices.NAT,
        description="Whether nodes and pods can reach the internet through Cloud NAT.",
    )


class Connector(Section):
    """The Serverless VPC Access connector."""

    name: Annotated[str, AfterValidator(names.connector_name)] = Field(
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

    name: Annotated[str, AfterValidator(names.cluster_name)] = Field(
        description="Name of the cluster, at most 40 characters.", examples=["private-cluster"]
    )
    location: Annotated[str, AfterValidator(names.cluster_location)] | None = Field(
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
        "subnet or a namespace. Before a destroy, apply `false`.",
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

    zone: Annotated[str, AfterValidator(names.private_zone)] = Field(
        description="DNS name of the zone, which is visible only in this VPC.",
        examples=["api.private"],
    )


class ServicePort(Section):
    """One port of a Service."""

    name: KubernetesLabel = Field(description="Name of the port.", examples=["http"])
    port: Port = Field(description="Port that callers connect to.", examples=[80])
    target_port: Annotated[StrictInt | str, AfterValidator(rules.target_port)] = Field(
        description="Port of the pods: a number, or the name of a container port.", examples=[8080]
    )
    protocol: choices.Protocol = Field(
        default=choices.PROTOCOL, description="Protocol, the same for all ports of a Service."
    )


class Service(Section):
    """One API: a Service, a reserved address and an A record."""

    name: DnsLabel = Field(description="Name of the Service.", examples=["myapi"])
    namespace: KubernetesLabel = Field(
        default="default",
        description="Namespace of the Service: one of `cluster.namespaces`, or an existing one.",
    )
    was: KubernetesLabel | None = Field(
        default=None,
        description="After a rename, the previous `name`, or `namespace-name` if the namespace was "
        "not `default`. Keeps the address and the Service; required if the address is fixed.",
        examples=["oldapi"],
    )
    selector: Annotated[Mapping[str, str], AfterValidator(rules.selector)] = Field(
        description="Labels of the pods, at least one.", examples=[{"app": "myapi"}]
    )
    ports: tuple[ServicePort, ...] = Field(
        description="Ports of the Service, at least one.",
        examples=[[{"name": "http", "port": 80, "target_port": 8080}]],
        min_length=1,
    )
    host: DnsName = Field(description="Name relative to the zone.", examples=["my"])
    address: Annotated[IPv4Address, BeforeValidator(fields.address)] | None = Field(
        default=None,
        description="Fixed address in the node range. Default: Google chooses one.",
        examples=["192.168.32.10"],
    )
    extra_source_ranges: SourceRanges = Field(
        default=(),
        description="Ranges of other callers, such as an office behind a VPN. Default: only the "
        "connector.",
        examples=[["10.100.0.0/16"]],
    )
    external_traffic_policy: choices.ExternalTrafficPolicy = Field(
        default=choices.EXTERNAL_TRAFFIC_POLICY,
        description="`Local` preserves the caller's address.",
    )

    @property
    def key(self) -> str:
        """The unique key of this service in resource names, construct ids and outputs."""
        return self.name if self.namespace == "default" else f"{self.namespace}-{self.name}"


class SettingsFile(Section):
    """The content of `environments/NAME.toml`."""

    project: Annotated[str, AfterValidator(names.project)] = Field(
        description="Google Cloud project ID.", examples=["my-project-id"]
    )
    region: Annotated[str, AfterValidator(names.region)] = Field(
        description="Region of the nodes and load balancers.", examples=["asia-northeast1"]
    )
    enable_apis: StrictBool = Field(
        default=True,
        description="Whether the network stack enables the APIs that all stacks need. It never "
        "disables one.",
    )
    impersonate_service_account: Annotated[str, AfterValidator(names.service_account)] | None = (
        Field(
            default=None,
            description="Service account that Terraform impersonates. Default: your credentials.",
            examples=["deployer@my-project-id.iam.gserviceaccount.com"],
        )
    )
    labels: Labels = Field(
        default_factory=dict,
        description=f"Labels of all resources that support labels, except namespaces; at most "
        f"{limits.LABELS.most}.",
        examples=[{"team": "platform"}],
    )
    app_engine: AppEngine
    network: Network
    connector: Connector
    cluster: Cluster
    dns: Dns
    services: tuple[Service, ...] = Field(description="The APIs, at least one.", min_length=1)
    state: State = Field(default_factory=LocalState)

"""What a settings file may hold, value by value.

A rule that needs more than one value is in `settings.checks`.
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

from private_line import choices, names, rules
from private_line.control_plane import CONTROL_PLANE, ControlPlane
from settings import fields
from settings.section import Section
from settings.state import LocalState, State

Range = Annotated[IPv4Network, BeforeValidator(fields.network)]
PrivateRange = Annotated[Range, AfterValidator(rules.private_range)]
SourceRange = Annotated[Range, AfterValidator(rules.source_range)]
DestinationRange = Annotated[Range, AfterValidator(rules.destination_range)]
Namespace = Annotated[str, AfterValidator(names.namespace)]
DnsLabel = Annotated[str, AfterValidator(names.dns_label)]
DnsName = Annotated[str, AfterValidator(names.dns_name)]
Port = Annotated[StrictInt, AfterValidator(rules.port_number)]
Labels = Annotated[Mapping[str, str], AfterValidator(rules.labels)]


class AppEngine(Section):
    """The calling app's home."""

    location: Annotated[str, AfterValidator(names.app_engine_location)] = Field(
        description="App Engine's location id. It decides the connector's region.",
        examples=["asia-northeast1", "us-central"],
    )


class Network(Section):
    """The VPC and its address plan. All ranges are private and disjoint."""

    name: Annotated[str, AfterValidator(fields.network_name)] = Field(
        description="Name of the VPC; the names of what lives in it start with it.",
        examples=["private"],
    )
    nodes: PrivateRange = Field(
        description="Nodes and load balancers.", examples=["192.168.32.0/24"]
    )
    pods: PrivateRange = Field(description="Pods; a /24 a node.", examples=["10.4.0.0/14"])
    services: Annotated[Range, AfterValidator(rules.services_range)] = Field(
        description="ClusterIPs of Services.", examples=["10.0.16.0/20"]
    )
    connector: Annotated[Range, AfterValidator(rules.connector_range)] = Field(
        description="The connector's own subnet, a /28.", examples=["10.8.0.0/28"]
    )
    nat: StrictBool = Field(
        default=choices.NAT,
        description="Lets nodes and pods out to the internet through Cloud NAT.",
    )


class Connector(Section):
    """The Serverless VPC Access connector."""

    name: Annotated[str, AfterValidator(names.connector_name)] = Field(
        description="At most 20 characters, a hyphen counting as two.",
        examples=["private-connector"],
    )
    machine_type: choices.ConnectorMachineType = Field(
        default=choices.CONNECTOR_MACHINE_TYPE, description="Machine type of its instances."
    )
    min_instances: StrictInt = Field(default=choices.CONNECTOR_MIN_INSTANCES, description="2 to 9.")
    max_instances: StrictInt = Field(
        default=choices.CONNECTOR_MAX_INSTANCES,
        description="3 to 10, above the minimum. Fewer later is an outage.",
    )
    extra_destinations: tuple[DestinationRange, ...] = Field(
        default=(),
        description="What the app reaches besides the APIs, at every port: private ranges outside "
        "`[network]`, such as Memorystore's.",
        examples=[["10.20.0.0/24"]],
    )


class MaintenanceWindow(Section):
    """When Google may upgrade the cluster: 12 hours a week or more."""

    days: tuple[choices.Weekday, ...] = Field(
        default=choices.MAINTENANCE_DAYS, description="Weekdays."
    )
    start: Annotated[
        time,
        BeforeValidator(fields.time_of_day),
        WithJsonSchema({"type": "string", "pattern": r"^([01]\d|2[0-3]):[0-5]\d$"}),
    ] = Field(default=choices.MAINTENANCE_START, description="Opening, UTC.", examples=["18:00"])
    hours: StrictInt = Field(default=choices.MAINTENANCE_HOURS, description="4 to 24.")


class Cluster(Section):
    """The private GKE cluster and its nodes."""

    name: Annotated[str, AfterValidator(names.cluster_name)] = Field(
        description="At most 40 characters.", examples=["private-cluster"]
    )
    location: Annotated[str, AfterValidator(names.cluster_location)] | None = Field(
        default=None,
        description="The region, or one zone of it (cheaper, no uptime across zones). "
        "Default: the region.",
        examples=["asia-northeast1-a"],
    )
    control_plane: ControlPlane = Field(
        default=CONTROL_PLANE,
        description="How kubectl and Terraform reach the control plane.",
    )
    authorized_networks: tuple[SourceRange, ...] = Field(
        default=(),
        description="Who reaches the IP endpoint. Needed for `public`, refused for `dns`.",
        examples=[["203.0.113.0/29"]],
    )
    machine_type: Annotated[str, AfterValidator(names.machine_type)] = Field(
        default=choices.NODE_MACHINE_TYPE, description="Machine type of the nodes."
    )
    disk_type: choices.DiskType = Field(
        default=choices.DISK_TYPE,
        description="Boot disk of a node. All but `pd-standard` count in the quota for SSDs.",
    )
    disk_size_gb: Annotated[StrictInt, AfterValidator(rules.disk_size)] = Field(
        default=choices.DISK_SIZE_GB, description="Per node, 10 to 65536."
    )
    min_nodes: StrictInt = Field(default=choices.MIN_NODES, description="Over all zones together.")
    max_nodes: StrictInt = Field(
        default=choices.MAX_NODES,
        description="Over all zones together, in a region 3 or more.",
    )
    release_channel: choices.ReleaseChannel = Field(
        default=choices.RELEASE_CHANNEL, description="How early upgrades come."
    )
    maintenance_window: MaintenanceWindow = Field(
        default_factory=MaintenanceWindow, description="When upgrades come."
    )
    namespaces: Annotated[tuple[Namespace, ...], AfterValidator(fields.distinct)] = Field(
        default=(),
        description="Namespaces to make for services and their pods. To take one out: "
        "docs/operations.md.",
        examples=[["apis"]],
    )
    deletion_protection: StrictBool = Field(
        default=choices.DELETION_PROTECTION, description="Apply `false` before a destroy."
    )
    intranode_visibility: StrictBool = Field(
        default=choices.INTRANODE_VISIBILITY,
        description="Flow logs and firewall rules see calls inside a node too.",
    )
    binary_authorization: StrictBool = Field(
        default=choices.BINARY_AUTHORIZATION,
        description="The project's Binary Authorization policy decides which images run.",
    )
    security_group: Annotated[str, AfterValidator(names.security_group)] | None = Field(
        default=None,
        description="Google Group for RBAC; RBAC may name its member groups.",
        examples=["gke-security-groups@example.com"],
    )
    secrets_key: Annotated[str, AfterValidator(names.kms_key)] | None = Field(
        default=None,
        description="Cloud KMS key that encrypts the cluster's Secrets.",
        examples=[
            "projects/my-project-id/locations/asia-northeast1/keyRings/gke/cryptoKeys/secrets"
        ],
    )


class Dns(Section):
    """The private zone."""

    zone: Annotated[str, AfterValidator(names.private_zone)] = Field(
        description="DNS name of the zone, which only this VPC sees.", examples=["api.private"]
    )


class ServicePort(Section):
    """One port of a Service."""

    name: DnsLabel = Field(description="Name of the port.", examples=["http"])
    port: Port = Field(description="What callers connect to.", examples=[80])
    target_port: Annotated[StrictInt | str, AfterValidator(rules.target_port)] = Field(
        description="The pods' port, a number or a name.", examples=[8080]
    )
    protocol: choices.Protocol = Field(
        default=choices.PROTOCOL, description="One for all ports of a Service."
    )


class Service(Section):
    """One API: a Service, its reserved address and its A record."""

    name: DnsLabel = Field(description="Name of the Service.", examples=["myapi"])
    namespace: DnsLabel = Field(
        default="default",
        description="Its namespace: one of `cluster.namespaces`, or one that exists.",
    )
    was: DnsLabel | None = Field(
        default=None,
        description="After a rename: what it was called, `name`, or `namespace-name` outside "
        "`default`. Needed where its address is fixed.",
        examples=["oldapi"],
    )
    selector: Annotated[Mapping[str, str], AfterValidator(rules.selector)] = Field(
        description="Labels of the pods behind it.", examples=[{"app": "myapi"}]
    )
    ports: tuple[ServicePort, ...] = Field(
        description="At least one.",
        examples=[[{"name": "http", "port": 80, "target_port": 8080}]],
        min_length=1,
    )
    host: DnsName = Field(description="Its name inside the zone.", examples=["my"])
    address: Annotated[IPv4Address, BeforeValidator(fields.address)] | None = Field(
        default=None,
        description="A fixed address of the node range. Default: Google picks one.",
        examples=["192.168.32.10"],
    )
    extra_source_ranges: tuple[SourceRange, ...] = Field(
        default=(),
        description="Callers besides the connector, such as an office behind a VPN.",
        examples=[["10.100.0.0/16"]],
    )
    external_traffic_policy: choices.ExternalTrafficPolicy = Field(
        default=choices.EXTERNAL_TRAFFIC_POLICY, description="`Local` keeps the caller's address."
    )

    @property
    def key(self) -> str:
        """What tells this service from the others in names, ids and outputs."""
        return self.name if self.namespace == "default" else f"{self.namespace}-{self.name}"


class SettingsFile(Section):
    """What `environments/NAME.toml` holds."""

    project: Annotated[str, AfterValidator(names.project)] = Field(
        description="Google Cloud project id.", examples=["my-project-id"]
    )
    region: Annotated[str, AfterValidator(names.region)] = Field(
        description="Region of nodes and load balancers.", examples=["asia-northeast1"]
    )
    enable_apis: StrictBool = Field(
        default=True,
        description="Enables the APIs of all stacks, in the network stack; never disables one.",
    )
    impersonate_service_account: Annotated[str, AfterValidator(names.service_account)] | None = (
        Field(
            default=None,
            description="Service account that Terraform acts as. Default: your own credentials.",
            examples=["deployer@my-project-id.iam.gserviceaccount.com"],
        )
    )
    labels: Labels = Field(
        default_factory=dict,
        description="Labels on everything that takes labels, except namespaces.",
        examples=[{"team": "platform"}],
    )
    app_engine: AppEngine
    network: Network
    connector: Connector
    cluster: Cluster
    dns: Dns
    services: tuple[Service, ...] = Field(
        description="The APIs behind the line, at least one.", min_length=1
    )
    state: State = Field(default_factory=LocalState)

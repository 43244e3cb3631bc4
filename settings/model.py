"""The settings and the rules for single values.

A rule that involves more than one value is in `settings.checks`.
"""

from collections.abc import Mapping
from ipaddress import IPv4Address
from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator, Field, StrictBool, StrictInt, Tag

from private_line import choices, limits, names, rules
from settings import fields
from settings.created import Cluster, Connector, Dns, Network
from settings.existing import (
    EXISTING,
    ExistingCluster,
    ExistingConnector,
    ExistingDns,
    ExistingNetwork,
    by_existing,
)
from settings.section import Section
from settings.state import LocalState, State
from settings.values import DnsLabel, DnsName, KubernetesLabel, Labels, Port, SourceRanges

CREATED: Final = "created"
"""The tag of a section for what the stacks create."""


class AppEngine(Section):
    """The App Engine app that calls the APIs."""

    location: Annotated[str, AfterValidator(names.app_engine_location)] = Field(
        description="Location ID of the App Engine app. The connector is created in its region.",
        examples=["asia-northeast1", "us-central"],
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
    network: Annotated[
        Annotated[Network, Tag(CREATED)] | Annotated[ExistingNetwork, Tag(EXISTING)],
        by_existing(CREATED),
    ]
    connector: Annotated[
        Annotated[Connector, Tag(CREATED)] | Annotated[ExistingConnector, Tag(EXISTING)],
        by_existing(CREATED),
    ]
    cluster: Annotated[
        Annotated[Cluster, Tag(CREATED)] | Annotated[ExistingCluster, Tag(EXISTING)],
        by_existing(CREATED),
    ]
    dns: Annotated[
        Annotated[Dns, Tag(CREATED)] | Annotated[ExistingDns, Tag(EXISTING)], by_existing(CREATED)
    ]
    services: tuple[Service, ...] = Field(description="The APIs, at least one.", min_length=1)
    state: State = Field(default_factory=LocalState)

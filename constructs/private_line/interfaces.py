"""What the parts of a call's path read from each other, whether a stack creates them or they exist.

A class implements an interface by having its properties; it inherits nothing from it.
"""

from typing import Protocol


class AnyNetwork(Protocol):
    """A VPC with a subnet for nodes and load balancers: `Network` or `ExistingNetwork`."""

    @property
    def network_id(self) -> str:
        """The VPC as `projects/P/global/networks/N`."""

    @property
    def node_subnet_id(self) -> str:
        """The node subnet as `projects/P/regions/R/subnetworks/N`."""

    @property
    def pods_range(self) -> str:
        """The name of the node subnet's secondary range for pods; empty if the props name none."""

    @property
    def services_range(self) -> str:
        """The name of its secondary range for ClusterIPs; empty if the props name none."""

    @property
    def pods_are_public(self) -> bool:
        """Whether the pods privately use a public range."""


class AnyConnector(Protocol):
    """A Serverless VPC Access connector: `Connector` or `ExistingConnector`."""

    @property
    def connector_id(self) -> str:
        """The connector as `projects/P/locations/R/connectors/N`, as app.yaml expects it."""

    @property
    def connector_range(self) -> str:
        """The range of the connector's subnet, in CIDR notation: the source of all its calls."""

    @property
    def connector_tag(self) -> str:
        """The network tag of the connector's instances."""

    @property
    def app_yaml(self) -> str:
        """The lines of app.yaml that send an app's traffic to private ranges through it."""


class AnyCluster(Protocol):
    """A GKE cluster whose control plane answers: `Cluster` or `ExistingCluster`."""

    @property
    def cluster_id(self) -> str:
        """The cluster as `projects/P/locations/L/clusters/N`."""

    @property
    def api_url(self) -> str:
        """The URL of the Kubernetes API, `https://HOST`, at the endpoint that is on."""

    @property
    def ca_certificate(self) -> str | None:
        """The cluster's certificate authority (CA) in PEM format; None for `dns`."""

    @property
    def credentials_command(self) -> str:
        """The gcloud command that configures kubectl for this cluster."""


class AnyZone(Protocol):
    """A private DNS zone: `PrivateZone` or `ExistingZone`."""

    @property
    def name(self) -> str:
        """The resource name of the zone."""

    @property
    def dns_name(self) -> str:
        """The DNS name of the zone, with a trailing dot."""

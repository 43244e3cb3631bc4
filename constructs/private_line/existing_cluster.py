"""A GKE cluster that exists already."""

from dataclasses import dataclass
from typing import Final

from cdktf_cdktf_provider_google.data_google_container_cluster import DataGoogleContainerCluster
from constructs import Construct

from private_line import control_plane_client, names
from private_line.control_plane import CONTROL_PLANE, ControlPlane
from private_line.interfaces import AnyNetwork
from private_line.requirement import Requirement, lifecycle, or_empty

_ENDPOINTS: Final = "self.control_plane_endpoints_config[0]"
_IP_ENDPOINTS_ARE_ON: Final = f"try({_ENDPOINTS}.ip_endpoints_config[0].enabled != false, true)"

_ENDPOINT_IS_ON: Final = {
    ControlPlane.DNS: (
        f"try({_ENDPOINTS}.dns_endpoint_config[0].allow_external_traffic == true, false)"
    ),
    ControlPlane.PRIVATE: (
        f'{or_empty("self.private_cluster_config[0].private_endpoint")} != ""'
        f" && {_IP_ENDPOINTS_ARE_ON}"
    ),
    ControlPlane.PUBLIC: (
        "try(self.private_cluster_config[0].enable_private_endpoint != true, true)"
        f" && {_IP_ENDPOINTS_ARE_ON}"
    ),
}
"""Conditions by endpoint. What the API leaves out is null, or an empty list."""


@dataclass(frozen=True, kw_only=True)
class ExistingClusterProps:
    """Properties of a cluster to read.

    Attributes:
        name: the name of the cluster.
        project: its project ID.
        location: its region or zone.
        network: the network whose node subnet the cluster is in.
        control_plane: the endpoint that Terraform and kubectl use, which must be on. Default: the
            DNS-based endpoint.

    Raises:
        InvalidValueError: the name, project or location is invalid.
    """

    name: str
    project: str
    location: str
    network: AnyNetwork
    control_plane: ControlPlane = CONTROL_PLANE

    def __post_init__(self) -> None:
        """Validate the props."""
        names.cluster_name(self.name)
        names.project(self.project)
        names.cluster_location(self.location)


class ExistingCluster(Construct):
    """A cluster that Terraform reads, and never changes.

    It must be in the node subnet: GKE gives an internal load balancer an address of the cluster's
    subnet. Reading it needs the permissions container.clusters.get, for example in
    roles/container.clusterViewer, and compute.instanceGroupManagers.get, for example in
    roles/compute.viewer: the provider also reads the instance groups of the node pools.
    """

    def __init__(self, scope: Construct, construct_id: str, *, props: ExistingClusterProps) -> None:
        """Read the cluster."""
        super().__init__(scope, construct_id)
        self._props = props
        subnet = props.network.node_subnet_id
        self._cluster = DataGoogleContainerCluster(
            self,
            "Default",
            name=props.name,
            location=props.location,
            lifecycle=lifecycle(
                [
                    Requirement(
                        condition=f'endswith(self.subnetwork, "${{{subnet}}}")',
                        key="cluster.name",
                        value=props.name,
                        rule=f"must be in the subnet {subnet}",
                        hint="the cluster is in ${self.subnetwork}: write that subnet as"
                        " network.node_subnet, or name another cluster",
                    ),
                    Requirement(
                        condition=_ENDPOINT_IS_ON[props.control_plane],
                        key="cluster.control_plane",
                        value=props.control_plane,
                        rule="must be an endpoint that is on",
                        hint="see `gcloud container clusters describe"
                        f" {props.name} --location {props.location}`, controlPlaneEndpointsConfig",
                    ),
                ]
            ),
        )

    @property
    def cluster_id(self) -> str:
        """The cluster as `projects/P/locations/L/clusters/N`."""
        return self._cluster.id

    @property
    def api_url(self) -> str:
        """The URL of the Kubernetes API, `https://HOST`, at the endpoint that is on."""
        return control_plane_client.api_url(self._cluster, self._props.control_plane)

    @property
    def ca_certificate(self) -> str | None:
        """The cluster's certificate authority (CA) in PEM format; None for `dns`."""
        return control_plane_client.ca_certificate(self._cluster, self._props.control_plane)

    @property
    def credentials_command(self) -> str:
        """The gcloud command that configures kubectl for this cluster."""
        props = self._props
        return control_plane_client.credentials_command(
            props.name, props.location, props.project, props.control_plane
        )

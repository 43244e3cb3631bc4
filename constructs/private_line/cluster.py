"""The private GKE cluster, without its nodes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Network
from typing import Final

from cdktf import Fn, ITerraformDependable, TerraformResourceLifecycle
from cdktf_cdktf_provider_google.container_cluster import (
    ContainerCluster,
    ContainerClusterControlPlaneEndpointsConfig,
    ContainerClusterControlPlaneEndpointsConfigDnsEndpointConfig,
    ContainerClusterControlPlaneEndpointsConfigIpEndpointsConfig,
    ContainerClusterIpAllocationPolicy,
    ContainerClusterMaintenancePolicy,
    ContainerClusterMaintenancePolicyRecurringWindow,
    ContainerClusterMasterAuthorizedNetworksConfig,
    ContainerClusterMasterAuthorizedNetworksConfigCidrBlocks,
    ContainerClusterNodeConfig,
    ContainerClusterNodeConfigShieldedInstanceConfig,
    ContainerClusterPrivateClusterConfig,
    ContainerClusterReleaseChannel,
    ContainerClusterSecurityPostureConfig,
    ContainerClusterWorkloadIdentityConfig,
)
from cdktf_cdktf_provider_google.data_google_container_cluster import DataGoogleContainerCluster
from constructs import Construct

from private_line import choices, names, rules
from private_line.control_plane import CONTROL_PLANE, ControlPlane
from private_line.maintenance_window import MaintenanceWindow
from private_line.network import PODS_RANGE, SERVICES_RANGE, Network
from private_line.node_account import NodeAccount

_CREDENTIALS_FLAG: Final = {
    ControlPlane.DNS: " --dns-endpoint",
    ControlPlane.PRIVATE: " --internal-ip",
    ControlPlane.PUBLIC: "",
}


@dataclass(frozen=True, kw_only=True)
class ClusterProps:
    """A cluster and who reaches its control plane.

    Attributes:
        name: at most 40 characters.
        project: the cluster's project; its Workload Identity pool is named after it.
        location: a region, or one zone of it.
        network: the network whose node subnet it takes.
        node_account: the account of the nodes.
        control_plane: the way of access.
        authorized_networks: ranges that reach the IP endpoint; needed for `public`, refused
            for `dns`.
        release_channel: RAPID, REGULAR, STABLE or EXTENDED.
        maintenance_window: when Google may upgrade.
        deletion_protection: refuses a destroy or a replacement, whole and before anything is
            touched, until it was applied as false.
        labels: labels of the cluster.
        depends_on: what must exist first, such as the project's APIs.

    Raises:
        InvalidValueError: name, project, location or a label breaks its rule, or the authorized
            networks do not fit the access.
    """

    name: str
    project: str
    location: str
    network: Network
    node_account: NodeAccount
    control_plane: ControlPlane = CONTROL_PLANE
    authorized_networks: Sequence[IPv4Network] = ()
    release_channel: choices.ReleaseChannel = choices.RELEASE_CHANNEL
    maintenance_window: MaintenanceWindow = field(default_factory=MaintenanceWindow)
    deletion_protection: bool = choices.DELETION_PROTECTION
    labels: Mapping[str, str] = field(default_factory=dict)
    depends_on: Sequence[ITerraformDependable] = ()

    def __post_init__(self) -> None:
        """Reject what Google would reject."""
        names.cluster_name(self.name)
        names.project(self.project)
        names.cluster_location(self.location)
        rules.authorized_networks(self.control_plane, self.authorized_networks)
        rules.labels(self.labels)


class Cluster(Construct):
    """A VPC-native cluster with private nodes; its control plane is reached in one way only.

    L4 subsetting is always on: newer GKE turns it on by itself, and a later `false` would
    replace the cluster (terraform-provider-google#24718). The control plane's own range is left
    to Google (Private Service Connect).
    """

    def __init__(self, scope: Construct, construct_id: str, *, props: ClusterProps) -> None:
        """Make the cluster; the node pool it boots with is removed at once."""
        super().__init__(scope, construct_id)
        self._props = props
        self._cluster = ContainerCluster(
            self,
            "Default",
            name=props.name,
            location=props.location,
            network=props.network.network_id,
            subnetwork=props.network.node_subnet_id,
            networking_mode="VPC_NATIVE",
            ip_allocation_policy=ContainerClusterIpAllocationPolicy(
                cluster_secondary_range_name=PODS_RANGE,
                services_secondary_range_name=SERVICES_RANGE,
            ),
            datapath_provider="ADVANCED_DATAPATH",
            enable_l4_ilb_subsetting=True,
            private_cluster_config=ContainerClusterPrivateClusterConfig(
                enable_private_nodes=True,
                enable_private_endpoint=props.control_plane is not ControlPlane.PUBLIC,
            ),
            control_plane_endpoints_config=_endpoints(props),
            master_authorized_networks_config=_authorized_networks(props),
            workload_identity_config=ContainerClusterWorkloadIdentityConfig(
                workload_pool=f"{props.project}.svc.id.goog"
            ),
            enable_shielded_nodes=True,
            security_posture_config=ContainerClusterSecurityPostureConfig(
                mode="BASIC", vulnerability_mode="VULNERABILITY_DISABLED"
            ),
            release_channel=ContainerClusterReleaseChannel(channel=props.release_channel),
            maintenance_policy=ContainerClusterMaintenancePolicy(
                recurring_window=ContainerClusterMaintenancePolicyRecurringWindow(
                    start_time=props.maintenance_window.start_time,
                    end_time=props.maintenance_window.end_time,
                    recurrence=props.maintenance_window.recurrence,
                )
            ),
            remove_default_node_pool=True,
            initial_node_count=1,
            # The pool that is removed at once still boots: with the project's default account
            # it fails where an organization has disabled that one.
            node_config=ContainerClusterNodeConfig(
                service_account=props.node_account.email,
                shielded_instance_config=ContainerClusterNodeConfigShieldedInstanceConfig(
                    enable_secure_boot=True, enable_integrity_monitoring=True
                ),
            ),
            deletion_protection=props.deletion_protection,
            resource_labels=dict(props.labels),
            lifecycle=TerraformResourceLifecycle(
                ignore_changes=["node_config"],
                # The provider refuses too late, when the node pool is gone already.
                prevent_destroy=props.deletion_protection,
            ),
            depends_on=[*props.depends_on, *props.node_account.dependables],
        )
        # The provider plans an endpoint's old value for an update in place, and Terraform does not
        # evaluate an output again whose planned value is known: read what the update leaves.
        self._applied = DataGoogleContainerCluster(
            self,
            "applied",
            name=self._cluster.name,
            location=self._cluster.location,
            project=props.project,
            depends_on=[self._cluster],
        )

    @property
    def cluster_name(self) -> str:
        """The cluster's name."""
        return self._cluster.name

    @property
    def location(self) -> str:
        """The cluster's region or zone."""
        return self._cluster.location

    @property
    def api_url(self) -> str:
        """The Kubernetes API as `https://HOST`, on the endpoint of this access."""
        match self._props.control_plane:
            case ControlPlane.DNS:
                endpoints = self._applied.control_plane_endpoints_config.get(0)
                return f"https://{endpoints.dns_endpoint_config.get(0).endpoint}"
            case ControlPlane.PRIVATE:
                private = self._applied.private_cluster_config.get(0)
                return f"https://{private.private_endpoint}"
            case ControlPlane.PUBLIC:
                return f"https://{self._applied.endpoint}"

    @property
    def ca_certificate(self) -> str | None:
        """The cluster's own authority in PEM; None for `dns`, whose certificate is public.

        With the cluster's authority the DNS endpoint fails with x509 "unknown authority"
        (terraform-provider-kubernetes#2637).
        """
        if self._props.control_plane is ControlPlane.DNS:
            return None
        return Fn.base64decode(self._applied.master_auth.get(0).cluster_ca_certificate)

    @property
    def credentials_command(self) -> str:
        """The command that gives `kubectl` its credentials."""
        return (
            f"gcloud container clusters get-credentials {self.cluster_name}"
            f" --location {self.location} --project {self._props.project}"
            f"{_CREDENTIALS_FLAG[self._props.control_plane]}"
        )


def _endpoints(props: ClusterProps) -> ContainerClusterControlPlaneEndpointsConfig:
    by_dns = props.control_plane is ControlPlane.DNS
    return ContainerClusterControlPlaneEndpointsConfig(
        dns_endpoint_config=ContainerClusterControlPlaneEndpointsConfigDnsEndpointConfig(
            allow_external_traffic=by_dns
        ),
        ip_endpoints_config=ContainerClusterControlPlaneEndpointsConfigIpEndpointsConfig(
            enabled=not by_dns
        ),
    )


def _authorized_networks(
    props: ClusterProps,
) -> ContainerClusterMasterAuthorizedNetworksConfig | None:
    if props.control_plane is ControlPlane.DNS:
        # Even an empty block would turn the IP endpoints on again.
        return None
    return ContainerClusterMasterAuthorizedNetworksConfig(
        cidr_blocks=[
            ContainerClusterMasterAuthorizedNetworksConfigCidrBlocks(cidr_block=str(network))
            for network in props.authorized_networks
        ],
        gcp_public_cidrs_access_enabled=False,
    )

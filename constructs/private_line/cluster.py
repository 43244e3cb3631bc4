"""The private GKE cluster, without its nodes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Network
from typing import Final

from cdktf import Fn, ITerraformDependable, TerraformResourceLifecycle
from cdktf_cdktf_provider_google.container_cluster import (
    ContainerCluster,
    ContainerClusterAnonymousAuthenticationConfig,
    ContainerClusterAuthenticatorGroupsConfig,
    ContainerClusterBinaryAuthorization,
    ContainerClusterDatabaseEncryption,
    ContainerClusterIpAllocationPolicy,
    ContainerClusterLoggingConfig,
    ContainerClusterMaintenancePolicy,
    ContainerClusterMaintenancePolicyRecurringWindow,
    ContainerClusterMasterAuth,
    ContainerClusterMasterAuthClientCertificateConfig,
    ContainerClusterMonitoringConfig,
    ContainerClusterPrivateClusterConfig,
    ContainerClusterRbacBindingConfig,
    ContainerClusterReleaseChannel,
    ContainerClusterSecurityPostureConfig,
    ContainerClusterWorkloadIdentityConfig,
)
from cdktf_cdktf_provider_google.data_google_container_cluster import DataGoogleContainerCluster
from constructs import Construct

from private_line import choices, names, rules
from private_line.boot_pool import boot_pool_config
from private_line.cluster_access import authorized_networks_config, endpoints_config
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
        deletion_protection: rejects a destroy or a replacement, whole and before anything is
            touched, until it was applied as false.
        intranode_visibility: whether flow logs and firewall rules see calls between the pods of
            one node (CIS GKE 5.6.1).
        binary_authorization: whether the project's Binary Authorization policy decides which
            images run (CIS GKE 5.10.4). Off writes nothing, see `Cluster`.
        security_group: the Google Group whose member groups RBAC may name (CIS GKE 5.8.2), as
            `gke-security-groups@DOMAIN`. None writes nothing, see `Cluster`.
        secrets_key: a Cloud KMS key that encrypts Secrets (CIS GKE 5.3.1), as
            `projects/P/locations/L/keyRings/R/cryptoKeys/K`.
        labels: labels of the cluster.
        depends_on: what must exist first, such as the project's APIs.

    Raises:
        InvalidValueError: name, project, location, group, key or a label breaks its rule, or the
            authorized networks do not fit the access.
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
    intranode_visibility: bool = choices.INTRANODE_VISIBILITY
    binary_authorization: bool = choices.BINARY_AUTHORIZATION
    security_group: str | None = None
    secrets_key: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    depends_on: Sequence[ITerraformDependable] = ()

    def __post_init__(self) -> None:
        """Reject what Google would reject."""
        names.cluster_name(self.name)
        names.project(self.project)
        names.cluster_location(self.location)
        rules.authorized_networks(self.control_plane, self.authorized_networks)
        rules.labels(self.labels)
        if self.security_group is not None:
            names.security_group(self.security_group)
        if self.secrets_key is not None:
            names.kms_key(self.secrets_key)


class Cluster(Construct):
    """A VPC-native cluster with private nodes; its control plane is reached in one way only.

    L4 subsetting is always on: newer GKE turns it on by itself, and a later `false` would
    replace the cluster (terraform-provider-google#24718). The control plane's own range is left
    to Google (Private Service Connect).

    What GKE leaves open for old clients is closed: anonymous callers get health checks alone,
    nobody is bound to a role as `system:authenticated` or `system:unauthenticated`, and no client
    certificate is issued (Google's page "Harden your cluster's security"). Logs and metrics are
    those that Google does not charge by the sample.

    Binary Authorization and the security group are written when they are wanted and not otherwise:
    an empty block may differ from what GKE answers at every plan, and the provider takes a block
    that is gone for no change. So only gcloud turns them off.
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
            control_plane_endpoints_config=endpoints_config(props.control_plane),
            master_authorized_networks_config=authorized_networks_config(
                props.control_plane, props.authorized_networks
            ),
            master_auth=ContainerClusterMasterAuth(
                client_certificate_config=ContainerClusterMasterAuthClientCertificateConfig(
                    issue_client_certificate=False
                )
            ),
            anonymous_authentication_config=ContainerClusterAnonymousAuthenticationConfig(
                mode="LIMITED"
            ),
            rbac_binding_config=ContainerClusterRbacBindingConfig(
                enable_insecure_binding_system_authenticated=False,
                enable_insecure_binding_system_unauthenticated=False,
            ),
            authenticator_groups_config=_groups(props),
            binary_authorization=_image_policy(props),
            database_encryption=_secrets_encryption(props),
            enable_intranode_visibility=props.intranode_visibility,
            workload_identity_config=ContainerClusterWorkloadIdentityConfig(
                workload_pool=f"{props.project}.svc.id.goog"
            ),
            enable_shielded_nodes=True,
            security_posture_config=ContainerClusterSecurityPostureConfig(
                mode="BASIC", vulnerability_mode="VULNERABILITY_DISABLED"
            ),
            logging_config=ContainerClusterLoggingConfig(
                enable_components=["SYSTEM_COMPONENTS", "WORKLOADS"]
            ),
            monitoring_config=ContainerClusterMonitoringConfig(
                enable_components=["SYSTEM_COMPONENTS"]
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
            node_config=boot_pool_config(props.node_account),
            deletion_protection=props.deletion_protection,
            resource_labels=dict(props.labels),
            lifecycle=TerraformResourceLifecycle(
                ignore_changes=_decided_elsewhere(props),
                # The provider rejects it too late, when the node pool is gone already.
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
    def boot_zones(self) -> int:
        """In how many zones its nodes boot."""
        return rules.boot_zones(self._props.location)

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


def _decided_elsewhere(props: ClusterProps) -> list[str]:
    """What differs from the configuration without being a change to make."""
    ignored = ["node_config"]
    if props.control_plane is ControlPlane.DNS:
        # Without IP endpoints GKE decides it, and the provider never reads what it decided
        # (terraform-google-kubernetes-engine#2217).
        ignored.append("private_cluster_config[0].enable_private_endpoint")
    return ignored


def _groups(props: ClusterProps) -> ContainerClusterAuthenticatorGroupsConfig | None:
    if props.security_group is None:
        return None
    return ContainerClusterAuthenticatorGroupsConfig(security_group=props.security_group)


def _image_policy(props: ClusterProps) -> ContainerClusterBinaryAuthorization | None:
    if not props.binary_authorization:
        return None
    return ContainerClusterBinaryAuthorization(evaluation_mode="PROJECT_SINGLETON_POLICY_ENFORCE")


def _secrets_encryption(props: ClusterProps) -> ContainerClusterDatabaseEncryption:
    if props.secrets_key is None:
        return ContainerClusterDatabaseEncryption(state="DECRYPTED")
    return ContainerClusterDatabaseEncryption(state="ENCRYPTED", key_name=props.secrets_key)

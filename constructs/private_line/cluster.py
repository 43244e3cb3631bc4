"""The private GKE cluster, without its node pool."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Network

from cdktf import ITerraformDependable, TerraformResourceLifecycle
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

from private_line import choices, control_plane_client, names, rules
from private_line.boot_pool import boot_pool_config
from private_line.cluster_access import authorized_networks_config, endpoints_config
from private_line.control_plane import CONTROL_PLANE, ControlPlane
from private_line.interfaces import AnyNetwork
from private_line.maintenance_window import MaintenanceWindow
from private_line.node_account import NodeAccount
from private_line.pod_snat import default_snat_status


@dataclass(frozen=True, kw_only=True)
class ClusterProps:
    """Properties of a cluster, and who can reach its control plane.

    Attributes:
        name: the name of the cluster, at most 40 characters.
        project: the project ID of the cluster; its Workload Identity pool is named after it.
        location: a region, or one zone of it.
        network: the network that holds the node subnet.
        node_account: the service account of the nodes.
        control_plane: the endpoint of the control plane. Default: only the DNS-based endpoint is
            on, and access is controlled by Identity and Access Management (IAM). See
            https://cloud.google.com/kubernetes-engine/docs/concepts/network-isolation.
        authorized_networks: ranges that can reach the IP-based endpoint. Required for `public`,
            not allowed for `dns`. Default: none.
        release_channel: RAPID, REGULAR, STABLE or EXTENDED. Default: REGULAR.
        maintenance_window: when GKE can upgrade the cluster. Default: daily, 18:00 to 22:00 UTC.
        deletion_protection: whether a plan that destroys or replaces the cluster fails, before
            Terraform changes any resource. Default: it fails; apply `False` before you destroy.
        intranode_visibility: whether flow logs and firewall rules cover traffic between pods on
            one node (CIS GKE 5.6.1). Default: they do not.
        binary_authorization: whether the project's Binary Authorization policy decides which
            images can run (CIS GKE 5.10.4). Default: the block is omitted, see `Cluster`.
        security_group: the Google Group whose member groups can be used in role-based access
            control (RBAC) (CIS GKE 5.8.2), as `gke-security-groups@DOMAIN`. Default: the block is
            omitted, see `Cluster`. See
            https://cloud.google.com/kubernetes-engine/docs/how-to/google-groups-rbac.
        secrets_key: the Cloud KMS key that encrypts Kubernetes Secrets (CIS GKE 5.3.1), as
            `projects/P/locations/L/keyRings/R/cryptoKeys/K`. Default: no encryption beyond
            Google's encryption at rest.
        labels: labels of the cluster. Default: none.
        depends_on: resources to create first, such as the project's APIs. Default: none.

    Raises:
        InvalidValueError: the name, project, location, group, key or a label is invalid, or the
            authorized networks do not fit `control_plane`.
    """

    name: str
    project: str
    location: str
    network: AnyNetwork
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
        """Validate the props."""
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
    """A VPC-native cluster with private nodes and one control plane endpoint.

    Subsetting for internal load balancers is always on. Newer GKE versions turn it on by
    themselves, and changing it back to `false` replaces the cluster:
    https://github.com/hashicorp/terraform-provider-google/issues/24718. The control plane has no
    range of its own in the VPC: Google assigns one (Private Service Connect).

    Defaults that GKE keeps for old clients are off: anonymous callers can read health checks only,
    no role is bound to `system:authenticated` or `system:unauthenticated`, and no client
    certificate is issued. See
    https://cloud.google.com/kubernetes-engine/docs/how-to/hardening-your-cluster. The cluster
    collects only the metrics that Google does not charge per sample.

    The blocks for Binary Authorization and the security group are omitted unless you turn them on:
    an empty block can cause a diff in every plan. The provider treats a removed block as no change,
    so you turn either off with gcloud.
    """

    def __init__(self, scope: Construct, construct_id: str, *, props: ClusterProps) -> None:
        """Create the cluster; the provider deletes the default node pool right away."""
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
                cluster_secondary_range_name=props.network.pods_range,
                services_secondary_range_name=props.network.services_range,
            ),
            default_snat_status=default_snat_status(props.network),
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
            authenticator_groups_config=_authenticator_groups(props),
            binary_authorization=_binary_authorization(props),
            database_encryption=_database_encryption(props),
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
                ignore_changes=_ignored_changes(props),
                # The provider's own check comes too late: the node pool is already destroyed.
                prevent_destroy=props.deletion_protection,
            ),
            depends_on=[*props.depends_on, *props.node_account.dependables],
        )
        # In an in-place update, the provider plans an endpoint's old value, and Terraform does not
        # re-evaluate an output whose planned value is known. So read the cluster after the update.
        self._applied = DataGoogleContainerCluster(
            self,
            "applied",
            name=self._cluster.name,
            location=self._cluster.location,
            project=props.project,
            depends_on=[self._cluster],
        )

    @property
    def cluster_id(self) -> str:
        """The cluster as `projects/P/locations/L/clusters/N`."""
        return self._cluster.id

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
        """The number of zones in which GKE creates nodes."""
        return rules.boot_zones(self._props.location)

    @property
    def api_url(self) -> str:
        """The URL of the Kubernetes API, `https://HOST`, at the endpoint that is on."""
        return control_plane_client.api_url(self._applied, self._props.control_plane)

    @property
    def ca_certificate(self) -> str | None:
        """The cluster's certificate authority (CA) in PEM format; None for `dns`."""
        return control_plane_client.ca_certificate(self._applied, self._props.control_plane)

    @property
    def credentials_command(self) -> str:
        """The gcloud command that configures kubectl for this cluster."""
        return control_plane_client.credentials_command(
            self.cluster_name, self.location, self._props.project, self._props.control_plane
        )


def _ignored_changes(props: ClusterProps) -> list[str]:
    """The attributes that Terraform does not change when they differ from the configuration."""
    ignored = ["node_config"]
    if props.control_plane is ControlPlane.DNS:
        # Without IP-based endpoints GKE sets this, and the provider does not read it back:
        # https://github.com/terraform-google-modules/terraform-google-kubernetes-engine/issues/2217
        ignored.append("private_cluster_config[0].enable_private_endpoint")
    return ignored


def _authenticator_groups(props: ClusterProps) -> ContainerClusterAuthenticatorGroupsConfig | None:
    if props.security_group is None:
        return None
    return ContainerClusterAuthenticatorGroupsConfig(security_group=props.security_group)


def _binary_authorization(props: ClusterProps) -> ContainerClusterBinaryAuthorization | None:
    if not props.binary_authorization:
        return None
    return ContainerClusterBinaryAuthorization(evaluation_mode="PROJECT_SINGLETON_POLICY_ENFORCE")


def _database_encryption(props: ClusterProps) -> ContainerClusterDatabaseEncryption:
    if props.secrets_key is None:
        return ContainerClusterDatabaseEncryption(state="DECRYPTED")
    return ContainerClusterDatabaseEncryption(state="ENCRYPTED", key_name=props.secrets_key)

"""The cluster stack: the private cluster and its nodes."""

from constructs import Construct

from private_line.cluster import Cluster, ClusterProps
from private_line.cluster_identity import ClusterIdentity, ClusterIdentityProps
from private_line.existing_cluster import ExistingCluster, ExistingClusterProps
from private_line.interfaces import AnyCluster
from private_line.maintenance_window import MaintenanceWindow
from private_line.node_account import NodeAccount, NodeAccountProps
from private_line.node_pool import NodePool, NodePoolProps
from settings import created, existing
from settings.environment import Settings
from stacks.base import EnvironmentStack
from stacks.forgotten import CLUSTER
from stacks.network import NetworkStack


class ClusterStack(EnvironmentStack):
    """The cluster, its node pool, and their service account. Depends on the network stack."""

    def __init__(self, scope: Construct, *, settings: Settings, network: NetworkStack) -> None:
        """Create the cluster, its node pool and their account, or read an existing cluster."""
        super().__init__(scope, "cluster", settings=settings)
        match settings.cluster:
            case existing.ExistingCluster() as section:
                self.cluster: AnyCluster = self._read(section, network)
                self.forget(CLUSTER)
            case section:
                self.cluster = self._create(section, network)
        ClusterIdentity(
            self,
            "identity",
            props=ClusterIdentityProps(
                cluster=self.cluster,
                name=settings.cluster.name,
                fixed=settings.cluster.existing,
            ),
        )
        self.add_output(
            "credentials_command",
            self.cluster.credentials_command,
            "Run this, and kubectl reaches the cluster.",
        )

    def _create(self, section: created.Cluster, network: NetworkStack) -> Cluster:
        settings = self._settings
        account = NodeAccount(
            self,
            "node-account",
            props=NodeAccountProps(account_id=settings.name("nodes"), project=settings.project),
        )
        window = section.maintenance_window
        cluster = Cluster(
            self,
            "cluster",
            props=ClusterProps(
                name=section.name,
                project=settings.project,
                location=settings.cluster_location,
                network=network.network,
                node_account=account,
                control_plane=section.control_plane,
                authorized_networks=section.authorized_networks,
                release_channel=section.release_channel,
                maintenance_window=MaintenanceWindow(
                    days=window.days, start=window.start, hours=window.hours
                ),
                deletion_protection=section.deletion_protection,
                intranode_visibility=section.intranode_visibility,
                binary_authorization=section.binary_authorization,
                security_group=section.security_group,
                secrets_key=section.secrets_key,
                labels=settings.labels,
            ),
        )
        NodePool(
            self,
            "node-pool",
            props=NodePoolProps(
                name=settings.name("nodes"),
                cluster=cluster,
                node_account=account,
                node_tag=settings.node_tag,
                machine_type=section.machine_type,
                disk_type=section.disk_type,
                disk_size_gb=section.disk_size_gb,
                min_nodes=section.min_nodes,
                max_nodes=section.max_nodes,
                labels=settings.labels,
            ),
        )
        return cluster

    def _read(self, section: existing.ExistingCluster, network: NetworkStack) -> ExistingCluster:
        return ExistingCluster(
            self,
            "cluster",
            props=ExistingClusterProps(
                name=section.name,
                project=self._settings.project,
                location=self._settings.cluster_location,
                network=network.network,
                control_plane=section.control_plane,
            ),
        )

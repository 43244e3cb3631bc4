"""The cluster stack: the private cluster and its nodes."""

from constructs import Construct

from private_line.cluster import Cluster, ClusterProps
from private_line.maintenance_window import MaintenanceWindow
from private_line.node_account import NodeAccount, NodeAccountProps
from private_line.node_pool import NodePool, NodePoolProps
from settings.environment import Settings
from stacks.base import EnvironmentStack
from stacks.network import NetworkStack


class ClusterStack(EnvironmentStack):
    """The cluster, its node pool, and their service account. Depends on the network stack."""

    def __init__(self, scope: Construct, *, settings: Settings, network: NetworkStack) -> None:
        """Create the cluster, its node pool and a service account for the nodes."""
        super().__init__(scope, "cluster", settings=settings)
        account = NodeAccount(
            self,
            "node-account",
            props=NodeAccountProps(account_id=settings.name("nodes"), project=settings.project),
        )
        window = settings.cluster.maintenance_window
        self.cluster = Cluster(
            self,
            "cluster",
            props=ClusterProps(
                name=settings.cluster.name,
                project=settings.project,
                location=settings.cluster_location,
                network=network.network,
                node_account=account,
                control_plane=settings.cluster.control_plane,
                authorized_networks=settings.cluster.authorized_networks,
                release_channel=settings.cluster.release_channel,
                maintenance_window=MaintenanceWindow(
                    days=window.days, start=window.start, hours=window.hours
                ),
                deletion_protection=settings.cluster.deletion_protection,
                intranode_visibility=settings.cluster.intranode_visibility,
                binary_authorization=settings.cluster.binary_authorization,
                security_group=settings.cluster.security_group,
                secrets_key=settings.cluster.secrets_key,
                labels=settings.labels,
            ),
        )
        NodePool(
            self,
            "node-pool",
            props=NodePoolProps(
                name=settings.name("nodes"),
                cluster=self.cluster,
                node_account=account,
                node_tag=settings.node_tag,
                machine_type=settings.cluster.machine_type,
                disk_type=settings.cluster.disk_type,
                disk_size_gb=settings.cluster.disk_size_gb,
                min_nodes=settings.cluster.min_nodes,
                max_nodes=settings.cluster.max_nodes,
                labels=settings.labels,
            ),
        )
        self.add_output(
            "credentials_command",
            self.cluster.credentials_command,
            "Run this, and kubectl reaches the cluster.",
        )

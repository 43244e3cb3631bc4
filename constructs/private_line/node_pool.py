"""The nodes of a cluster."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_google.container_node_pool import (
    ContainerNodePool,
    ContainerNodePoolAutoscaling,
    ContainerNodePoolManagement,
    ContainerNodePoolNodeConfig,
    ContainerNodePoolNodeConfigKubeletConfig,
    ContainerNodePoolNodeConfigShieldedInstanceConfig,
    ContainerNodePoolNodeConfigWorkloadMetadataConfig,
    ContainerNodePoolUpgradeSettings,
)
from constructs import Construct

from private_line import choices, names, rules
from private_line.cluster import Cluster
from private_line.node_account import NodeAccount

_SCOPE: Final = "https://www.googleapis.com/auth/cloud-platform"


@dataclass(frozen=True, kw_only=True)
class NodePoolProps:
    """A pool that grows and shrinks.

    Attributes:
        name: name of the pool.
        cluster: the cluster that it belongs to.
        node_account: the account of the nodes.
        node_tag: network tag that firewall rules aim at.
        machine_type: a Compute Engine machine type.
        disk_type: type of the boot disks; the machine type must take it.
        disk_size_gb: 10 to 65536, per node. All but pd-standard count as SSD in the project's quota
            (SSD_TOTAL_GB), also for the node more that an upgrade adds.
        min_nodes: 1 or more, over all zones together.
        max_nodes: `min_nodes` or more, over all zones together; in a region 3 or more.
        labels: labels of the virtual machines.

    Raises:
        InvalidValueError: machine type, disk size or a label breaks its rule, or the bounds are
            crossed or too low for the region.
    """

    name: str
    cluster: Cluster
    node_account: NodeAccount
    node_tag: str
    machine_type: str = choices.NODE_MACHINE_TYPE
    disk_type: choices.DiskType = choices.DISK_TYPE
    disk_size_gb: int = choices.DISK_SIZE_GB
    min_nodes: int = choices.MIN_NODES
    max_nodes: int = choices.MAX_NODES
    labels: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Reject what Google would reject."""
        names.machine_type(self.machine_type)
        rules.disk_size(self.disk_size_gb)
        rules.node_bounds(self.min_nodes, self.max_nodes, self.cluster.boot_zones)
        rules.labels(self.labels)


class NodePool(Construct):
    """Shielded nodes without a public address, repaired and upgraded by Google.

    Pods get their own identity (Workload Identity) and never see the node's.
    """

    def __init__(self, scope: Construct, construct_id: str, *, props: NodePoolProps) -> None:
        """Make the pool."""
        super().__init__(scope, construct_id)
        ContainerNodePool(
            self,
            "Default",
            name=props.name,
            cluster=props.cluster.cluster_name,
            location=props.cluster.location,
            initial_node_count=1,
            autoscaling=ContainerNodePoolAutoscaling(
                total_min_node_count=props.min_nodes,
                total_max_node_count=props.max_nodes,
                location_policy="BALANCED",
            ),
            management=ContainerNodePoolManagement(auto_repair=True, auto_upgrade=True),
            upgrade_settings=ContainerNodePoolUpgradeSettings(max_surge=1, max_unavailable=0),
            node_config=ContainerNodePoolNodeConfig(
                machine_type=props.machine_type,
                image_type="COS_CONTAINERD",
                disk_type=props.disk_type,
                disk_size_gb=props.disk_size_gb,
                service_account=props.node_account.email,
                oauth_scopes=[_SCOPE],
                tags=[props.node_tag],
                resource_labels=dict(props.labels),
                metadata={"disable-legacy-endpoints": "true"},
                shielded_instance_config=ContainerNodePoolNodeConfigShieldedInstanceConfig(
                    enable_secure_boot=True, enable_integrity_monitoring=True
                ),
                workload_metadata_config=ContainerNodePoolNodeConfigWorkloadMetadataConfig(
                    mode="GKE_METADATA"
                ),
                # The provider sends false for what is not written, and pods then ignore their CPU
                # limits (terraform-provider-google#15767).
                kubelet_config=ContainerNodePoolNodeConfigKubeletConfig(
                    cpu_cfs_quota=True, insecure_kubelet_readonly_port_enabled="FALSE"
                ),
            ),
            # The autoscaler owns the count after the first boot, and a change would replace.
            lifecycle=TerraformResourceLifecycle(ignore_changes=["initial_node_count"]),
            depends_on=list(props.node_account.dependables),
        )

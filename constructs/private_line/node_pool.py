"""The node pool of a cluster."""

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

from private_line import choices, limits, machines, rules
from private_line.cluster import Cluster
from private_line.node_account import NodeAccount

_SCOPE: Final = "https://www.googleapis.com/auth/cloud-platform"


@dataclass(frozen=True, kw_only=True)
class NodePoolProps:
    """Properties of an autoscaled node pool.

    Attributes:
        name: the name of the pool.
        cluster: the cluster of the pool.
        node_account: the service account of the nodes.
        node_tag: the network tag of the nodes, for firewall rules.
        machine_type: the Compute Engine machine type. Default: e2-medium.
        disk_type: the type of the boot disks, which the machine type must support.
            Default: pd-balanced.
        disk_size_gb: the size of a node's boot disk in GB, 10 to 65536. Default: 50. All types
            except pd-standard count toward the project's SSD quota (SSD_TOTAL_GB), as does the
            disk of the extra node during an upgrade.
        min_nodes: the minimum number of nodes in all zones together, 1 or more. Default: 1.
        max_nodes: the maximum number of nodes in all zones together, at least `min_nodes`, in a
            region at least 3, and at most 1000 per zone. Default: 3.
        labels: labels of the virtual machines. Default: none.

    Raises:
        InvalidValueError: the machine type, disk size or a label is invalid, the machine type does
            not support the disk type, or a number of nodes is too low or too high.
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
        """Validate the props."""
        machines.node_machine_type(self.machine_type)
        machines.boot_disk(self.machine_type, self.disk_type)
        limits.DISK_SIZE_GB.check(self.disk_size_gb)
        rules.node_bounds(self.min_nodes, self.max_nodes, self.cluster.boot_zones)
        rules.labels(self.labels)


class NodePool(Construct):
    """Shielded GKE nodes without external addresses, with auto-repair and auto-upgrade.

    Pods cannot use the service account of their node: the GKE metadata server gives them their own
    identity (Workload Identity).
    """

    def __init__(self, scope: Construct, construct_id: str, *, props: NodePoolProps) -> None:
        """Create the pool."""
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
                # If it is not set, the provider sends false, and CPU limits of pods have no effect:
                # https://github.com/hashicorp/terraform-provider-google/issues/15767
                kubelet_config=ContainerNodePoolNodeConfigKubeletConfig(
                    cpu_cfs_quota=True, insecure_kubelet_readonly_port_enabled="FALSE"
                ),
            ),
            # The autoscaler sets the number of nodes later. A change here replaces the pool.
            lifecycle=TerraformResourceLifecycle(ignore_changes=["initial_node_count"]),
            depends_on=list(props.node_account.dependables),
        )

"""The node pool that a cluster boots with, for some minutes."""

from typing import Final

from cdktf_cdktf_provider_google.container_cluster import (
    ContainerClusterNodeConfig,
    ContainerClusterNodeConfigShieldedInstanceConfig,
    ContainerClusterNodeConfigWorkloadMetadataConfig,
)

from private_line.node_account import NodeAccount

_DISK_GB: Final = 20


def boot_pool_config(node_account: NodeAccount) -> ContainerClusterNodeConfig:
    """Nodes that exist until `remove_default_node_pool` takes them away.

    With the project's default account they fail where an organization has disabled that one. With
    GKE's default disk, 100 GB of pd-balanced in each of three zones, they fail in a new project,
    whose quota for SSDs (SSD_TOTAL_GB, which counts pd-balanced) is 250 GB
    (terraform-google-kubernetes-engine#1795).
    """
    return ContainerClusterNodeConfig(
        disk_type="pd-standard",
        disk_size_gb=_DISK_GB,
        service_account=node_account.email,
        shielded_instance_config=ContainerClusterNodeConfigShieldedInstanceConfig(
            enable_secure_boot=True, enable_integrity_monitoring=True
        ),
        workload_metadata_config=ContainerClusterNodeConfigWorkloadMetadataConfig(
            mode="GKE_METADATA"
        ),
    )

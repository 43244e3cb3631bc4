"""The default node pool, which GKE creates with a cluster and the provider then deletes."""

from typing import Final

from cdktf_cdktf_provider_google.container_cluster import (
    ContainerClusterNodeConfig,
    ContainerClusterNodeConfigShieldedInstanceConfig,
    ContainerClusterNodeConfigWorkloadMetadataConfig,
)

from private_line.node_account import NodeAccount

_DISK_GB: Final = 20


def boot_pool_config(node_account: NodeAccount) -> ContainerClusterNodeConfig:
    """Configure the nodes that exist until `remove_default_node_pool` deletes them.

    GKE's defaults can fail. The project's default service account may be disabled by the
    organization. The default disk, 100 GB of pd-balanced in each of three zones, exceeds a new
    project's SSD quota: SSD_TOTAL_GB, which counts pd-balanced, is 250 GB. See
    https://github.com/terraform-google-modules/terraform-google-kubernetes-engine/issues/1795.

    Args:
        node_account: the service account of the nodes.
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

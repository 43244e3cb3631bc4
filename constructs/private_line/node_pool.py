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

_DISK_GB: Final = 50
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
        min_nodes: 1 or more, over all zones together.
        max_nodes: `min_nodes` or more, over all zones together.
        labels: labels of the virtual machines.

    Raises:
        InvalidValueError: machine type or a label breaks its rule, or the bounds are crossed.
    """

    name: str
    cluster: Cluster
    node_account: NodeAccount
    node_tag: str
    machine_type: str = choices.NODE_MACHINE_TYPE
    min_nodes: int = choices.MIN_NODES
    max_nodes: int = choices.MAX_NODES
    labels: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Reject what Google would reject."""
        names.machine_type(self.machine_type)
        rules.node_bounds(self.min_nodes, self.max_nodes)
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
                disk_type="pd-balanced",
                disk_size_gb=_DISK_GB,
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
                kubelet_config=ContainerNodePoolNodeConfigKubeletConfig(
                    insecure_kubelet_readonly_port_enabled="FALSE"
                ),
            ),
            # The autoscaler owns the count after the first boot, and a change would replace.
            lifecycle=TerraformResourceLifecycle(ignore_changes=["initial_node_count"]),
            depends_on=list(props.node_account.dependables),
        )

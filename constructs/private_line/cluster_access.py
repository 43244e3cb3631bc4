"""The cluster blocks that turn on one control plane endpoint and turn off the others."""

from collections.abc import Sequence
from ipaddress import IPv4Network

from cdktf_cdktf_provider_google.container_cluster import (
    ContainerClusterControlPlaneEndpointsConfig,
    ContainerClusterControlPlaneEndpointsConfigDnsEndpointConfig,
    ContainerClusterControlPlaneEndpointsConfigIpEndpointsConfig,
    ContainerClusterMasterAuthorizedNetworksConfig,
    ContainerClusterMasterAuthorizedNetworksConfigCidrBlocks,
)

from private_line.control_plane import ControlPlane


def endpoints_config(access: ControlPlane) -> ContainerClusterControlPlaneEndpointsConfig:
    """The control plane endpoints: DNS-based only, or IP-based only."""
    by_dns = access is ControlPlane.DNS
    return ContainerClusterControlPlaneEndpointsConfig(
        dns_endpoint_config=ContainerClusterControlPlaneEndpointsConfigDnsEndpointConfig(
            allow_external_traffic=by_dns
        ),
        ip_endpoints_config=ContainerClusterControlPlaneEndpointsConfigIpEndpointsConfig(
            enabled=not by_dns
        ),
    )


def authorized_networks_config(
    access: ControlPlane, networks: Sequence[IPv4Network]
) -> ContainerClusterMasterAuthorizedNetworksConfig | None:
    """The ranges that can reach the IP-based endpoint.

    Returns:
        The block, or None for `dns`: even an empty block turns the IP-based endpoint on again.
    """
    if access is ControlPlane.DNS:
        return None
    return ContainerClusterMasterAuthorizedNetworksConfig(
        cidr_blocks=[
            ContainerClusterMasterAuthorizedNetworksConfigCidrBlocks(cidr_block=str(network))
            for network in networks
        ],
        gcp_public_cidrs_access_enabled=False,
    )

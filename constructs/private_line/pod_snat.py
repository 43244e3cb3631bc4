"""Source network address translation (SNAT) of pods that privately use a public range."""

from cdktf_cdktf_provider_google.container_cluster import ContainerClusterDefaultSnatStatus

from private_line.interfaces import AnyNetwork


def default_snat_status(network: AnyNetwork) -> ContainerClusterDefaultSnatStatus | None:
    """Turn the nodes' default SNAT off if the pods' range is public; omit the block otherwise.

    By default, nodes replace the source address of packets to public ranges, so also of packets
    between such pods:
    https://cloud.google.com/kubernetes-engine/docs/how-to/alias-ips#enable_pupis. Cloud NAT
    translates packets of the pods to the internet in both cases.
    """
    return ContainerClusterDefaultSnatStatus(disabled=True) if network.pods_are_public else None

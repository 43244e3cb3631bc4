"""What the connector may reach: the service ports of the load balancers, and nothing else."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from cdktf_cdktf_provider_google.compute_firewall import (
    ComputeFirewall,
    ComputeFirewallAllow,
    ComputeFirewallDeny,
    ComputeFirewallLogConfig,
)
from constructs import Construct

from private_line import choices, rules
from private_line.network import Network
from private_line.reserved_address import ReservedAddress

ALLOW_PRIORITY: Final = 980
DENY_PRIORITY: Final = 990
"""Google opens the whole VPC to a connector at 1000; ours must come before it."""


@dataclass(frozen=True, kw_only=True)
class Opening:
    """One load balancer that the connector may reach.

    Attributes:
        address: the load balancer's address.
        protocol: `TCP` or `UDP`.
        ports: the Service's ports, not the pods': a passthrough load balancer changes neither
            address nor port on the way to the node.

    Raises:
        InvalidValueError: a port is not 1 to 65535.
    """

    address: ReservedAddress
    protocol: choices.Protocol
    ports: Sequence[int]

    def __post_init__(self) -> None:
        """Reject what Google would reject."""
        for port in self.ports:
            rules.port_number(port)


@dataclass(frozen=True, kw_only=True)
class ConnectorFirewallProps:
    """The rules for one connector.

    Attributes:
        name: makes a resource name from a part.
        network: the network whose connector range is narrowed.
        node_tag: network tag of the nodes, where the packets arrive.
        openings: what to let through, by the service's key.
    """

    name: Callable[[str], str]
    network: Network
    node_tag: str
    openings: Mapping[str, Opening]


class ConnectorFirewall(Construct):
    """Denies the connector everything, then allows each load balancer's ports on the nodes.

    GKE's own rule for a Service sits at 1000, behind our deny, so each Service needs the allow.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, props: ConnectorFirewallProps
    ) -> None:
        """Make one deny, and one allow a service."""
        super().__init__(scope, construct_id)
        ComputeFirewall(
            self,
            "deny",
            name=props.name("deny-connector"),
            description="The connector reaches nothing but what a rule before this one allows.",
            network=props.network.network_id,
            direction="INGRESS",
            priority=DENY_PRIORITY,
            source_ranges=[props.network.connector_range],
            deny=[ComputeFirewallDeny(protocol="all")],
            log_config=ComputeFirewallLogConfig(metadata="INCLUDE_ALL_METADATA"),
        )
        for key, opening in props.openings.items():
            ComputeFirewall(
                self,
                f"allow-{key}",
                name=props.name(f"allow-{key}"),
                description=f"The connector reaches the load balancer of {key}.",
                network=props.network.network_id,
                direction="INGRESS",
                priority=ALLOW_PRIORITY,
                source_ranges=[props.network.connector_range],
                destination_ranges=[f"{opening.address.address}/32"],
                target_tags=[props.node_tag],
                allow=[
                    ComputeFirewallAllow(
                        protocol=opening.protocol.lower(),
                        ports=[str(port) for port in opening.ports],
                    )
                ],
            )

"""Firewall rules that allow a connector to reach one load balancer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from cdktf import ITerraformDependable
from cdktf_cdktf_provider_google.compute_firewall import ComputeFirewall, ComputeFirewallAllow
from constructs import Construct

from private_line import choices, names, rules
from private_line.interfaces import AnyConnector, AnyNetwork
from private_line.moved import move
from private_line.reserved_address import ReservedAddress

ALLOW_PRIORITY: Final = 980
"""Evaluated before `connector_deny.DENY_PRIORITY`. GKE's own rule per Service is at 1000."""


@dataclass(frozen=True, kw_only=True)
class AllowedTarget:
    """A load balancer that the connector can reach.

    Attributes:
        address: the reserved address of the load balancer.
        protocol: `TCP` or `UDP`.
        ports: the ports of the Service, not of the pods: a passthrough load balancer forwards
            packets to the node with the original address and port.

    Raises:
        InvalidValueError: a port is not 1 to 65535.
    """

    address: ReservedAddress
    protocol: choices.Protocol
    ports: Sequence[int]

    def __post_init__(self) -> None:
        """Validate the props."""
        for port in self.ports:
            rules.port_number(port)

    @property
    def destination(self) -> str:
        """The address as a /32 range, as a firewall rule expects it."""
        return f"{self.address.address}/32"

    @property
    def allow(self) -> ComputeFirewallAllow:
        """The protocol and ports, as a firewall rule expects them."""
        return ComputeFirewallAllow(
            protocol=self.protocol.lower(), ports=[str(port) for port in self.ports]
        )


@dataclass(frozen=True, kw_only=True)
class AllowProps:
    """Properties of one firewall rule.

    Attributes:
        name: the name of the rule, at most 63 characters.
        network: the network of the connector and the load balancer.
        connector: the connector.
        target: the load balancer.
        moved_from: the construct id before a rename, see `move`. Default: no rename.

    Raises:
        InvalidValueError: the name is invalid.
    """

    name: str
    network: AnyNetwork
    connector: AnyConnector
    target: AllowedTarget
    moved_from: str | None = None

    def __post_init__(self) -> None:
        """Validate the props."""
        names.dns_label(self.name)


@dataclass(frozen=True, kw_only=True)
class AllowIngressProps(AllowProps):
    """Properties of the rule for the nodes, where the packets arrive.

    Attributes:
        node_tags: the network tags of the nodes. Without any, the rule applies to the address on
            all machines of the network.
    """

    node_tags: Sequence[str]

    def __post_init__(self) -> None:
        """Validate the props."""
        super().__post_init__()
        for tag in self.node_tags:
            names.dns_label(tag)


class _Allow(Construct):
    _rule: ComputeFirewall

    @property
    def dependable(self) -> ITerraformDependable:
        """For the Service's `depends_on`, so that Terraform destroys the rule after it."""
        return self._rule


class AllowEgress(_Allow):
    """Allows packets to one load balancer to leave the connector."""

    def __init__(self, scope: Construct, construct_id: str, *, props: AllowProps) -> None:
        """Create the rule."""
        super().__init__(scope, construct_id)
        self._rule = ComputeFirewall(
            self,
            "Default",
            name=props.name,
            description="Lets packets for one load balancer leave the connector.",
            network=props.network.network_id,
            direction="EGRESS",
            priority=ALLOW_PRIORITY,
            target_tags=[props.connector.connector_tag],
            destination_ranges=[props.target.destination],
            allow=[props.target.allow],
        )
        move(self._rule, props.moved_from)


class AllowIngress(_Allow):
    """Allows the connector's packets to one load balancer to reach the nodes."""

    def __init__(self, scope: Construct, construct_id: str, *, props: AllowIngressProps) -> None:
        """Create the rule."""
        super().__init__(scope, construct_id)
        self._rule = ComputeFirewall(
            self,
            "Default",
            name=props.name,
            description="Lets the connector's packets for one load balancer into the nodes.",
            network=props.network.network_id,
            direction="INGRESS",
            priority=ALLOW_PRIORITY,
            source_ranges=[props.connector.connector_range],
            target_tags=list(props.node_tags) or None,
            destination_ranges=[props.target.destination],
            allow=[props.target.allow],
        )
        move(self._rule, props.moved_from)

"""The rules that let a connector's packets for one load balancer through."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from cdktf import ITerraformDependable
from cdktf_cdktf_provider_google.compute_firewall import ComputeFirewall, ComputeFirewallAllow
from constructs import Construct

from private_line import choices, names, rules
from private_line.connector import Connector
from private_line.moved import move
from private_line.network import Network
from private_line.reserved_address import ReservedAddress

ALLOW_PRIORITY: Final = 980
"""Before `connector_deny.DENY_PRIORITY`; GKE's own rule for a Service is at 1000, behind both."""


@dataclass(frozen=True, kw_only=True)
class AllowedTarget:
    """A load balancer that the connector may reach.

    Attributes:
        address: its address.
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

    @property
    def destination(self) -> str:
        """Its address as a range, the form of a firewall rule."""
        return f"{self.address.address}/32"

    @property
    def allow(self) -> ComputeFirewallAllow:
        """Its protocol and ports, as a firewall rule allows them."""
        return ComputeFirewallAllow(
            protocol=self.protocol.lower(), ports=[str(port) for port in self.ports]
        )


@dataclass(frozen=True, kw_only=True)
class AllowProps:
    """One rule.

    Attributes:
        name: its name.
        network: the network of connector and load balancer.
        connector: the connector.
        target: the load balancer.
        moved_from: the construct id of this rule before a rename.

    Raises:
        InvalidValueError: the name breaks its rule.
    """

    name: str
    network: Network
    connector: Connector
    target: AllowedTarget
    moved_from: str | None = None

    def __post_init__(self) -> None:
        """Reject what Google would reject."""
        names.dns_label(self.name)


@dataclass(frozen=True, kw_only=True)
class AllowIngressProps(AllowProps):
    """A rule for where the packets arrive.

    Attributes:
        node_tag: network tag of the nodes.
    """

    node_tag: str


class _Allow(Construct):
    _rule: ComputeFirewall

    @property
    def dependable(self) -> ITerraformDependable:
        """What the Service lists in `depends_on`, so that the rule outlives it."""
        return self._rule


class AllowEgress(_Allow):
    """Lets packets for one load balancer leave the connector."""

    def __init__(self, scope: Construct, construct_id: str, *, props: AllowProps) -> None:
        """Make the rule."""
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
    """Lets the connector's packets for one load balancer into the nodes, where they arrive."""

    def __init__(self, scope: Construct, construct_id: str, *, props: AllowIngressProps) -> None:
        """Make the rule."""
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
            target_tags=[props.node_tag],
            destination_ranges=[props.target.destination],
            allow=[props.target.allow],
        )
        move(self._rule, props.moved_from)

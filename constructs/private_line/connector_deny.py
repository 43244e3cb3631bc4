"""The rules that deny a connector the VPC; `connector_allow.py` has what comes before them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from cdktf import ITerraformDependable
from cdktf_cdktf_provider_google.compute_firewall import (
    ComputeFirewall,
    ComputeFirewallDeny,
    ComputeFirewallLogConfig,
)
from constructs import Construct

from private_line.network import Network

DENY_PRIORITY: Final = 990
"""Google opens the whole VPC to a connector at 1000."""


@dataclass(frozen=True, kw_only=True)
class ConnectorDenyProps:
    """The connector that is denied everything.

    Attributes:
        name: makes a resource name from a part.
        network: its network.
        connector_range: its range, in CIDR form.
        connector_tag: the network tag of its instances.
    """

    name: Callable[[str], str]
    network: Network
    connector_range: str
    connector_tag: str


class ConnectorDeny(Construct):
    """Denies a connector everything that no rule before it allows, at both ends of its packets.

    Where they leave the connector, and where they arrive at a virtual machine. Ingress rules do not
    act at what is none, such as a control plane's private endpoint; the egress rule depends on a
    tag that Google puts on the connector's instances (its page "Restrict connector access").
    """

    def __init__(self, scope: Construct, construct_id: str, *, props: ConnectorDenyProps) -> None:
        """Make one rule per direction."""
        super().__init__(scope, construct_id)
        self._ingress = ComputeFirewall(
            self,
            "ingress",
            name=props.name("deny-connector"),
            description="The connector reaches nothing but what a rule before this one allows.",
            network=props.network.network_id,
            direction="INGRESS",
            priority=DENY_PRIORITY,
            source_ranges=[props.connector_range],
            deny=[ComputeFirewallDeny(protocol="all")],
            log_config=ComputeFirewallLogConfig(metadata="INCLUDE_ALL_METADATA"),
        )
        self._egress = ComputeFirewall(
            self,
            "egress",
            name=props.name("deny-connector-egress"),
            description="Nothing leaves the connector but what a rule before this one allows.",
            network=props.network.network_id,
            direction="EGRESS",
            priority=DENY_PRIORITY,
            target_tags=[props.connector_tag],
            destination_ranges=["0.0.0.0/0"],
            deny=[ComputeFirewallDeny(protocol="all")],
            log_config=ComputeFirewallLogConfig(metadata="INCLUDE_ALL_METADATA"),
        )

    @property
    def dependables(self) -> tuple[ITerraformDependable, ...]:
        """What the connector lists in `depends_on` to come after both rules."""
        return (self._ingress, self._egress)

"""Firewall rules that deny a connector all traffic; see `connector_allow` for exceptions."""

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

from private_line.interfaces import AnyNetwork

DENY_PRIORITY: Final = 990
"""Evaluated before Google's own rules at 1000, which allow a connector to reach the whole VPC."""


@dataclass(frozen=True, kw_only=True)
class ConnectorDenyProps:
    """Properties of the deny rules.

    Attributes:
        name: a function that builds a resource name from a suffix.
        network: the network of the connector.
        connector_range: the range of the connector's subnet, in CIDR notation.
        connector_tag: the network tag of the connector's instances.
    """

    name: Callable[[str], str]
    network: AnyNetwork
    connector_range: str
    connector_tag: str


class ConnectorDeny(Construct):
    """Denies a connector all traffic that no rule with a higher priority allows.

    The egress rule applies to the connector's instances, which Google tags:
    https://cloud.google.com/vpc/docs/configure-serverless-vpc-access. The ingress rule applies to
    virtual machines only, not to other destinations such as a control plane's private endpoint.
    Both rules write logs.
    """

    def __init__(self, scope: Construct, construct_id: str, *, props: ConnectorDenyProps) -> None:
        """Create one rule per direction."""
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
        """For the connector's `depends_on`, so that Terraform creates both rules first."""
        return (self._ingress, self._egress)

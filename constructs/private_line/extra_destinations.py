"""Firewall rules that allow a connector to reach more private ranges than the APIs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network

from cdktf_cdktf_provider_google.compute_firewall import ComputeFirewall, ComputeFirewallAllow
from constructs import Construct

from private_line import rules
from private_line.connector_allow import ALLOW_PRIORITY
from private_line.errors import InvalidValueError
from private_line.interfaces import AnyConnector, AnyNetwork


@dataclass(frozen=True, kw_only=True)
class ExtraDestinationsProps:
    """Properties of the rules.

    Attributes:
        name: a function that builds a resource name from a suffix.
        network: the network of the connector.
        connector: the connector.
        destinations: private ranges, at least one. All protocols and ports are allowed.

    Raises:
        InvalidValueError: there is no destination, or a destination is not a private range.
    """

    name: Callable[[str], str]
    network: AnyNetwork
    connector: AnyConnector
    destinations: Sequence[IPv4Network]

    def __post_init__(self) -> None:
        """Validate the props."""
        if not self.destinations:
            # A rule without ranges applies to every address.
            raise InvalidValueError("must list at least one range", "omit the construct")
        for destination in self.destinations:
            rules.destination_range(destination)


class ExtraDestinations(Construct):
    """Allows a connector to reach ranges besides the APIs, on all protocols and ports.

    The egress rule applies to the connector's instances. The ingress rule applies to all virtual
    machines of this VPC that have an address in the ranges, whatever their network tags. Peered
    networks, VPN and on-premises networks have their own firewalls.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, props: ExtraDestinationsProps
    ) -> None:
        """Create one rule per direction."""
        super().__init__(scope, construct_id)
        destinations = [str(destination) for destination in props.destinations]
        everything = [ComputeFirewallAllow(protocol="all")]
        ComputeFirewall(
            self,
            "egress",
            name=props.name("extra-destinations-egress"),
            description="Lets packets for destinations besides the APIs leave the connector.",
            network=props.network.network_id,
            direction="EGRESS",
            priority=ALLOW_PRIORITY,
            target_tags=[props.connector.connector_tag],
            destination_ranges=destinations,
            allow=everything,
        )
        ComputeFirewall(
            self,
            "ingress",
            name=props.name("extra-destinations"),
            description="Lets the connector's packets into machines besides the APIs' nodes.",
            network=props.network.network_id,
            direction="INGRESS",
            priority=ALLOW_PRIORITY,
            source_ranges=[props.connector.connector_range],
            destination_ranges=destinations,
            allow=everything,
        )

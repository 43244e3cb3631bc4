"""The rules that let a connector reach whole ranges besides the APIs, at every port."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network

from cdktf_cdktf_provider_google.compute_firewall import ComputeFirewall, ComputeFirewallAllow
from constructs import Construct

from private_line import rules
from private_line.connector import Connector
from private_line.connector_allow import ALLOW_PRIORITY
from private_line.errors import InvalidValueError
from private_line.network import Network


@dataclass(frozen=True, kw_only=True)
class ExtraDestinationsProps:
    """What a connector reaches besides the APIs.

    Attributes:
        name: makes a resource name from a part.
        network: the network of the connector.
        connector: the connector.
        destinations: private ranges, at least one; every protocol and port of them is open.

    Raises:
        InvalidValueError: there is no destination, or one is public or everything.
    """

    name: Callable[[str], str]
    network: Network
    connector: Connector
    destinations: Sequence[IPv4Network]

    def __post_init__(self) -> None:
        """Reject what would open everything, and what App Engine sends elsewhere."""
        if not self.destinations:
            # Google reads a rule without ranges as one for every address.
            raise InvalidValueError("must name a destination", "leave the construct out")
        for destination in self.destinations:
            rules.destination_range(destination)


class ExtraDestinations(Construct):
    """Lets a connector reach some ranges, at both ends of its packets.

    The egress rule acts on every packet. The ingress rule acts where the destination is a virtual
    machine of this VPC; peered networks, VPN and on premises filter by rules of their own. It is
    for every machine with an address in the ranges, whatever its tags.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, props: ExtraDestinationsProps
    ) -> None:
        """Make one rule per direction."""
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

"""The DNS stack: the names under which the app calls."""

from constructs import Construct

from private_line.private_zone import ARecord, ARecordProps, PrivateZone, PrivateZoneProps
from settings.environment import Settings
from stacks.base import LineStack
from stacks.network import NetworkStack
from stacks.service import ServiceStack


class DnsStack(LineStack):
    """Comes last: a name appears when its load balancer is there, and outlives it by this stack.

    A record's id is its host, so a renamed API, or two that swap hosts, update records in place.
    """

    def __init__(
        self, scope: Construct, *, settings: Settings, network: NetworkStack, service: ServiceStack
    ) -> None:
        """Make the zone and its records."""
        super().__init__(scope, "dns", settings=settings)
        zone = PrivateZone(
            self,
            "zone",
            props=PrivateZoneProps(
                name=settings.name("zone"),
                dns_name=settings.dns.zone,
                network=network.network,
                labels=settings.labels,
            ),
        )
        for api in settings.services:
            ARecord(
                self,
                # An id takes no dot, and a host no underscore: `my.team` is not `myteam`.
                f"record-{api.host.replace('.', '_')}",
                props=ARecordProps(host=api.host, zone=zone, address=service.addresses[api.key]),
            )
        self.tell(
            "urls",
            {api.key: settings.url(api) for api in settings.services},
            "What the app calls, by service.",
        )

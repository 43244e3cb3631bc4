"""The DNS stack: the names under which the app calls."""

from constructs import Construct

from private_line.private_zone import PrivateZone, PrivateZoneProps, Record
from settings.environment import Settings
from stacks.base import LineStack
from stacks.network import NetworkStack


class DnsStack(LineStack):
    """Waits for the network only: the addresses are reserved there."""

    def __init__(self, scope: Construct, *, settings: Settings, network: NetworkStack) -> None:
        """Make the zone and its records."""
        super().__init__(scope, "dns", settings=settings)
        PrivateZone(
            self,
            "zone",
            props=PrivateZoneProps(
                name=settings.name("zone"),
                dns_name=settings.dns.zone,
                network=network.network,
                records={
                    service.key: Record(host=service.host, address=network.addresses[service.key])
                    for service in settings.services
                },
                labels=settings.labels,
                depends_on=self.enable_apis("dns.googleapis.com"),
            ),
        )
        self.tell(
            "urls",
            {service.key: settings.url(service) for service in settings.services},
            "What the app calls, by service.",
        )

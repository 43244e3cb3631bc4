"""The DNS stack: the names that the app calls."""

from constructs import Construct

from private_line.existing_zone import ExistingZone, ExistingZoneProps
from private_line.interfaces import AnyZone
from private_line.private_zone import ARecord, ARecordProps, PrivateZone, PrivateZoneProps
from settings import existing
from settings.environment import Settings
from stacks.base import EnvironmentStack
from stacks.forgotten import ZONE
from stacks.network import NetworkStack
from stacks.service import ServiceStack


class DnsStack(EnvironmentStack):
    """The private zone and its A records. Depends on the network and service stacks.

    Terraform applies this stack last, so a name resolves only when its load balancer exists, and
    destroys it first. A record's construct id comes from its host: if an API is renamed, or two
    APIs swap hosts, Terraform updates the records in place.
    """

    def __init__(
        self, scope: Construct, *, settings: Settings, network: NetworkStack, service: ServiceStack
    ) -> None:
        """Create the zone, or read an existing one, and create one A record per API."""
        super().__init__(scope, "dns", settings=settings)
        match settings.dns:
            case existing.ExistingDns() as section:
                zone: AnyZone = ExistingZone(
                    self,
                    "zone",
                    props=ExistingZoneProps(name=settings.zone_name, dns_name=section.zone),
                )
                self.forget(ZONE)
            case section:
                zone = PrivateZone(
                    self,
                    "zone",
                    props=PrivateZoneProps(
                        name=settings.zone_name,
                        dns_name=section.zone,
                        network=network.network,
                        labels=settings.labels,
                    ),
                )
        for api in settings.services:
            ARecord(
                self,
                # An id cannot contain a dot, nor a host an underscore: `my.team` is not `myteam`.
                f"record-{api.host.replace('.', '_')}",
                props=ARecordProps(host=api.host, zone=zone, address=service.addresses[api.key]),
            )
        self.add_output(
            "urls",
            {api.key: settings.url(api) for api in settings.services},
            "What the app calls, by service.",
        )

"""A private DNS zone that exists already."""

from dataclasses import dataclass

from cdktf_cdktf_provider_google.data_google_dns_managed_zone import DataGoogleDnsManagedZone
from constructs import Construct

from private_line import names
from private_line.requirement import Requirement, lifecycle


@dataclass(frozen=True, kw_only=True)
class ExistingZoneProps:
    """Properties of a zone to read.

    Attributes:
        name: the resource name of the zone.
        dns_name: its DNS name without a trailing dot, such as `api.private`.

    Raises:
        InvalidValueError: a name is invalid.
    """

    name: str
    dns_name: str

    def __post_init__(self) -> None:
        """Validate the props."""
        names.dns_label(self.name)
        names.dns_name(self.dns_name)


class ExistingZone(Construct):
    """A zone that Terraform reads, and never changes.

    The data source does not say which networks see the zone. A record of the same name that
    somebody else created is overwritten without a message. Reading the zone needs the permission
    dns.managedZones.get, for example in roles/dns.reader.
    """

    def __init__(self, scope: Construct, construct_id: str, *, props: ExistingZoneProps) -> None:
        """Read the zone."""
        super().__init__(scope, construct_id)
        self._zone = DataGoogleDnsManagedZone(
            self,
            "Default",
            name=props.name,
            lifecycle=lifecycle(
                [
                    Requirement(
                        condition='self.visibility == "private"',
                        key="dns.name",
                        value=props.name,
                        rule="must be a private zone",
                        hint="the zone is ${self.visibility}: name another zone",
                    ),
                    Requirement(
                        condition=f'self.dns_name == "{props.dns_name}."',
                        key="dns.zone",
                        value=props.dns_name,
                        rule=f"must be the DNS name of {props.name}",
                        hint='write "${trimsuffix(self.dns_name, ".")}", or name another zone',
                    ),
                ]
            ),
        )

    @property
    def name(self) -> str:
        """The resource name of the zone."""
        return self._zone.name

    @property
    def dns_name(self) -> str:
        """The DNS name of the zone, with a trailing dot."""
        return self._zone.dns_name

"""The private DNS zone that gives the load balancers their names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from cdktf import ITerraformDependable
from cdktf_cdktf_provider_google.dns_managed_zone import (
    DnsManagedZone,
    DnsManagedZonePrivateVisibilityConfig,
    DnsManagedZonePrivateVisibilityConfigNetworks,
)
from cdktf_cdktf_provider_google.dns_record_set import DnsRecordSet
from constructs import Construct

from private_line import names, rules
from private_line.network import Network
from private_line.reserved_address import ReservedAddress

RECORD_TTL: Final = 300
"""Seconds that a caller may keep an address, and a removed name."""


@dataclass(frozen=True, kw_only=True)
class PrivateZoneProps:
    """A zone.

    Attributes:
        name: name of the zone as a resource.
        dns_name: the zone's DNS name without the dot at its end, such as `api.private`.
        network: the one network that sees the zone.
        labels: labels of the zone.
        depends_on: what must exist first, such as the project's APIs.

    Raises:
        InvalidValueError: `dns_name` is not a DNS name or hides names that others need, or a label
            breaks its rule.
    """

    name: str
    dns_name: str
    network: Network
    labels: Mapping[str, str] = field(default_factory=dict)
    depends_on: Sequence[ITerraformDependable] = ()

    def __post_init__(self) -> None:
        """Reject what Google would reject."""
        names.private_zone(self.dns_name)
        rules.labels(self.labels)


class PrivateZone(Construct):
    """A zone that one network sees."""

    def __init__(self, scope: Construct, construct_id: str, *, props: PrivateZoneProps) -> None:
        """Make the zone; the provider's own default would be a public one."""
        super().__init__(scope, construct_id)
        self._zone = DnsManagedZone(
            self,
            "Default",
            name=props.name,
            dns_name=f"{props.dns_name}.",
            description=f"Names of the internal load balancers under {props.dns_name}.",
            visibility="private",
            private_visibility_config=DnsManagedZonePrivateVisibilityConfig(
                networks=[
                    DnsManagedZonePrivateVisibilityConfigNetworks(
                        network_url=props.network.network_id
                    )
                ]
            ),
            labels=dict(props.labels),
            depends_on=list(props.depends_on) or None,
        )

    @property
    def name(self) -> str:
        """The zone's name as a resource."""
        return self._zone.name

    @property
    def dns_name(self) -> str:
        """The zone's DNS name, with the dot at its end."""
        return self._zone.dns_name


@dataclass(frozen=True, kw_only=True)
class ARecordProps:
    """A name in a zone.

    Attributes:
        host: the name inside the zone, such as `my`.
        zone: the zone.
        address: the reserved address that it points at.

    Raises:
        InvalidValueError: the host is not a DNS name.
    """

    host: str
    zone: PrivateZone
    address: ReservedAddress

    def __post_init__(self) -> None:
        """Reject what Google would reject."""
        names.dns_name(self.host)


class ARecord(Construct):
    """A name that points at a load balancer."""

    def __init__(self, scope: Construct, construct_id: str, *, props: ARecordProps) -> None:
        """Make the record."""
        super().__init__(scope, construct_id)
        DnsRecordSet(
            self,
            "Default",
            name=f"{props.host}.{props.zone.dns_name}",
            managed_zone=props.zone.name,
            type="A",
            ttl=RECORD_TTL,
            rrdatas=[props.address.address],
        )

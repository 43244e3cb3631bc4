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
"""Seconds. An address changes only when it is replaced, which is an outage anyway."""


@dataclass(frozen=True, kw_only=True)
class Record:
    """One A record.

    Attributes:
        host: the name inside the zone, such as `my`.
        address: the reserved address that it points at.

    Raises:
        InvalidValueError: the host is not a DNS name.
    """

    host: str
    address: ReservedAddress

    def __post_init__(self) -> None:
        """Reject what Google would reject."""
        names.dns_name(self.host)


@dataclass(frozen=True, kw_only=True)
class PrivateZoneProps:
    """A zone and its records.

    Attributes:
        name: name of the zone as a resource.
        dns_name: the zone's DNS name without the dot at its end, such as `api.private`.
        network: the one network that sees the zone.
        records: A records, by the service's key.
        labels: labels of the zone.
        depends_on: what must exist first, such as the project's APIs.

    Raises:
        InvalidValueError: `dns_name` is not a DNS name or hides names that others need, or a label
            breaks its rule.
    """

    name: str
    dns_name: str
    network: Network
    records: Mapping[str, Record]
    labels: Mapping[str, str] = field(default_factory=dict)
    depends_on: Sequence[ITerraformDependable] = ()

    def __post_init__(self) -> None:
        """Reject what Google would reject."""
        names.private_zone(self.dns_name)
        rules.labels(self.labels)


class PrivateZone(Construct):
    """A zone that one network sees, with an A record a service."""

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
        for key, record in props.records.items():
            DnsRecordSet(
                self,
                key,
                name=f"{record.host}.{self._zone.dns_name}",
                managed_zone=self._zone.name,
                type="A",
                ttl=RECORD_TTL,
                rrdatas=[record.address.address],
            )

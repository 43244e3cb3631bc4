"""The private DNS zone and its A records for the load balancers."""

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
from private_line.interfaces import AnyNetwork, AnyZone
from private_line.reserved_address import ReservedAddress

RECORD_TTL: Final = 300
"""Time to live in seconds: how long resolvers cache an address, or that a name is missing."""


@dataclass(frozen=True, kw_only=True)
class PrivateZoneProps:
    """Properties of a zone.

    Attributes:
        name: the resource name of the zone.
        dns_name: the DNS name of the zone without a trailing dot, such as `api.private`.
        network: the only network in which the zone is visible.
        labels: labels of the zone. Default: none.
        depends_on: resources to create first, such as the project's APIs. Default: none.

    Raises:
        InvalidValueError: `dns_name` is not a DNS name, is a public suffix or hides the metadata
            server, or a label is invalid.
    """

    name: str
    dns_name: str
    network: AnyNetwork
    labels: Mapping[str, str] = field(default_factory=dict)
    depends_on: Sequence[ITerraformDependable] = ()

    def __post_init__(self) -> None:
        """Validate the props."""
        names.private_zone(self.dns_name)
        rules.labels(self.labels)


class PrivateZone(Construct):
    """A private zone, visible in one network."""

    def __init__(self, scope: Construct, construct_id: str, *, props: PrivateZoneProps) -> None:
        """Create the zone. The provider's default visibility is public, so it is set explicitly."""
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
        """The resource name of the zone."""
        return self._zone.name

    @property
    def dns_name(self) -> str:
        """The DNS name of the zone, with a trailing dot."""
        return self._zone.dns_name


@dataclass(frozen=True, kw_only=True)
class ARecordProps:
    """Properties of an A record.

    Attributes:
        host: the name relative to the zone, such as `my`.
        zone: the zone.
        address: the reserved address that the record resolves to.

    Raises:
        InvalidValueError: the host is not a DNS name.
    """

    host: str
    zone: AnyZone
    address: ReservedAddress

    def __post_init__(self) -> None:
        """Validate the props."""
        names.dns_name(self.host)


class ARecord(Construct):
    """An A record that resolves to the address of a load balancer."""

    def __init__(self, scope: Construct, construct_id: str, *, props: ARecordProps) -> None:
        """Create the record, with a time to live of 300 seconds."""
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

"""A subnet that exists already."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Final

from cdktf_cdktf_provider_google.data_google_compute_subnetwork import DataGoogleComputeSubnetwork
from constructs import Construct

from private_line import limits, names
from private_line.requirement import Requirement, lifecycle, listed, within


@dataclass(frozen=True, kw_only=True)
class ExistingSubnetProps:
    """Properties of a subnet to read.

    Attributes:
        key: the setting or prop that names the subnet, for messages.
        name: its name.
        region: its region.
        network_id: the VPC that it must be in, as `projects/P/global/networks/N`.
        requirements: what else must hold. Default: only that its range is private.

    Raises:
        InvalidValueError: the name or region is invalid.
    """

    key: str
    name: str
    region: str
    network_id: str
    requirements: Sequence[Requirement] = ()

    def __post_init__(self) -> None:
        """Validate the props."""
        names.dns_label(self.name)
        names.region(self.region)


class ExistingSubnet(Construct):
    """A subnet that Terraform reads. It must be in the VPC, and have a private range.

    Reading it needs the permission compute.subnetworks.get, for example in the role
    roles/compute.networkViewer.
    """

    def __init__(self, scope: Construct, construct_id: str, *, props: ExistingSubnetProps) -> None:
        """Read the subnet."""
        super().__init__(scope, construct_id)
        self._subnet = DataGoogleComputeSubnetwork(
            self,
            "Default",
            name=props.name,
            region=props.region,
            lifecycle=lifecycle(
                [
                    Requirement(
                        condition=f'endswith(self.network, "/${{{props.network_id}}}")',
                        key=props.key,
                        value=props.name,
                        rule=f"must be in the network {props.network_id}",
                        hint="the subnet is in ${self.network}: correct network.name, or name"
                        " another subnet",
                    ),
                    Requirement(
                        condition=within("self.ip_cidr_range", listed(limits.PRIVATE_RANGES)),
                        key=props.key,
                        value=props.name,
                        rule="must have a private range: App Engine sends no other traffic to the"
                        " connector",
                        hint="the subnet has ${self.ip_cidr_range}: name another subnet",
                    ),
                    *props.requirements,
                ]
            ),
        )

    @property
    def id(self) -> str:
        """The subnet as `projects/P/regions/R/subnetworks/N`."""
        return self._subnet.id

    @property
    def name(self) -> str:
        """The short name."""
        return self._subnet.name

    @property
    def range(self) -> str:
        """The primary range, in CIDR notation."""
        return self._subnet.ip_cidr_range


def same_range(key: str, given: IPv4Network | None, read: str) -> list[Requirement]:
    """The requirement that a range is what the settings say; nothing if they say nothing.

    Args:
        key: the setting or prop with the range.
        given: the range.
        read: an expression for the range that exists. If it is empty or null, the requirement
            holds.
    """
    if given is None:
        return []
    known = f'coalesce({read}, "{given}")'
    return [
        Requirement(
            condition=f'{known} == "{given}"',
            key=key,
            value=str(given),
            rule="must be the range that exists",
            hint=f'write "${{{known}}}", or remove it',
        )
    ]


_RANGE_OF: Final = (
    "one([for range in self.secondary_ip_range : range.ip_cidr_range"
    " if range.range_name == {name}])"
)


def secondary_range(name: str) -> str:
    """An expression for a secondary range of the subnet; null if it does not exist."""
    return _RANGE_OF.format(name=json.dumps(name))

"""The reserved internal address of one load balancer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address

from cdktf_cdktf_provider_google.compute_address import ComputeAddress
from constructs import Construct

from private_line import names, rules
from private_line.interfaces import AnyNetwork
from private_line.moved import move


@dataclass(frozen=True, kw_only=True)
class ReservedAddressProps:
    """Properties of an address in the node subnet.

    Attributes:
        name: the name of the address, by which GKE finds it.
        network: the network that holds the node subnet.
        region: the region of the node subnet.
        address: a fixed address. Default: Google chooses a free one.
        labels: labels of the address. Default: none.
        moved_from: the construct id before a rename, see `move`. Default: no rename.

    Raises:
        InvalidValueError: the name, region or a label is invalid.
    """

    name: str
    network: AnyNetwork
    region: str
    address: IPv4Address | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    moved_from: str | None = None

    def __post_init__(self) -> None:
        """Validate the props."""
        names.dns_label(self.name)
        names.region(self.region)
        rules.labels(self.labels)


class ReservedAddress(Construct):
    """An internal address for a Service and its DNS record.

    Both refer to the reserved address, so the record does not read the status of the Service.
    """

    def __init__(self, scope: Construct, construct_id: str, *, props: ReservedAddressProps) -> None:
        """Reserve the address. The provider's default type is external, so it is set explicitly."""
        super().__init__(scope, construct_id)
        self._address = ComputeAddress(
            self,
            "Default",
            name=props.name,
            region=props.region,
            address=None if props.address is None else str(props.address),
            address_type="INTERNAL",
            purpose="GCE_ENDPOINT",
            subnetwork=props.network.node_subnet_id,
            labels=dict(props.labels),
        )
        move(self._address, props.moved_from)

    @property
    def address(self) -> str:
        """The IPv4 address."""
        return self._address.address

    @property
    def name(self) -> str:
        """The name by which GKE finds the address."""
        return self._address.name

    @property
    def replacement_trigger(self) -> str:
        """For `replace_triggered_by` of the resource that uses the address, in the same stack.

        It refers to the id, which is unknown in a plan that replaces the address. A reference to
        the whole resource would also trigger on an update of its labels. It is a string, not a
        token: Terraform rejects `${...}` in `replace_triggered_by`.
        """
        return f"{self._address.terraform_resource_type}.{self._address.friendly_unique_id}.id"

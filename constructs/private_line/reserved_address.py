"""The internal address of one load balancer, reserved before the load balancer exists."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address

from cdktf_cdktf_provider_google.compute_address import ComputeAddress
from constructs import Construct

from private_line import names, rules
from private_line.moved import move
from private_line.network import Network


@dataclass(frozen=True, kw_only=True)
class ReservedAddressProps:
    """One address of the node subnet.

    Attributes:
        name: name of the address; GKE finds it by this name.
        network: the network that holds the node subnet.
        region: region of the node subnet.
        address: a fixed address; without one Google picks a free one.
        labels: labels of the address.
        moved_from: the construct id of this address before a rename.

    Raises:
        InvalidValueError: name, region or a label breaks its rule.
    """

    name: str
    network: Network
    region: str
    address: IPv4Address | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    moved_from: str | None = None

    def __post_init__(self) -> None:
        """Reject what Google would reject."""
        names.dns_label(self.name)
        names.region(self.region)
        rules.labels(self.labels)


class ReservedAddress(Construct):
    """An internal address that a Service and a DNS record share.

    Reserving it first is what lets both know it without one waiting for the other.
    """

    def __init__(self, scope: Construct, construct_id: str, *, props: ReservedAddressProps) -> None:
        """Reserve it; the provider's own default would be an external address."""
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
        """The name under which GKE looks it up."""
        return self._address.name

    @property
    def replacement_trigger(self) -> str:
        """For `replace_triggered_by` of what holds the address, in the same stack.

        The id is unknown while planning whenever the address is made anew, also with its old value.
        The whole resource would fire on an update of its labels. A string, not a token: Terraform
        rejects `${...}` there.
        """
        return f"{self._address.terraform_resource_type}.{self._address.friendly_unique_id}.id"

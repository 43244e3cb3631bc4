"""The VPC, its node subnet and, optionally, Cloud NAT."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Final

from cdktf import ITerraformDependable, TerraformResourceLifecycle
from cdktf_cdktf_provider_google.compute_network import ComputeNetwork
from cdktf_cdktf_provider_google.compute_router import ComputeRouter
from cdktf_cdktf_provider_google.compute_router_nat import (
    ComputeRouterNat,
    ComputeRouterNatLogConfig,
    ComputeRouterNatSubnetwork,
)
from cdktf_cdktf_provider_google.compute_subnetwork import (
    ComputeSubnetwork,
    ComputeSubnetworkSecondaryIpRange,
)
from constructs import Construct

from private_line import choices, names, rules
from private_line.flow_logs import flow_logs

_PODS_RANGE: Final = "pods"
_SERVICES_RANGE: Final = "services"


@dataclass(frozen=True, kw_only=True)
class NetworkProps:
    """Properties of a VPC and its address plan.

    Attributes:
        name: a function that builds a resource name from a suffix, such as `private-nodes` from
            `nodes`.
        network_name: the name of the VPC, at most 63 characters.
        region: the region of nodes and load balancers.
        nodes: the primary range of the node subnet, for nodes and load balancers. It is private
            (RFC 1918, RFC 6598), because App Engine calls the load balancers.
        pods: the secondary range for pods, private or another range that a subnet can have. GKE
            assigns a /24 per node.
        services: the secondary range for ClusterIPs, as for pods, a /16 to a /28.
        nat: whether nodes and pods can reach the internet through Cloud NAT. Default: they
            cannot; Google's APIs are reachable in any case.
        deletion_protection: whether a plan that destroys or replaces the VPC or the node subnet
            fails. Default: it fails.
        depends_on: resources to create first, such as the project's APIs. Default: none.

    Raises:
        InvalidValueError: the name or region is invalid, the range for nodes is not private, or a
            range overlaps one that Google prohibits or has the wrong size.
    """

    name: Callable[[str], str]
    network_name: str
    region: str
    nodes: IPv4Network
    pods: IPv4Network
    services: IPv4Network
    nat: bool = choices.NAT
    deletion_protection: bool = choices.DELETION_PROTECTION
    depends_on: Sequence[ITerraformDependable] = ()

    def __post_init__(self) -> None:
        """Validate the props."""
        names.dns_label(self.network_name)
        names.region(self.region)
        rules.nodes_range(self.nodes)
        rules.subnet_range(self.pods)
        rules.services_range(self.services)


class Network(Construct):
    """A custom mode VPC with a subnet for nodes and load balancers.

    Nodes reach Google's APIs without external addresses (Private Google Access), and the node
    subnet has VPC Flow Logs. Cloud NAT serves only the node subnet: nodes and pods.
    """

    def __init__(self, scope: Construct, construct_id: str, *, props: NetworkProps) -> None:
        """Create the VPC, its node subnet and, with `nat`, Cloud NAT."""
        super().__init__(scope, construct_id)
        self._lifecycle = TerraformResourceLifecycle(prevent_destroy=props.deletion_protection)
        self._pods = props.pods
        self._vpc = ComputeNetwork(
            self,
            "Default",
            name=props.network_name,
            auto_create_subnetworks=False,
            routing_mode="REGIONAL",
            lifecycle=self._lifecycle,
            depends_on=list(props.depends_on) or None,
        )
        self._nodes = self._node_subnet(props)
        if props.nat:
            self._add_nat(props)

    def _node_subnet(self, props: NetworkProps) -> ComputeSubnetwork:
        return ComputeSubnetwork(
            self,
            "nodes",
            name=props.name("nodes"),
            network=self._vpc.id,
            region=props.region,
            ip_cidr_range=str(props.nodes),
            private_ip_google_access=True,
            secondary_ip_range=[
                ComputeSubnetworkSecondaryIpRange(
                    range_name=_PODS_RANGE, ip_cidr_range=str(props.pods)
                ),
                ComputeSubnetworkSecondaryIpRange(
                    range_name=_SERVICES_RANGE, ip_cidr_range=str(props.services)
                ),
            ],
            log_config=flow_logs(),
            lifecycle=self._lifecycle,
        )

    def _add_nat(self, props: NetworkProps) -> None:
        router = ComputeRouter(
            self,
            "router",
            name=props.name("router"),
            network=self._vpc.id,
            region=props.region,
        )
        ComputeRouterNat(
            self,
            "nat",
            name=props.name("nat"),
            router=router.name,
            region=props.region,
            nat_ip_allocate_option="AUTO_ONLY",
            source_subnetwork_ip_ranges_to_nat="LIST_OF_SUBNETWORKS",
            subnetwork=[
                ComputeRouterNatSubnetwork(
                    name=self._nodes.id,
                    source_ip_ranges_to_nat=["PRIMARY_IP_RANGE", "LIST_OF_SECONDARY_IP_RANGES"],
                    secondary_ip_range_names=[_PODS_RANGE],
                )
            ],
            log_config=ComputeRouterNatLogConfig(enable=True, filter="ERRORS_ONLY"),
        )

    @property
    def network_id(self) -> str:
        """The VPC as `projects/P/global/networks/N`."""
        return self._vpc.id

    @property
    def pods_range(self) -> str:
        """The name of the node subnet's secondary range for pods."""
        return _PODS_RANGE

    @property
    def services_range(self) -> str:
        """The name of the node subnet's secondary range for ClusterIPs of Services."""
        return _SERVICES_RANGE

    @property
    def pods_are_public(self) -> bool:
        """Whether the pods privately use a public range."""
        return rules.is_public(self._pods)

    @property
    def node_subnet_id(self) -> str:
        """The node subnet as `projects/P/regions/R/subnetworks/N`."""
        return self._nodes.id

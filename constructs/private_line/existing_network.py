"""A VPC that exists already, with a subnet for nodes and load balancers."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network

from cdktf_cdktf_provider_google.data_google_compute_network import DataGoogleComputeNetwork
from constructs import Construct

from private_line import limits, names, rules
from private_line.errors import InvalidValueError
from private_line.existing_subnet import (
    ExistingSubnet,
    ExistingSubnetProps,
    same_range,
    secondary_range,
)
from private_line.requirement import (
    Requirement,
    lifecycle,
    listed,
    or_empty,
    overlap,
    within,
)


@dataclass(frozen=True, kw_only=True)
class ExistingNetworkProps:
    """Properties of a VPC to read.

    Attributes:
        name: the name of the VPC.
        region: the region of nodes and load balancers.
        node_subnet: the name of the subnet for nodes and load balancers.
        pods_range: the name of its secondary range for pods. Required for a new cluster.
        services_range: the name of its secondary range for ClusterIPs. Required for a new cluster.
        nodes: the primary range that the subnet must have. Default: any private range.
        pods: the secondary range that pods must have. Default: any, but for a new cluster not a
            public one.
        services: the secondary range that ClusterIPs must have. Default: any.
        addresses: addresses that the subnet must contain, by setting or prop. Default: none.
        outside: ranges that must not overlap those of the subnet, by setting or prop. Default:
            none.
        new_cluster: whether a cluster is created in the subnet. Its nodes then need Private Google
            Access, since they have no external addresses.

    Raises:
        InvalidValueError: a name is invalid, or a new cluster lacks the name of a range.
    """

    name: str
    region: str
    node_subnet: str
    pods_range: str | None
    services_range: str | None
    nodes: IPv4Network | None = None
    pods: IPv4Network | None = None
    services: IPv4Network | None = None
    addresses: Mapping[str, IPv4Address] = field(default_factory=dict)
    outside: Mapping[str, IPv4Network] = field(default_factory=dict)
    new_cluster: bool

    def __post_init__(self) -> None:
        """Validate the props."""
        names.dns_label(self.name)
        names.region(self.region)
        names.dns_label(self.node_subnet)
        ranges = (self.pods_range, self.services_range)
        if self.new_cluster and None in ranges:
            raise InvalidValueError(
                "a cluster needs secondary ranges", "set pods_range and services_range"
            )
        for name in ranges:
            if name is not None:
                names.dns_label(name)


class ExistingNetwork(Construct):
    """A VPC that Terraform reads, and never changes.

    A legacy network has no subnets, and Serverless VPC Access does not support it:
    https://cloud.google.com/vpc/docs/configure-serverless-vpc-access. Reading needs the permissions
    compute.networks.get and compute.subnetworks.get, for example in roles/compute.networkViewer.
    """

    def __init__(self, scope: Construct, construct_id: str, *, props: ExistingNetworkProps) -> None:
        """Read the VPC, then its node subnet."""
        super().__init__(scope, construct_id)
        self._props = props
        self._vpc = DataGoogleComputeNetwork(
            self,
            "Default",
            name=props.name,
            lifecycle=lifecycle(_vpc_requirements(props)),
        )
        self._nodes = ExistingSubnet(
            self,
            "nodes",
            props=ExistingSubnetProps(
                key="network.node_subnet",
                name=props.node_subnet,
                region=props.region,
                # Terraform reads the subnet only if the requirements of the VPC hold.
                network_id=self._vpc.id,
                requirements=[*_subnet_requirements(props), *_address_requirements(props)],
            ),
        )

    @property
    def network_id(self) -> str:
        """The VPC as `projects/P/global/networks/N`."""
        return self._vpc.id

    @property
    def node_subnet_id(self) -> str:
        """The node subnet as `projects/P/regions/R/subnetworks/N`."""
        return self._nodes.id

    @property
    def pods_range(self) -> str:
        """The name of the secondary range for pods; empty if the props name none."""
        return self._props.pods_range or ""

    @property
    def services_range(self) -> str:
        """The name of the secondary range for ClusterIPs; empty if the props name none."""
        return self._props.services_range or ""

    @property
    def pods_are_public(self) -> bool:
        """Whether the pods privately use a public range, which then is in `pods`."""
        return self._props.pods is not None and rules.is_public(self._props.pods)


def _vpc_requirements(props: ExistingNetworkProps) -> list[Requirement]:
    link = f"/regions/{props.region}/subnetworks/"
    in_region = (
        f"[for link in self.subnetworks_self_links : basename(link)"
        f' if length(regexall("{link}", link)) > 0]'
    )
    return [
        Requirement(
            condition=f'{or_empty("self.gateway_ipv4")} == ""',
            key="network.name",
            value=props.name,
            rule="must not be a legacy network: it has no subnets, and no connector can use it",
            hint="name a VPC with subnets",
        ),
        Requirement(
            condition=f'{or_empty("self.gateway_ipv4")} != ""'
            f' || contains({in_region}, "{props.node_subnet}")',
            key="network.node_subnet",
            value=props.node_subnet,
            rule=f"must be a subnet of {props.name} in {props.region}",
            hint=f'{props.name} has there: ${{coalesce(join(", ", {in_region}), "none")}}',
        ),
    ]


def _subnet_requirements(props: ExistingNetworkProps) -> list[Requirement]:
    requirements = same_range("network.nodes", props.nodes, "self.ip_cidr_range")
    if props.new_cluster:
        requirements.append(
            Requirement(
                condition="self.private_ip_google_access",
                key="network.node_subnet",
                value=props.node_subnet,
                rule="must have Private Google Access: nodes have no external addresses",
                hint="its owner can turn it on: gcloud compute networks subnets update"
                f" {props.node_subnet} --region={props.region} --enable-private-ip-google-access",
            )
        )
    for part, name, given in (
        ("pods", props.pods_range, props.pods),
        ("services", props.services_range, props.services),
    ):
        if name is not None:
            requirements.append(
                Requirement(
                    condition=f'contains(self.secondary_ip_range[*].range_name, "{name}")',
                    key=f"network.{part}_range",
                    value=name,
                    rule=f"must be a secondary range of {props.node_subnet}",
                    hint='the subnet has ${coalesce(join(", ",'
                    ' self.secondary_ip_range[*].range_name), "none")}',
                )
            )
            requirements += same_range(f"network.{part}", given, secondary_range(name))
    if props.new_cluster and props.pods_range is not None and props.pods is None:
        read = secondary_range(props.pods_range)
        requirements.append(
            Requirement(
                condition=f"try({within(read, listed(limits.NOT_PUBLIC))}, true)",
                key="network.pods_range",
                value=props.pods_range,
                rule="names a public range, for which nodes must not translate addresses of pods",
                hint=f"write pods = ${{jsonencode({read})}} beside it",
            )
        )
    return requirements


def _address_requirements(props: ExistingNetworkProps) -> Iterator[Requirement]:
    for key, address in props.addresses.items():
        yield Requirement(
            condition=within(json.dumps(f"{address}/32"), "[self.ip_cidr_range]"),
            key=key,
            value=str(address),
            rule=f"must be in the range of {props.node_subnet}",
            hint="choose a free address of ${self.ip_cidr_range}",
        )
    secondary = [name for name in (props.pods_range, props.services_range) if name is not None]
    ranges = ", ".join(["self.ip_cidr_range", *map(secondary_range, secondary)])
    for key, network in props.outside.items():
        yield Requirement(
            condition=f"!({overlap(json.dumps(str(network)), f'compact([{ranges}])')})",
            key=key,
            value=str(network),
            rule=f"must not overlap a range of {props.node_subnet}",
            hint=f'the subnet has ${{join(", ", compact([{ranges}]))}}: choose another range',
        )

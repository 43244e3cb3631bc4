"""The Serverless VPC Access connector, which connects App Engine to the VPC."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import NamedTuple

from cdktf import ITerraformDependable, TerraformResourceLifecycle
from cdktf_cdktf_provider_google.compute_subnetwork import ComputeSubnetwork
from cdktf_cdktf_provider_google.vpc_access_connector import (
    VpcAccessConnector,
    VpcAccessConnectorSubnet,
)
from constructs import Construct

from private_line import choices, names, rules
from private_line.app_yaml import app_yaml
from private_line.connector_deny import ConnectorDeny, ConnectorDenyProps
from private_line.errors import InvalidValueError
from private_line.existing_subnet import ExistingSubnet, ExistingSubnetProps, same_range
from private_line.flow_logs import flow_logs
from private_line.interfaces import AnyNetwork
from private_line.requirement import Requirement


@dataclass(frozen=True, kw_only=True)
class ConnectorProps:
    """Properties of a connector and its subnet.

    Attributes:
        name: a function that builds a resource name from a suffix, such as `private-connector`
            from `connector`.
        connector_name: the name of the connector: at most 20 characters, where a hyphen counts as
            two. See https://cloud.google.com/appengine/docs/standard/connecting-vpc.
        region: the region of App Engine.
        network: the network that the connector connects to.
        subnet_range: the range of the connector's own subnet, a private /28. None: whatever range
            `existing_subnet` has.
        existing_subnet: the name of a subnet in the same region, which exists, and which nothing
            else uses. Default: a subnet is created.
        machine_type: f1-micro, e2-micro or e2-standard-4. Default: e2-micro.
        min_instances: the minimum number of instances, 2 to 9. Default: 2.
        max_instances: the maximum number of instances, 3 to 10 and above `min_instances`.
            Default: 3. A connector scales up to it and never down. Decreasing either number
            replaces the connector.
        depends_on: resources to create first, such as the project's APIs. Default: none.

    Raises:
        InvalidValueError: the name, region, range or number of instances is invalid.
    """

    name: Callable[[str], str]
    connector_name: str
    region: str
    network: AnyNetwork
    subnet_range: IPv4Network | None
    existing_subnet: str | None = None
    machine_type: choices.ConnectorMachineType = choices.CONNECTOR_MACHINE_TYPE
    min_instances: int = choices.CONNECTOR_MIN_INSTANCES
    max_instances: int = choices.CONNECTOR_MAX_INSTANCES
    depends_on: Sequence[ITerraformDependable] = ()

    def __post_init__(self) -> None:
        """Validate the props."""
        names.connector_name(self.connector_name)
        names.region(self.region)
        if self.subnet_range is not None:
            rules.connector_range(self.subnet_range)
        if self.existing_subnet is not None:
            names.dns_label(self.existing_subnet)
        elif self.subnet_range is None:
            raise InvalidValueError("a new subnet needs a range", "set subnet_range")
        rules.connector_instances(self.min_instances, self.max_instances)


def connector_tag(region: str, connector_name: str) -> str:
    """The network tag that Google sets on a connector's instances.

    See https://cloud.google.com/vpc/docs/configure-serverless-vpc-access.
    """
    return f"vpc-connector-{region}-{connector_name}"


class _Subnet(NamedTuple):
    """The connector's subnet: its name, its range, and the connector's lifecycle for it."""

    name: str
    range: str
    lifecycle: TerraformResourceLifecycle | None = None


class Connector(Construct):
    """A connector on its own subnet, with firewall rules that deny it all traffic by default.

    By default, a connector can reach the whole VPC. Here, Terraform creates the deny rules first,
    so the connector never has that access; `AllowEgress`, `AllowIngress` and `ExtraDestinations`
    allow single destinations.

    The connector refers to its subnet by name, so a new range alone does not change the connector:
    `replace_triggered_by` replaces it when a subnet that is created with it is replaced. Terraform
    destroys the old connector first, because two connectors cannot share a name or a subnet. The
    number of instances is always set: the API rejects a connector without it.
    """

    def __init__(self, scope: Construct, construct_id: str, *, props: ConnectorProps) -> None:
        """Create the subnet, the deny rules and the connector."""
        super().__init__(scope, construct_id)
        if props.existing_subnet is None:
            subnet = self._create_subnet(props)
        else:
            subnet = self._read_subnet(props, props.existing_subnet)
        self._range = subnet.range
        self._tag = connector_tag(props.region, props.connector_name)
        deny = ConnectorDeny(
            self,
            "deny",
            props=ConnectorDenyProps(
                name=props.name,
                network=props.network,
                connector_range=self.connector_range,
                connector_tag=self._tag,
            ),
        )
        self._connector = VpcAccessConnector(
            self,
            "Default",
            name=props.connector_name,
            region=props.region,
            subnet=VpcAccessConnectorSubnet(name=subnet.name),
            machine_type=props.machine_type,
            min_instances=props.min_instances,
            max_instances=props.max_instances,
            lifecycle=subnet.lifecycle,
            depends_on=[*props.depends_on, *deny.dependables],
        )

    def _create_subnet(self, props: ConnectorProps) -> _Subnet:
        subnet = ComputeSubnetwork(
            self,
            "subnet",
            name=props.name("connector"),
            network=props.network.network_id,
            region=props.region,
            ip_cidr_range=str(props.subnet_range),
            private_ip_google_access=True,
            log_config=flow_logs(),
        )
        trigger = f"{subnet.terraform_resource_type}.{subnet.friendly_unique_id}.id"
        return _Subnet(
            name=subnet.name,
            range=subnet.ip_cidr_range,
            lifecycle=TerraformResourceLifecycle(replace_triggered_by=[trigger]),
        )

    def _read_subnet(self, props: ConnectorProps, name: str) -> _Subnet:
        subnet = ExistingSubnet(
            self,
            "subnet",
            props=ExistingSubnetProps(
                key="network.connector_subnet",
                name=name,
                region=props.region,
                network_id=props.network.network_id,
                requirements=[
                    Requirement(
                        condition='endswith(self.ip_cidr_range, "/28")',
                        key="network.connector_subnet",
                        value=name,
                        rule="must be a /28: a connector needs one",
                        hint="the subnet has ${self.ip_cidr_range}: name another subnet, or write"
                        ' the range of a new one, for example connector = "10.8.0.0/28"',
                    ),
                    *same_range("network.connector", props.subnet_range, "self.ip_cidr_range"),
                ],
            ),
        )
        return _Subnet(name=subnet.name, range=subnet.range)

    @property
    def connector_id(self) -> str:
        """The connector as `projects/P/locations/R/connectors/N`, as app.yaml expects it."""
        return self._connector.id

    @property
    def connector_range(self) -> str:
        """The range of the connector's subnet, in CIDR notation: the source of all its calls."""
        return self._range

    @property
    def connector_tag(self) -> str:
        """The network tag of the connector's instances."""
        return self._tag

    @property
    def app_yaml(self) -> str:
        """The lines of app.yaml that send an app's traffic to private ranges through it."""
        return app_yaml(self.connector_id)

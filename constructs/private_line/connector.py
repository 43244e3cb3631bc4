"""The Serverless VPC Access connector, which connects App Engine to the VPC."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network

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
from private_line.flow_logs import flow_logs
from private_line.network import Network


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
        subnet_range: the range of the connector's own subnet, a private /28.
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
    network: Network
    subnet_range: IPv4Network
    machine_type: choices.ConnectorMachineType = choices.CONNECTOR_MACHINE_TYPE
    min_instances: int = choices.CONNECTOR_MIN_INSTANCES
    max_instances: int = choices.CONNECTOR_MAX_INSTANCES
    depends_on: Sequence[ITerraformDependable] = ()

    def __post_init__(self) -> None:
        """Validate the props."""
        names.connector_name(self.connector_name)
        names.region(self.region)
        rules.connector_range(self.subnet_range)
        rules.connector_instances(self.min_instances, self.max_instances)


class Connector(Construct):
    """A connector on its own subnet, with firewall rules that deny it all traffic by default.

    By default, a connector can reach the whole VPC. Here, Terraform creates the deny rules first,
    so the connector never has that access; `AllowEgress`, `AllowIngress` and `ExtraDestinations`
    allow single destinations.

    The connector refers to its subnet by name, so a new range alone does not change the connector:
    `replace_triggered_by` replaces it when its subnet is replaced. Terraform destroys the old
    connector first, because two connectors cannot share a name or a subnet. The number of
    instances is always set: the API rejects a connector without it.
    """

    def __init__(self, scope: Construct, construct_id: str, *, props: ConnectorProps) -> None:
        """Create the subnet, the deny rules and the connector."""
        super().__init__(scope, construct_id)
        self._subnet = ComputeSubnetwork(
            self,
            "subnet",
            name=props.name("connector"),
            network=props.network.network_id,
            region=props.region,
            ip_cidr_range=str(props.subnet_range),
            private_ip_google_access=True,
            log_config=flow_logs(),
        )
        # Google sets this network tag on the connector's instances:
        # https://cloud.google.com/vpc/docs/configure-serverless-vpc-access
        self._tag = f"vpc-connector-{props.region}-{props.connector_name}"
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
        subnet = f"{self._subnet.terraform_resource_type}.{self._subnet.friendly_unique_id}"
        self._connector = VpcAccessConnector(
            self,
            "Default",
            name=props.connector_name,
            region=props.region,
            subnet=VpcAccessConnectorSubnet(name=self._subnet.name),
            machine_type=props.machine_type,
            min_instances=props.min_instances,
            max_instances=props.max_instances,
            lifecycle=TerraformResourceLifecycle(replace_triggered_by=[f"{subnet}.id"]),
            depends_on=[*props.depends_on, *deny.dependables],
        )

    @property
    def connector_id(self) -> str:
        """The connector as `projects/P/locations/R/connectors/N`, as app.yaml expects it."""
        return self._connector.id

    @property
    def connector_range(self) -> str:
        """The range of the connector's subnet, in CIDR notation: the source of all its calls."""
        return self._subnet.ip_cidr_range

    @property
    def connector_tag(self) -> str:
        """The network tag of the connector's instances."""
        return self._tag

    @property
    def app_yaml(self) -> str:
        """The lines of app.yaml that send an app's traffic to private ranges through it."""
        return app_yaml(self.connector_id)

"""The Serverless VPC Access connector: App Engine's door into the VPC."""

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
    """A connector, its subnet and its bounds.

    Attributes:
        name: makes a resource name from a part, such as `private-connector` from `connector`.
        connector_name: name of the connector itself: at most 20 characters, a hyphen counting as
            two.
        region: App Engine's region.
        network: the network that it opens.
        subnet_range: its own subnet, a /28.
        machine_type: f1-micro, e2-micro or e2-standard-4.
        min_instances: 2 to 9.
        max_instances: 3 to 10, above `min_instances`.
        depends_on: what must exist first, such as the project's APIs.

    Raises:
        InvalidValueError: name, region, range or bounds break a rule of the API.
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
        """Reject what Google would reject."""
        names.connector_name(self.connector_name)
        names.region(self.region)
        rules.connector_range(self.subnet_range)
        rules.connector_instances(self.min_instances, self.max_instances)


class Connector(Construct):
    """A connector on a subnet of its own, which the VPC denies all but what is allowed to it.

    It comes after its deny rules, so it never reaches more. A connector holds its subnet and names
    it without the range, so another subnet replaces the connector explicitly. A replacement
    destroys first: neither name nor subnet can be shared with a second connector, so there is
    nothing for `create_before_destroy` to help with. Scaling is always written: the API rejects a
    connector without it.
    """

    def __init__(self, scope: Construct, construct_id: str, *, props: ConnectorProps) -> None:
        """Make the subnet, the deny rules and the connector."""
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
        # Google puts this tag on the connector's instances ("Restrict connector access").
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
        """The connector as `projects/P/locations/R/connectors/N`, the form of app.yaml."""
        return self._connector.id

    @property
    def connector_range(self) -> str:
        """The range that calls come from, in CIDR form, as the subnet has it."""
        return self._subnet.ip_cidr_range

    @property
    def connector_tag(self) -> str:
        """The network tag of the connector's instances."""
        return self._tag

    @property
    def app_yaml(self) -> str:
        """The lines of app.yaml that send an app's private traffic through this connector."""
        return app_yaml(self.connector_id)

"""The Serverless VPC Access connector: App Engine's door into the VPC."""

from collections.abc import Sequence
from dataclasses import dataclass

from cdktf import ITerraformDependable
from cdktf_cdktf_provider_google.vpc_access_connector import (
    VpcAccessConnector,
    VpcAccessConnectorSubnet,
)
from constructs import Construct

from private_line import choices, names, rules
from private_line.app_yaml import app_yaml
from private_line.network import Network


@dataclass(frozen=True, kw_only=True)
class ConnectorProps:
    """A connector and its bounds.

    Attributes:
        name: at most 20 characters, a hyphen counting as two.
        region: App Engine's region.
        network: the network whose connector subnet it takes.
        machine_type: f1-micro, e2-micro or e2-standard-4.
        min_instances: 2 to 9.
        max_instances: 3 to 10, above `min_instances`.
        depends_on: what must exist first, such as the project's APIs.

    Raises:
        InvalidValueError: name, region or bounds break a rule of the API.
    """

    name: str
    region: str
    network: Network
    machine_type: choices.ConnectorMachineType = choices.CONNECTOR_MACHINE_TYPE
    min_instances: int = choices.CONNECTOR_MIN_INSTANCES
    max_instances: int = choices.CONNECTOR_MAX_INSTANCES
    depends_on: Sequence[ITerraformDependable] = ()

    def __post_init__(self) -> None:
        """Reject what Google would reject."""
        names.connector_name(self.name)
        names.region(self.region)
        rules.connector_instances(self.min_instances, self.max_instances)


class Connector(Construct):
    """A connector on a subnet of its own, so that firewall rules can name its range.

    Scaling is always written: the API refuses a connector without it. A replacement destroys
    first: neither name nor subnet can be shared with a second connector, so there is nothing
    for `create_before_destroy` to help with.
    """

    def __init__(self, scope: Construct, construct_id: str, *, props: ConnectorProps) -> None:
        """Make the connector."""
        super().__init__(scope, construct_id)
        self._connector = VpcAccessConnector(
            self,
            "Default",
            name=props.name,
            region=props.region,
            subnet=VpcAccessConnectorSubnet(name=props.network.connector_subnet_name),
            machine_type=props.machine_type,
            min_instances=props.min_instances,
            max_instances=props.max_instances,
            depends_on=list(props.depends_on) or None,
        )

    @property
    def connector_id(self) -> str:
        """The connector as `projects/P/locations/R/connectors/N`, the form of app.yaml."""
        return self._connector.id

    @property
    def app_yaml(self) -> str:
        """The lines of app.yaml that send an app's private traffic through this connector."""
        return app_yaml(self.connector_id)

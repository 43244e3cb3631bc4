"""A Serverless VPC Access connector that exists already."""

from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Network

from cdktf import TerraformCount, TerraformLocal, Token
from cdktf_cdktf_provider_google.data_google_compute_subnetwork import DataGoogleComputeSubnetwork
from cdktf_cdktf_provider_google.data_google_vpc_access_connector import (
    DataGoogleVpcAccessConnector,
)
from constructs import Construct

from private_line import choices, names
from private_line.app_yaml import app_yaml
from private_line.connector import connector_tag
from private_line.connector_deny import ConnectorDeny, ConnectorDenyProps
from private_line.existing_subnet import same_range
from private_line.interfaces import AnyNetwork
from private_line.requirement import Requirement, lifecycle, or_empty


@dataclass(frozen=True, kw_only=True)
class ExistingConnectorProps:
    """Properties of a connector to read.

    Attributes:
        name: a function that builds a resource name from a suffix, for the deny rules.
        connector_name: the name of the connector.
        region: the region of App Engine.
        network: the network that the connector connects to.
        subnet_range: the range that the connector must have. Default: any.
        deny_rules: whether to deny the connector all traffic but that of the APIs, which cuts off
            its other users. Default: do not.

    Raises:
        InvalidValueError: the name or region is invalid.
    """

    name: Callable[[str], str]
    connector_name: str
    region: str
    network: AnyNetwork
    subnet_range: IPv4Network | None = None
    deny_rules: bool = choices.EXISTING_CONNECTOR_DENY_RULES

    def __post_init__(self) -> None:
        """Validate the props."""
        names.connector_name(self.connector_name)
        names.region(self.region)


class ExistingConnector(Construct):
    """A connector that Terraform reads, and never changes.

    By default, it can reach the whole VPC, since others may use it, too. Its range is that of its
    subnet, or the range that it was created with. Reading needs the permission
    vpcaccess.connectors.get, for example in roles/vpcaccess.viewer, and compute.subnetworks.get.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, props: ExistingConnectorProps
    ) -> None:
        """Read the connector, and its subnet unless it was created with a range."""
        super().__init__(scope, construct_id)
        self._tag = connector_tag(props.region, props.connector_name)
        network = props.network.network_id
        self._connector = DataGoogleVpcAccessConnector(
            self,
            "Default",
            name=props.connector_name,
            region=props.region,
            lifecycle=lifecycle(
                [
                    Requirement(
                        # The API gives the network's short name, and only if there is no subnet.
                        condition="length(self.subnet) > 0"
                        f' || endswith("${{{network}}}", "/${{{or_empty("self.network")}}}")',
                        key="connector.name",
                        value=props.connector_name,
                        rule=f"must be a connector of {network}",
                        hint=f"it is in ${{{or_empty('self.network')}}}: correct network.name, or"
                        " name another connector",
                    ),
                    *same_range("network.connector", props.subnet_range, "self.ip_cidr_range"),
                ]
            ),
        )
        connector = f"data.google_vpc_access_connector.{self._connector.friendly_unique_id}"
        subnet = DataGoogleComputeSubnetwork(
            self,
            "subnet",
            count=TerraformCount.of(Token.as_number(f"${{length({connector}.subnet)}}")),
            name=self._connector.subnet.get(0).name,
            project=self._connector.subnet.get(0).project_id,
            region=props.region,
            lifecycle=lifecycle(
                [
                    Requirement(
                        condition=f'endswith(self.network, "/${{{network}}}")',
                        key="connector.name",
                        value=props.connector_name,
                        rule=f"must be a connector of {network}",
                        hint="its subnet is in ${self.network}: correct network.name, or name"
                        " another connector",
                    ),
                    *same_range("network.connector", props.subnet_range, "self.ip_cidr_range"),
                ]
            ),
        )
        subnets = f"data.google_compute_subnetwork.{subnet.friendly_unique_id}"
        self._range = TerraformLocal(
            self,
            "range",
            f"${{coalesce({connector}.ip_cidr_range, one({subnets}[*].ip_cidr_range))}}",
        )
        if props.deny_rules:
            ConnectorDeny(
                self,
                "deny",
                props=ConnectorDenyProps(
                    name=props.name,
                    network=props.network,
                    connector_range=self.connector_range,
                    connector_tag=self._tag,
                ),
            )

    @property
    def connector_id(self) -> str:
        """The connector as `projects/P/locations/R/connectors/N`, as app.yaml expects it."""
        return self._connector.id

    @property
    def connector_range(self) -> str:
        """The range of the connector, in CIDR notation: the source of all its calls."""
        return self._range.as_string

    @property
    def connector_tag(self) -> str:
        """The network tag of the connector's instances."""
        return self._tag

    @property
    def app_yaml(self) -> str:
        """The lines of app.yaml that send an app's traffic to private ranges through it."""
        return app_yaml(self.connector_id)

"""The connector stack: connects App Engine to the VPC."""

from constructs import Construct

from private_line.connector import Connector, ConnectorProps
from private_line.existing_connector import ExistingConnector, ExistingConnectorProps
from private_line.extra_destinations import ExtraDestinations, ExtraDestinationsProps
from private_line.interfaces import AnyConnector
from settings import created, existing
from settings.environment import Settings
from stacks.base import EnvironmentStack
from stacks.forgotten import CONNECTOR, CONNECTOR_SUBNET
from stacks.network import NetworkStack


class ConnectorStack(EnvironmentStack):
    """The connector and its firewall rules. Depends on the network stack."""

    def __init__(self, scope: Construct, *, settings: Settings, network: NetworkStack) -> None:
        """Create the connector, or read an existing one, and output the lines for app.yaml."""
        super().__init__(scope, "connector", settings=settings)
        match settings.connector:
            case existing.ExistingConnector() as section:
                self.connector: AnyConnector = self._read(section, network)
                self.forget(CONNECTOR)
            case section:
                self.connector = self._create(section, network)
        connector = self.connector
        if settings.connector.extra_destinations:
            self._allow_extra_destinations(network)
        self.add_output(
            "connector_id", connector.connector_id, "The connector, as app.yaml names it."
        )
        self.add_output("app_yaml", connector.app_yaml, "Put these lines into app.yaml.")
        self.add_output("app_engine_region", settings.connector_region, "Where App Engine runs.")

    def _create(self, section: created.Connector, network: NetworkStack) -> Connector:
        existing_subnet = self._settings.existing_connector_subnet
        if existing_subnet is not None:
            self.forget(CONNECTOR_SUBNET)
        return Connector(
            self,
            "connector",
            props=ConnectorProps(
                name=self._settings.name,
                connector_name=section.name,
                region=self._settings.connector_region,
                network=network.network,
                subnet_range=self._settings.network.connector,
                existing_subnet=existing_subnet,
                machine_type=section.machine_type,
                min_instances=section.min_instances,
                max_instances=section.max_instances,
            ),
        )

    def _read(
        self, section: existing.ExistingConnector, network: NetworkStack
    ) -> ExistingConnector:
        return ExistingConnector(
            self,
            "connector",
            props=ExistingConnectorProps(
                name=self._settings.name,
                connector_name=section.name,
                region=self._settings.connector_region,
                network=network.network,
                subnet_range=self._settings.network.connector,
                deny_rules=section.deny_rules,
            ),
        )

    def _allow_extra_destinations(self, network: NetworkStack) -> None:
        destinations = self._settings.connector.extra_destinations
        ExtraDestinations(
            self,
            "extra-destinations",
            props=ExtraDestinationsProps(
                name=self._settings.name,
                network=network.network,
                connector=self.connector,
                destinations=destinations,
            ),
        )
        self.add_output(
            "extra_destinations",
            [str(destination) for destination in destinations],
            "What the app reaches through the connector, besides the APIs.",
        )

"""The connector stack: connects App Engine to the VPC."""

from constructs import Construct

from private_line.connector import Connector, ConnectorProps
from private_line.extra_destinations import ExtraDestinations, ExtraDestinationsProps
from settings.environment import Settings
from stacks.base import EnvironmentStack
from stacks.network import NetworkStack


class ConnectorStack(EnvironmentStack):
    """The connector and its firewall rules. Depends on the network stack."""

    def __init__(self, scope: Construct, *, settings: Settings, network: NetworkStack) -> None:
        """Create the connector on its subnet, and output the lines for app.yaml."""
        super().__init__(scope, "connector", settings=settings)
        self.connector = connector = Connector(
            self,
            "connector",
            props=ConnectorProps(
                name=settings.name,
                connector_name=settings.connector.name,
                region=settings.connector_region,
                network=network.network,
                subnet_range=settings.network.connector,
                machine_type=settings.connector.machine_type,
                min_instances=settings.connector.min_instances,
                max_instances=settings.connector.max_instances,
            ),
        )
        if settings.connector.extra_destinations:
            self._allow_extra_destinations(network)
        self.add_output(
            "connector_id", connector.connector_id, "The connector, as app.yaml names it."
        )
        self.add_output("app_yaml", connector.app_yaml, "Put these lines into app.yaml.")
        self.add_output("app_engine_region", settings.connector_region, "Where App Engine runs.")

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

"""The network stack: the VPC, the addresses of the services, and what the connector may reach."""

from constructs import Construct

from private_line.connector_firewall import ConnectorFirewall, ConnectorFirewallProps, Opening
from private_line.network import Network, NetworkProps
from private_line.reserved_address import ReservedAddress, ReservedAddressProps
from settings.environment import Settings
from stacks.base import LineStack


class NetworkStack(LineStack):
    """Comes first. Addresses are reserved here, so that DNS and Services wait for neither."""

    def __init__(self, scope: Construct, *, settings: Settings) -> None:
        """Make the VPC, one address a service, and the connector's firewall."""
        super().__init__(scope, "network", settings=settings)
        self.network = Network(
            self,
            "network",
            props=NetworkProps(
                name=settings.name,
                network_name=settings.network.name,
                region=settings.region,
                connector_region=settings.connector_region,
                nodes=settings.network.nodes,
                pods=settings.network.pods,
                services=settings.network.services,
                connector=settings.network.connector,
                nat=settings.network.nat,
                depends_on=self.enable_apis("compute.googleapis.com"),
            ),
        )
        self.addresses = {
            service.key: ReservedAddress(
                self,
                f"address-{service.key}",
                props=ReservedAddressProps(
                    name=settings.name(service.key),
                    network=self.network,
                    region=settings.region,
                    address=service.address,
                    labels=settings.labels,
                ),
            )
            for service in settings.services
        }
        ConnectorFirewall(
            self,
            "firewall",
            props=ConnectorFirewallProps(
                name=settings.name,
                network=self.network,
                node_tag=settings.node_tag,
                openings={
                    service.key: Opening(
                        address=self.addresses[service.key],
                        protocol=service.ports[0].protocol,
                        ports=[port.port for port in service.ports],
                    )
                    for service in settings.services
                },
            ),
        )
        self.tell(
            "addresses",
            {key: address.address for key, address in self.addresses.items()},
            "The reserved internal address of each service.",
        )

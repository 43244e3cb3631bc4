"""The network stack: the VPC, its node subnet, and the way out for nodes."""

from constructs import Construct

from private_line.network import Network, NetworkProps
from settings.environment import Settings
from stacks.base import LineStack


class NetworkStack(LineStack):
    """Comes first: everything else is in the VPC, or holds an address of it."""

    def __init__(self, scope: Construct, *, settings: Settings) -> None:
        """Make the VPC and its node subnet."""
        super().__init__(scope, "network", settings=settings)
        self.network = Network(
            self,
            "network",
            props=NetworkProps(
                name=settings.name,
                network_name=settings.network.name,
                region=settings.region,
                nodes=settings.network.nodes,
                pods=settings.network.pods,
                services=settings.network.services,
                nat=settings.network.nat,
                deletion_protection=settings.cluster.deletion_protection,
                depends_on=self.enable_apis("compute.googleapis.com"),
            ),
        )

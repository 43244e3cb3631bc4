"""The network stack: every stack's APIs, the VPC, its node subnet, and the way out for nodes."""

from typing import Final

from cdktf import ITerraformDependable
from constructs import Construct

from private_line.network import Network, NetworkProps
from private_line.project_apis import ProjectApis, ProjectApisProps
from settings.environment import Settings
from stacks.base import LineStack

APIS: Final = (
    "compute.googleapis.com",
    "vpcaccess.googleapis.com",
    "container.googleapis.com",
    "iam.googleapis.com",
    "cloudresourcemanager.googleapis.com",
    "dns.googleapis.com",
)
"""What the five stacks call."""


class NetworkStack(LineStack):
    """Comes first: everything else is in the VPC, or holds an address of it.

    It enables the APIs of all stacks, minutes before the others call them: the provider does not
    try again where Google does not know yet that an API is on. An API that a policy forbids stops
    the deploy before anything is made.
    """

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
                depends_on=self._enable_apis(settings),
            ),
        )

    def _enable_apis(self, settings: Settings) -> tuple[ITerraformDependable, ...]:
        if not settings.enable_apis:
            return ()
        optional = (
            ("binaryauthorization.googleapis.com",) if settings.cluster.binary_authorization else ()
        )
        return ProjectApis(
            self, "apis", props=ProjectApisProps(apis=(*APIS, *optional))
        ).dependables

"""The network stack: the APIs of all stacks, the VPC, its node subnet and Cloud NAT."""

from typing import Final

from cdktf import ITerraformDependable
from constructs import Construct

from private_line.network import Network, NetworkProps
from private_line.project_apis import ProjectApis, ProjectApisProps
from settings.environment import Settings
from stacks.base import EnvironmentStack

APIS: Final = (
    "compute.googleapis.com",
    "vpcaccess.googleapis.com",
    "container.googleapis.com",
    "iam.googleapis.com",
    "cloudresourcemanager.googleapis.com",
    "dns.googleapis.com",
)
"""The Google APIs that the five stacks call."""


class NetworkStack(EnvironmentStack):
    """The VPC and the project's APIs. Depends on no other stack.

    It enables the APIs of all stacks, minutes before the other stacks call them: the provider does
    not retry a call that fails because an API was enabled only just before. If an organization
    policy forbids an API, the deploy stops before Terraform creates anything else.
    """

    def __init__(self, scope: Construct, *, settings: Settings) -> None:
        """Enable the APIs, then create the VPC and its node subnet."""
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

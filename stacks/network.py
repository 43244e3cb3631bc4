"""The network stack: the APIs of all stacks, the VPC, its node subnet and Cloud NAT."""

from collections.abc import Mapping, Sequence
from typing import Final

from cdktf import ITerraformDependable
from constructs import Construct

from private_line.existing_network import ExistingNetwork, ExistingNetworkProps
from private_line.interfaces import AnyNetwork
from private_line.network import Network, NetworkProps
from private_line.project_apis import ProjectApis, ProjectApisProps
from settings import created, existing
from settings.address_plan import outside_the_node_subnet
from settings.environment import Settings
from stacks.base import EnvironmentStack
from stacks.forgotten import NETWORK

_APIS_BY_PART: Final[Mapping[str, Sequence[str]]] = {
    "network": ("compute.googleapis.com",),
    "connector": ("vpcaccess.googleapis.com",),
    "cluster": (
        "container.googleapis.com",
        "iam.googleapis.com",
        "cloudresourcemanager.googleapis.com",
    ),
    "dns": ("dns.googleapis.com",),
}

APIS: Final = tuple(api for apis in _APIS_BY_PART.values() for api in apis)
"""The Google APIs that the five stacks call."""


class NetworkStack(EnvironmentStack):
    """The VPC and the project's APIs. Depends on no other stack.

    It enables the APIs of all stacks, minutes before the other stacks call them: the provider does
    not retry a call that fails because an API was enabled only just before. If an organization
    policy forbids an API, the deploy stops before Terraform creates anything else. The API of what
    exists already is enabled already, so it is left out.
    """

    def __init__(self, scope: Construct, *, settings: Settings) -> None:
        """Enable the APIs, then create the VPC and its node subnet, or read existing ones."""
        super().__init__(scope, "network", settings=settings)
        apis = self._enable_apis(settings)
        match settings.network:
            case existing.ExistingNetwork() as section:
                self.network: AnyNetwork = self._read(section)
                self.forget(NETWORK)
            case section:
                self.network = self._create(section, apis)

    def _create(self, section: created.Network, apis: Sequence[ITerraformDependable]) -> Network:
        return Network(
            self,
            "network",
            props=NetworkProps(
                name=self._settings.name,
                network_name=section.name,
                region=self._settings.region,
                nodes=section.nodes,
                pods=section.pods,
                services=section.services,
                nat=section.nat,
                deletion_protection=self._settings.cluster.deletion_protection,
                depends_on=apis,
            ),
        )

    def _read(self, section: existing.ExistingNetwork) -> ExistingNetwork:
        return ExistingNetwork(
            self,
            "network",
            props=ExistingNetworkProps(
                name=section.name,
                region=self._settings.region,
                node_subnet=section.node_subnet,
                pods_range=section.pods_range,
                services_range=section.services_range,
                nodes=section.nodes,
                pods=section.pods,
                services=section.services,
                addresses=self._settings.unchecked_addresses,
                outside=outside_the_node_subnet(self._settings),
                new_cluster=not self._settings.cluster.existing,
            ),
        )

    def _enable_apis(self, settings: Settings) -> Sequence[ITerraformDependable]:
        if not settings.enable_apis:
            return ()
        apis = [
            api
            for part, apis in _APIS_BY_PART.items()
            if part not in settings.existing_parts
            for api in apis
        ]
        if isinstance(settings.cluster, created.Cluster) and settings.cluster.binary_authorization:
            apis.append("binaryauthorization.googleapis.com")
        return ProjectApis(self, "apis", props=ProjectApisProps(apis=apis)).dependables

"""The service stack: namespaces, and per API an address, firewall rules and a Service."""

from cdktf_cdktf_provider_google.data_google_client_config import DataGoogleClientConfig
from cdktf_cdktf_provider_kubernetes.provider import KubernetesProvider
from constructs import Construct

from private_line.connector_allow import (
    AllowedTarget,
    AllowEgress,
    AllowIngress,
    AllowIngressProps,
    AllowProps,
)
from private_line.internal_service import (
    GKE_ANNOTATIONS,
    InternalService,
    InternalServiceProps,
    ServicePort,
)
from private_line.namespaces import Namespaces, NamespacesProps
from private_line.neg_cleanup_wait import NegCleanupWait
from private_line.reserved_address import ReservedAddress, ReservedAddressProps
from settings.environment import Settings
from settings.model import Service
from stacks.base import EnvironmentStack
from stacks.cluster import ClusterStack
from stacks.connector import ConnectorStack
from stacks.network import NetworkStack


class ServiceStack(EnvironmentStack):
    """The Services. Depends on the network, connector and cluster stacks.

    A cluster and the objects in it do not belong in one state:
    https://github.com/hashicorp/terraform/issues/27363. An API's address, firewall rules and
    Service do, because Terraform orders resources only within one state: it creates the address
    first and destroys the Service first.
    """

    def __init__(
        self,
        scope: Construct,
        *,
        settings: Settings,
        network: NetworkStack,
        connector: ConnectorStack,
        cluster: ClusterStack,
    ) -> None:
        """Create the namespaces and every API."""
        super().__init__(scope, "service", settings=settings)
        self._network = network.network
        self._connector = connector.connector
        KubernetesProvider(
            self,
            "kubernetes",
            host=cluster.cluster.api_url,
            cluster_ca_certificate=cluster.cluster.ca_certificate,
            token=DataGoogleClientConfig(self, "client").access_token,
            ignore_annotations=[GKE_ANNOTATIONS],
        )
        self._namespaces = Namespaces(
            self,
            "namespaces",
            props=NamespacesProps(
                names=settings.cluster.namespaces,
                deletion_protection=settings.cluster.deletion_protection,
            ),
        )
        # A cluster that exists is not destroyed after its Services, and neither is its VPC.
        waits = [] if settings.cluster.existing else [NegCleanupWait(self, "neg-collection")]
        self._waits = [wait.dependable for wait in waits]
        self.addresses = {api.key: self._add(api) for api in settings.services}
        self.add_output(
            "addresses",
            {key: address.address for key, address in self.addresses.items()},
            "The reserved internal address of each service.",
        )

    def _add(self, api: Service) -> ReservedAddress:
        """Create one API. Its construct ids are `KIND-KEY`, such as `address-myapi`."""
        settings = self._settings

        def previous_id(kind: str) -> str | None:
            return None if api.was is None else f"{kind}-{api.was}"

        address = ReservedAddress(
            self,
            f"address-{api.key}",
            props=ReservedAddressProps(
                name=settings.name(api.key),
                network=self._network,
                region=settings.region,
                address=api.address,
                labels=settings.labels,
                moved_from=previous_id("address"),
            ),
        )
        target = AllowedTarget(
            address=address,
            protocol=api.ports[0].protocol,
            ports=[port.port for port in api.ports],
        )
        ingress = AllowIngress(
            self,
            f"allow-{api.key}",
            props=AllowIngressProps(
                name=settings.name(f"allow-{api.key}"),
                network=self._network,
                connector=self._connector,
                target=target,
                node_tags=settings.node_tags,
                moved_from=previous_id("allow"),
            ),
        )
        egress = AllowEgress(
            self,
            f"egress-{api.key}",
            props=AllowProps(
                name=settings.name(f"egress-{api.key}"),
                network=self._network,
                connector=self._connector,
                target=target,
                moved_from=previous_id("egress"),
            ),
        )
        InternalService(
            self,
            f"service-{api.key}",
            props=InternalServiceProps(
                name=api.name,
                namespace=api.namespace,
                selector=api.selector,
                ports=[
                    ServicePort(
                        name=port.name,
                        port=port.port,
                        target_port=port.target_port,
                        protocol=port.protocol,
                    )
                    for port in api.ports
                ],
                address=address,
                connector=self._connector,
                extra_source_ranges=api.extra_source_ranges,
                global_access=settings.connector_region != settings.region,
                external_traffic_policy=api.external_traffic_policy,
                labels=settings.labels,
                moved_from=previous_id("service"),
                depends_on=[
                    ingress.dependable,
                    egress.dependable,
                    self._namespaces.dependable,
                    *self._waits,
                ],
            ),
        )
        return address

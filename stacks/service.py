"""The service stack: one internal load balancer a service, made inside the cluster."""

from cdktf_cdktf_provider_google.data_google_client_config import DataGoogleClientConfig
from cdktf_cdktf_provider_kubernetes.provider import KubernetesProvider
from constructs import Construct

from private_line.internal_service import (
    GKE_ANNOTATIONS,
    InternalService,
    InternalServiceProps,
    ServicePort,
)
from private_line.neg_collection import NegCollection
from settings.environment import Settings
from stacks.base import LineStack
from stacks.cluster import ClusterStack
from stacks.network import NetworkStack


class ServiceStack(LineStack):
    """Waits for the network and the cluster.

    A cluster and what lives in it do not belong in one state (hashicorp/terraform#27363).
    """

    def __init__(
        self, scope: Construct, *, settings: Settings, network: NetworkStack, cluster: ClusterStack
    ) -> None:
        """Make the Services."""
        super().__init__(scope, "service", settings=settings)
        KubernetesProvider(
            self,
            "kubernetes",
            host=cluster.cluster.api_url,
            cluster_ca_certificate=cluster.cluster.ca_certificate,
            token=DataGoogleClientConfig(self, "client").access_token,
            ignore_annotations=[GKE_ANNOTATIONS],
        )
        neg_collection = NegCollection(self, "neg-collection")
        for service in settings.services:
            InternalService(
                self,
                service.key,
                props=InternalServiceProps(
                    name=service.name,
                    namespace=service.namespace,
                    selector=service.selector,
                    ports=[
                        ServicePort(
                            name=port.name,
                            port=port.port,
                            target_port=port.target_port,
                            protocol=port.protocol,
                        )
                        for port in service.ports
                    ],
                    address=network.addresses[service.key],
                    network=network.network,
                    neg_collection=neg_collection,
                    extra_source_ranges=service.extra_source_ranges,
                    global_access=settings.connector_region != settings.region,
                    external_traffic_policy=service.external_traffic_policy,
                    labels=settings.labels,
                ),
            )

"""The internal load balancer: a Kubernetes Service that GKE serves inside the VPC."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Network
from typing import Final

from cdktf import ITerraformDependable, TerraformResourceLifecycle
from cdktf_cdktf_provider_kubernetes.service_v1 import (
    ServiceV1,
    ServiceV1Metadata,
    ServiceV1Spec,
    ServiceV1SpecPort,
    ServiceV1Timeouts,
)
from constructs import Construct

from private_line import choices, names, rules
from private_line.connector import Connector
from private_line.errors import InvalidValueError
from private_line.moved import move
from private_line.reserved_address import ReservedAddress

GKE_ANNOTATIONS: Final = r"^cloud\.google\.com/.*"
"""What GKE writes on Services by itself (terraform-provider-kubernetes#445).

For the provider's `ignore_annotations`, which drops only keys that the configuration lacks.
"""


@dataclass(frozen=True, kw_only=True)
class ServicePort:
    """One port of a Service.

    Attributes:
        name: name of the port.
        port: what callers connect to, 1 to 65535.
        target_port: the pods' port, as a number or a name.
        protocol: TCP or UDP.

    Raises:
        InvalidValueError: the name or a port breaks a rule of Kubernetes.
    """

    name: str
    port: int
    target_port: int | str
    protocol: choices.Protocol = choices.PROTOCOL

    def __post_init__(self) -> None:
        """Reject what Kubernetes would reject."""
        names.dns_label(self.name)
        rules.port_number(self.port)
        rules.target_port(self.target_port)


@dataclass(frozen=True, kw_only=True)
class InternalServiceProps:
    """A Service and who may call it.

    Attributes:
        name: name of the Service.
        namespace: its namespace, which exists or is in `depends_on`.
        selector: labels of the pods behind it, at least one.
        ports: its ports, at least one.
        address: the reserved address that it takes, of the same stack.
        connector: the connector that may call it.
        extra_source_ranges: other callers, such as an office behind a VPN.
        global_access: whether callers of other regions reach it.
        external_traffic_policy: Cluster, or Local to keep the caller's address.
        labels: labels of the Service.
        moved_from: the construct id of this Service before a rename.
        depends_on: what must outlive it, such as its namespace and its allow rules.

    Raises:
        InvalidValueError: a name or a label breaks a rule of Kubernetes, no pods are selected,
            there is no port, or a source range lets everybody in.
    """

    name: str
    namespace: str
    selector: Mapping[str, str]
    ports: Sequence[ServicePort]
    address: ReservedAddress
    connector: Connector
    extra_source_ranges: Sequence[IPv4Network] = ()
    global_access: bool = False
    external_traffic_policy: choices.ExternalTrafficPolicy = choices.EXTERNAL_TRAFFIC_POLICY
    labels: Mapping[str, str] = field(default_factory=dict)
    moved_from: str | None = None
    depends_on: Sequence[ITerraformDependable] = ()

    def __post_init__(self) -> None:
        """Reject what Kubernetes would reject, and what it would open to everybody."""
        names.dns_label(self.name)
        names.dns_label(self.namespace)
        rules.selector(self.selector)
        rules.labels(self.labels)
        if not self.ports:
            raise InvalidValueError("a Service needs a port", "add one")
        for network in self.extra_source_ranges:
            rules.source_range(network)


class InternalService(Construct):
    """A Service of type LoadBalancer on a reserved internal address.

    The address stands there twice, by name and by value: GKE skips a name it does not find and
    takes another address, and refuses a value that is not reserved, so together they are right
    on every version. Source ranges are always written: without them GKE lets everybody in
    (kubernetes#56371). The load balancer holds its address, so another address replaces the Service
    explicitly: gone before the address goes, made after the new one is there.
    """

    def __init__(self, scope: Construct, construct_id: str, *, props: InternalServiceProps) -> None:
        """Make the Service."""
        super().__init__(scope, construct_id)
        service = ServiceV1(
            self,
            "Default",
            metadata=ServiceV1Metadata(
                name=props.name,
                namespace=props.namespace,
                labels=dict(props.labels),
                annotations=_annotations(props),
            ),
            spec=ServiceV1Spec(
                type="LoadBalancer",
                selector=dict(props.selector),
                port=[
                    ServiceV1SpecPort(
                        name=port.name,
                        port=port.port,
                        target_port=str(port.target_port),
                        protocol=port.protocol,
                    )
                    for port in props.ports
                ],
                load_balancer_ip=props.address.address,
                load_balancer_source_ranges=[
                    props.connector.connector_range,
                    *map(str, props.extra_source_ranges),
                ],
                external_traffic_policy=props.external_traffic_policy,
            ),
            # The provider waits for the load balancer, by default 10 minutes. A Service that has
            # none by then is tainted: the next apply replaces it.
            timeouts=ServiceV1Timeouts(create="15m"),
            lifecycle=TerraformResourceLifecycle(
                replace_triggered_by=[props.address.replacement_trigger]
            ),
            depends_on=list(props.depends_on) or None,
        )
        move(service, props.moved_from)


def _annotations(props: InternalServiceProps) -> dict[str, str]:
    annotations = {
        # Any other value, a typo too, makes the load balancer external.
        "networking.gke.io/load-balancer-type": "Internal",
        "networking.gke.io/load-balancer-ip-addresses": props.address.name,
    }
    if props.global_access:
        annotations["networking.gke.io/internal-load-balancer-allow-global-access"] = "true"
    return annotations

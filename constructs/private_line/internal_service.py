"""The internal load balancer: a Kubernetes Service that is reachable inside the VPC."""

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
from private_line.errors import InvalidValueError
from private_line.interfaces import AnyConnector
from private_line.moved import move
from private_line.reserved_address import ReservedAddress

GKE_ANNOTATIONS: Final = r"^cloud\.google\.com/.*"
"""Matches annotations that GKE adds to Services, for the provider's `ignore_annotations`.

Without it, every plan shows a diff:
https://github.com/hashicorp/terraform-provider-kubernetes/issues/445. The provider ignores only
keys that the configuration does not set.
"""


@dataclass(frozen=True, kw_only=True)
class ServicePort:
    """One port of a Service.

    Attributes:
        name: the name of the port.
        port: the port that callers connect to, 1 to 65535.
        target_port: the port of the pods: a number, or the name of a container port.
        protocol: TCP or UDP. Default: TCP.

    Raises:
        InvalidValueError: the name or a port is invalid.
    """

    name: str
    port: int
    target_port: int | str
    protocol: choices.Protocol = choices.PROTOCOL

    def __post_init__(self) -> None:
        """Validate the props."""
        names.kubernetes_label(self.name)
        rules.port_number(self.port)
        rules.target_port(self.target_port)


@dataclass(frozen=True, kw_only=True)
class InternalServiceProps:
    """Properties of a Service, and who can call it.

    Attributes:
        name: the name of the Service.
        namespace: the namespace, which exists or is in `depends_on`.
        selector: the labels of the pods, at least one.
        ports: the ports, at least one.
        address: the reserved address, in the same stack.
        connector: the connector that can call the Service.
        extra_source_ranges: ranges of other callers, such as an office behind a VPN.
            Default: none, only the connector can call the Service.
        global_access: whether callers in other regions can reach the Service. Default: they
            cannot. See
            https://cloud.google.com/kubernetes-engine/docs/how-to/internal-load-balancing.
        external_traffic_policy: `Cluster`, or `Local` to preserve the caller's address.
            Default: `Cluster`.
        labels: labels of the Service. Default: none.
        moved_from: the construct id before a rename, see `move`. Default: no rename.
        depends_on: resources to create first and destroy last, such as the namespace and the
            firewall rules. Default: none.

    Raises:
        InvalidValueError: a name or label is invalid, the selector or the list of ports is empty,
            or the source ranges are too many or contain every address.
    """

    name: str
    namespace: str
    selector: Mapping[str, str]
    ports: Sequence[ServicePort]
    address: ReservedAddress
    connector: AnyConnector
    extra_source_ranges: Sequence[IPv4Network] = ()
    global_access: bool = False
    external_traffic_policy: choices.ExternalTrafficPolicy = choices.EXTERNAL_TRAFFIC_POLICY
    labels: Mapping[str, str] = field(default_factory=dict)
    moved_from: str | None = None
    depends_on: Sequence[ITerraformDependable] = ()

    def __post_init__(self) -> None:
        """Validate the props."""
        names.service(self.name, self.namespace)
        rules.selector(self.selector)
        rules.labels(self.labels)
        if not self.ports:
            raise InvalidValueError("a Service needs a port", "add one")
        rules.service_source_ranges(self.extra_source_ranges)


class InternalService(Construct):
    """A Service of type LoadBalancer on a reserved internal address.

    The manifest contains the address twice, as an annotation (name) and as `loadBalancerIP`
    (value). If GKE does not find the name, it silently uses another address; if the value is not
    reserved, it fails. With both, every GKE version uses the reserved address. The annotations are
    in https://cloud.google.com/kubernetes-engine/docs/concepts/service-load-balancer-parameters.

    Source ranges are always set: without them, GKE allows 0.0.0.0/0
    (https://github.com/kubernetes/kubernetes/issues/56371).

    An address in use cannot be deleted. If the address is replaced, `replace_triggered_by` replaces
    the Service, too: Terraform destroys it before the old address and creates it after the new one.
    """

    def __init__(self, scope: Construct, construct_id: str, *, props: InternalServiceProps) -> None:
        """Create the Service."""
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
            # The provider waits for the load balancer, by default 10 minutes. After the timeout,
            # Terraform taints the Service, and the next apply replaces it.
            timeouts=ServiceV1Timeouts(create="15m"),
            lifecycle=TerraformResourceLifecycle(
                replace_triggered_by=[props.address.replacement_trigger]
            ),
            depends_on=list(props.depends_on) or None,
        )
        move(service, props.moved_from)


def _annotations(props: InternalServiceProps) -> dict[str, str]:
    annotations = {
        # With any other value, such as a typo, GKE creates an external load balancer.
        "networking.gke.io/load-balancer-type": "Internal",
        "networking.gke.io/load-balancer-ip-addresses": props.address.name,
    }
    if props.global_access:
        annotations["networking.gke.io/internal-load-balancer-allow-global-access"] = "true"
    return annotations

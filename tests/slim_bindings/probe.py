"""Uses every feature of bindings that slim_bindings could break, and prints the results.

The tests run it without and with slim_bindings: both outputs must be the same.
"""

import importlib
import sys
from collections.abc import Callable
from pathlib import Path

from settings.load import load

# This import comes first, because it installs slim_bindings.
from stacks.app import synthesize

# isort: split
import cdktf_cdktf_provider_google
import cdktf_cdktf_provider_kubernetes
from cdktf import App, TerraformOutput, TerraformStack, Testing
from cdktf_cdktf_provider_google import compute_network
from cdktf_cdktf_provider_google.compute_firewall import ComputeFirewall, ComputeFirewallAllow
from cdktf_cdktf_provider_google.container_cluster import ContainerCluster
from cdktf_cdktf_provider_kubernetes.service_v1 import ServiceV1, ServiceV1Metadata, ServiceV1Spec
from jsii import JSIIAssembly
from jsii._kernel import _make_reference_for_native
from jsii._kernel.types import CreateRequest
from jsii._runtime import kernel


def attempt(name: str, action: Callable[[], object]) -> None:
    """Print the result of an action, or its error and cause."""
    try:
        result = str(action())
    except Exception as error:  # noqa: BLE001 - any error must be the same in both modes
        result = f"{type(error).__name__} {error} {type(error.__cause__).__name__}"
    sys.stdout.write(f"{name} {result}\n")


class OwnNetwork(compute_network.ComputeNetwork):
    """A subclass with an override that Node calls."""

    def to_string(self) -> str:
        """Return another text than the original method."""
        return "own network"


stack = TerraformStack(App(), "probe")
network = OwnNetwork(stack, "network", name="net")
firewall = ComputeFirewall(
    stack,
    "firewall",
    name="fw",
    network=network.id,
    allow=[ComputeFirewallAllow(protocol="tcp", ports=["80"])],
)
cluster = ContainerCluster(stack, "cluster", name="c", node_config={"machine_type": "e2-micro"})
service = ServiceV1(
    stack, "service", metadata=ServiceV1Metadata(name="s"), spec=ServiceV1Spec(type="ClusterIP")
)
endpoint = cluster.control_plane_endpoints_config.dns_endpoint_config.endpoint
TerraformOutput(stack, "endpoint", value=endpoint)
TerraformOutput(stack, "uid", value=service.metadata.uid)

attempt("override", network.to_string)
attempt("struct", lambda: firewall.allow_input)
attempt("nested struct", lambda: cluster.node_config_input)
attempt("nested attribute", lambda: type(cluster.control_plane_endpoints_config).__qualname__)
attempt("reset", firewall.reset_allow)
attempt("static", lambda: compute_network.ComputeNetwork.TF_RESOURCE_TYPE)
attempt("static call", lambda: compute_network.ComputeNetwork.is_construct(network))
attempt("isinstance", lambda: isinstance(network, compute_network.ComputeNetwork))

firewall.put_allow([{"protocol": "udp"}])

attempt("wrong type", lambda: ComputeFirewall(stack, "a", name=3, network="n"))  # type: ignore[arg-type] # intended
attempt("unknown argument", lambda: ComputeFirewall(stack, "b", nme="x"))  # type: ignore[call-arg] # intended
attempt("missing argument", lambda: ComputeFirewall(stack, "c"))  # type: ignore[call-arg] # intended
attempt("Node's error", lambda: firewall.put_allow([{"protocl": 1}]))
attempt("name taken", lambda: ComputeFirewall(stack, "firewall", name="n", network="n"))


def import_late() -> str:
    """Import a module after other requests to Node."""
    late = importlib.import_module("cdktf_cdktf_provider_google.pubsub_topic")
    topic: str = late.PubsubTopic(stack, "topic", name="late").name_input
    return topic


def created_by_node() -> str:
    """Find a construct that Node created, of a type that Python has not imported."""
    fqn = "@cdktf/provider-kubernetes.namespaceV1.NamespaceV1"
    arguments = _make_reference_for_native(kernel, [stack, "created by Node", {"metadata": {}}])
    kernel.provider.create(CreateRequest(fqn=fqn, args=arguments))
    return type(stack.node.find_child("created by Node")).__qualname__


def load_another_version() -> str:
    """Load a bundle that Node rejects. This request or the next one raises jsii's error."""
    JSIIAssembly.load("@cdktf/provider-google", "0.0.1", "cdktf", "cdktf@0.21.0.jsii.tgz")
    return stack.node.id


attempt("late", import_late)
attempt("created by Node", created_by_node)
attempt("another version", load_another_version)
attempt("by attribute", lambda: cdktf_cdktf_provider_google.dns_policy.DnsPolicy.TF_RESOURCE_TYPE)
attempt("unknown module", lambda: importlib.import_module("cdktf_cdktf_provider_google.nothing"))
attempt("unknown attribute", lambda: cdktf_cdktf_provider_kubernetes.nothing)

sys.stdout.write(Testing.synth(stack))
synthesize(load(Path("environments")), outdir=Path(sys.argv[1]))

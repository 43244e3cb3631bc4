"""Uses bindings in every way that slim_bindings could break, and prints what happens.

Run once with bindings as they come and once with slim ones: both must print the same.
"""

import importlib
import sys
from collections.abc import Callable
from pathlib import Path

from settings.load import load

# Ours come first: they install slim_bindings.
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
    """Write an action's result, or its error with all that it says."""
    try:
        result = str(action())
    except Exception as error:  # noqa: BLE001 - whatever it is must be the same in both ways
        result = f"{type(error).__name__} {error} {type(error.__cause__).__name__}"
    sys.stdout.write(f"{name} {result}\n")


class OwnNetwork(compute_network.ComputeNetwork):
    """A subclass whose override Node calls back."""

    def to_string(self) -> str:
        """Another text than the original's."""
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

attempt("wrong type", lambda: ComputeFirewall(stack, "a", name=3, network="n"))  # type: ignore[arg-type] # meant
attempt("unknown argument", lambda: ComputeFirewall(stack, "b", nme="x"))  # type: ignore[call-arg] # meant
attempt("missing argument", lambda: ComputeFirewall(stack, "c"))  # type: ignore[call-arg] # meant
attempt("Node's error", lambda: firewall.put_allow([{"protocl": 1}]))
attempt("name taken", lambda: ComputeFirewall(stack, "firewall", name="n", network="n"))


def import_late() -> str:
    """Import a module after Node has been asked for other things."""
    late = importlib.import_module("cdktf_cdktf_provider_google.pubsub_topic")
    topic: str = late.PubsubTopic(stack, "topic", name="late").name_input
    return topic


def made_by_node() -> str:
    """Find a construct that Node made, as a library does, of a type that Python has not seen."""
    fqn = "@cdktf/provider-kubernetes.namespaceV1.NamespaceV1"
    made = _make_reference_for_native(kernel, [stack, "made by Node", {"metadata": {}}])
    kernel.provider.create(CreateRequest(fqn=fqn, args=made))
    return type(stack.node.find_child("made by Node")).__qualname__


def load_another_version() -> str:
    """Load a bundle that Node rejects; jsii's error comes with this or with the next request."""
    JSIIAssembly.load("@cdktf/provider-google", "0.0.1", "cdktf", "cdktf@0.21.0.jsii.tgz")
    return stack.node.id


attempt("late", import_late)
attempt("made by Node", made_by_node)
attempt("another version", load_another_version)
attempt("by attribute", lambda: cdktf_cdktf_provider_google.dns_policy.DnsPolicy.TF_RESOURCE_TYPE)
attempt("unknown module", lambda: importlib.import_module("cdktf_cdktf_provider_google.nothing"))
attempt("unknown attribute", lambda: cdktf_cdktf_provider_kubernetes.nothing)

sys.stdout.write(Testing.synth(stack))
synthesize(load(Path("environments")), outdir=Path(sys.argv[1]))

"""`examples/myapi`: manifests that are valid in every version and match the stacks' Service."""

from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
from ruamel.yaml import YAML

from settings.environment import Settings
from tests.line import Line, settings_from
from tests.support import DEV_TABLE, ROOT

Manifest = dict[str, Any]

FILES = sorted((ROOT / "examples" / "myapi").glob("*.yaml"))

VERSIONS = ("1.30", "1.32", "1.34", "1.36")
"""From the first version with the preStop sleep action on by default to the next release."""


def read(path: Path) -> Manifest:
    manifest: Manifest = YAML(typ="safe", pure=True).load(path)
    return manifest


MANIFESTS = {manifest["kind"]: manifest for manifest in map(read, FILES)}


@pytest.fixture(scope="module")
def dev() -> Settings:
    """The settings that the manifests belong to."""
    return settings_from(DEV_TABLE)


@pytest.fixture
def pod() -> Manifest:
    """The pod spec of the deployment."""
    spec: Manifest = MANIFESTS["Deployment"]["spec"]["template"]["spec"]
    return spec


@pytest.fixture
def container(pod: Manifest) -> Manifest:
    """The only container of the pods."""
    only: Manifest
    (only,) = pod["containers"]
    return only


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("kind", MANIFESTS)
def test_every_field_is_in_the_kubernetes_schema(kind: str, version: str) -> None:
    kubernetes_validate.validate(MANIFESTS[kind], version, strict=True)


def test_a_field_outside_the_kubernetes_schema_is_an_error() -> None:
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(
            {**MANIFESTS["Deployment"], "replicas": 2}, VERSIONS[-1], strict=True
        )


def test_every_object_is_in_the_namespace_of_the_service(dev: Settings) -> None:
    (service,) = dev.services
    namespaces = {manifest["metadata"]["namespace"] for manifest in MANIFESTS.values()}
    assert namespaces == {service.namespace}


def test_the_service_selects_the_pods(line: Line) -> None:
    selector = line.one("service", "kubernetes_service_v1")["spec"]["selector"]
    deployment = MANIFESTS["Deployment"]["spec"]
    assert deployment["selector"]["matchLabels"] == selector
    assert deployment["template"]["metadata"]["labels"].items() >= selector.items()
    assert MANIFESTS["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"] == selector
    assert MANIFESTS["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"] == selector


def test_the_container_listens_on_the_target_port_of_the_service(
    line: Line, container: Manifest
) -> None:
    (port,) = line.one("service", "kubernetes_service_v1")["spec"]["port"]
    (listening,) = container["ports"]
    assert port["target_port"] == str(listening["containerPort"])
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        assert container[probe]["httpGet"]["port"] == listening["name"]


def test_the_network_policy_admits_only_the_connector_and_health_checks(
    dev: Settings,
) -> None:
    policy = MANIFESTS["NetworkPolicy"]["spec"]
    assert policy["policyTypes"] == ["Ingress"]
    (rule,) = policy["ingress"]
    assert [peer["ipBlock"] for peer in rule["from"]] == [
        {"cidr": str(dev.network.connector)},
        {"cidr": "130.211.0.0/22"},
        {"cidr": "35.191.0.0/16"},
    ]
    (port,) = dev.services[0].ports
    assert rule["ports"] == [{"protocol": port.protocol, "port": port.target_port}]


def test_the_service_preserves_the_client_address_that_the_network_policy_matches(
    line: Line,
) -> None:
    service = line.one("service", "kubernetes_service_v1")
    assert service["spec"]["external_traffic_policy"] == "Local"


def test_the_autoscaler_targets_the_deployment() -> None:
    autoscaler, deployment = MANIFESTS["HorizontalPodAutoscaler"], MANIFESTS["Deployment"]
    assert autoscaler["spec"]["scaleTargetRef"] == {
        "apiVersion": deployment["apiVersion"],
        "kind": deployment["kind"],
        "name": deployment["metadata"]["name"],
    }
    assert "replicas" not in deployment["spec"]


def test_the_container_requests_the_resource_that_the_autoscaler_measures(
    container: Manifest,
) -> None:
    (metric,) = MANIFESTS["HorizontalPodAutoscaler"]["spec"]["metrics"]
    assert metric["resource"]["name"] in container["resources"]["requests"]


def test_a_node_drain_can_always_evict_a_pod() -> None:
    spare = MANIFESTS["HorizontalPodAutoscaler"]["spec"]["minReplicas"]
    assert 1 <= MANIFESTS["PodDisruptionBudget"]["spec"]["maxUnavailable"] < spare


def test_the_pods_run_with_least_privilege(pod: Manifest, container: Manifest) -> None:
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["runAsUser"] > 0
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "privileged": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert not {"hostNetwork", "hostPID", "hostIPC", "volumes"} & pod.keys()


def test_a_terminating_pod_serves_until_the_load_balancer_stops_sending_calls(
    pod: Manifest, container: Manifest
) -> None:
    waits = container["lifecycle"]["preStop"]["sleep"]["seconds"]
    # With externalTrafficPolicy Local, a pod is unhealthy after two failed checks, 3 s apart:
    # kubernetes/ingress-gce, healthchecksl4.go.
    assert 2 * 3 < waits < pod["terminationGracePeriodSeconds"]


def test_the_image_is_pinned(container: Manifest) -> None:
    _, _, tag = container["image"].rpartition(":")
    assert tag[:1].isdigit()

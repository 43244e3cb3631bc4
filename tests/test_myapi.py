"""`examples/myapi`: good manifests in every version, for the Service that the stacks make."""

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
"""From the first that heeds the preStop sleep by default to what comes next."""


def read(path: Path) -> Manifest:
    manifest: Manifest = YAML(typ="safe", pure=True).load(path)
    return manifest


MANIFESTS = {manifest["kind"]: manifest for manifest in map(read, FILES)}


@pytest.fixture(scope="module")
def dev() -> Settings:
    """The settings that the manifests fit."""
    return settings_from(DEV_TABLE)


@pytest.fixture
def pod() -> Manifest:
    """What the pods are."""
    spec: Manifest = MANIFESTS["Deployment"]["spec"]["template"]["spec"]
    return spec


@pytest.fixture
def container(pod: Manifest) -> Manifest:
    """The API itself."""
    one: Manifest
    (one,) = pod["containers"]
    return one


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("kind", MANIFESTS)
def test_kubernetes_knows_every_field(kind: str, version: str) -> None:
    kubernetes_validate.validate(MANIFESTS[kind], version, strict=True)


def test_a_field_that_kubernetes_does_not_know_would_be_found() -> None:
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(
            {**MANIFESTS["Deployment"], "replicas": 2}, VERSIONS[-1], strict=True
        )


def test_everything_is_in_the_namespace_of_the_service(dev: Settings) -> None:
    (service,) = dev.services
    assert {one["metadata"]["namespace"] for one in MANIFESTS.values()} == {service.namespace}


def test_the_pods_are_those_that_the_service_selects(line: Line) -> None:
    selector = line.one("service", "kubernetes_service_v1")["spec"]["selector"]
    deployment = MANIFESTS["Deployment"]["spec"]
    assert deployment["selector"]["matchLabels"] == selector
    assert deployment["template"]["metadata"]["labels"].items() >= selector.items()
    assert MANIFESTS["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"] == selector
    assert MANIFESTS["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"] == selector


def test_the_container_listens_where_the_service_sends_calls(
    line: Line, container: Manifest
) -> None:
    (port,) = line.one("service", "kubernetes_service_v1")["spec"]["port"]
    (listening,) = container["ports"]
    assert port["target_port"] == str(listening["containerPort"])
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        assert container[probe]["httpGet"]["port"] == listening["name"]


def test_the_connector_and_google_s_health_checks_are_let_in_and_nobody_else(
    dev: Settings,
) -> None:
    policy = MANIFESTS["NetworkPolicy"]["spec"]
    assert policy["policyTypes"] == ["Ingress"]
    (rule,) = policy["ingress"]
    assert [one["ipBlock"] for one in rule["from"]] == [
        {"cidr": str(dev.network.connector)},
        {"cidr": "130.211.0.0/22"},
        {"cidr": "35.191.0.0/16"},
    ]
    (port,) = dev.services[0].ports
    assert rule["ports"] == [{"protocol": port.protocol, "port": port.target_port}]


def test_the_service_keeps_the_caller_s_address_by_which_the_policy_tells_callers(
    line: Line,
) -> None:
    service = line.one("service", "kubernetes_service_v1")
    assert service["spec"]["external_traffic_policy"] == "Local"


def test_the_autoscaler_counts_the_deployment_s_pods() -> None:
    autoscaler, deployment = MANIFESTS["HorizontalPodAutoscaler"], MANIFESTS["Deployment"]
    assert autoscaler["spec"]["scaleTargetRef"] == {
        "apiVersion": deployment["apiVersion"],
        "kind": deployment["kind"],
        "name": deployment["metadata"]["name"],
    }
    assert "replicas" not in deployment["spec"]


def test_a_share_of_cpu_can_be_measured(container: Manifest) -> None:
    (metric,) = MANIFESTS["HorizontalPodAutoscaler"]["spec"]["metrics"]
    assert metric["resource"]["name"] in container["resources"]["requests"]


def test_a_drain_can_always_take_a_pod() -> None:
    spare = MANIFESTS["HorizontalPodAutoscaler"]["spec"]["minReplicas"]
    assert 1 <= MANIFESTS["PodDisruptionBudget"]["spec"]["maxUnavailable"] < spare


def test_the_pods_may_do_nothing_that_they_need_not(pod: Manifest, container: Manifest) -> None:
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


def test_a_pod_serves_on_while_the_load_balancer_learns_that_it_leaves(
    pod: Manifest, container: Manifest
) -> None:
    waits = container["lifecycle"]["preStop"]["sleep"]["seconds"]
    # ingress-gce, healthchecksl4.go, with externalTrafficPolicy Local: two failures, 3 s apart.
    assert 2 * 3 < waits < pod["terminationGracePeriodSeconds"]


def test_the_image_is_pinned(container: Manifest) -> None:
    _, _, tag = container["image"].rpartition(":")
    assert tag[:1].isdigit()

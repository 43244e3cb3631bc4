"""`examples/argo.toml`: an environment whose API is in a separate namespace."""

import shutil
import tomllib
from pathlib import Path

import pytest

from settings.address_plan import network_ranges
from settings.load import load
from tests.fake_cloud.cloud import FakeCloud
from tests.fake_cloud.provider.values import first
from tests.fake_cloud.tools import Tools
from tests.line import STACKS, Line
from tests.support import DEV_FILE, ROOT, Synthesize

ARGO = ROOT / "examples" / "argo.toml"


@pytest.fixture(scope="module")
def line(synthesize: Synthesize) -> Line:
    """The synthesized stacks of the example."""
    return synthesize(tomllib.loads(ARGO.read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def argo(tmp_path_factory: pytest.TempPathFactory, tools: Tools, line: Line) -> FakeCloud:
    """The deployed example, with its namespace."""
    cloud = FakeCloud(tmp_path_factory.mktemp("argo"), tools)
    cloud.take(line)
    cloud.deploy()
    return cloud


def test_the_example_is_valid_together_with_dev_toml(tmp_path: Path) -> None:
    for path in [ARGO, DEV_FILE]:
        shutil.copy(path, tmp_path)
    together = {settings.environment: settings for settings in load(tmp_path)}
    assert {"argo", "dev"} <= together.keys()


def test_the_example_and_dev_toml_share_no_range(tmp_path: Path) -> None:
    """So that their networks can be peered later."""
    for path in [ARGO, DEV_FILE]:
        shutil.copy(path, tmp_path)
    example, dev = (network_ranges(settings).values() for settings in load(tmp_path))
    assert len(example) == len(dev) == 4
    for ours in example:
        for theirs in dev:
            assert not ours.overlaps(theirs), f"{ours} and {theirs}"


def test_the_name_resolves_to_the_argo_server(argo: FakeCloud) -> None:
    (service,) = argo.world.all("kubernetes_service_v1")
    (record,) = argo.world.all("google_dns_record_set")
    assert first(service, "metadata.namespace") == "argo"
    assert first(service, "spec")["selector"] == {"app": "argo-server"}
    assert first(service, "spec.port.port") == 2746
    assert record["name"] == "argo.tools.private."
    assert record["rrdatas"] == [first(service, "status.load_balancer.ingress.ip")]


def test_the_connector_may_call_only_the_port_of_argo(argo: FakeCloud) -> None:
    rules = {rule["name"]: rule for rule in argo.world.all("google_compute_firewall")}
    (allowed,) = rules["argo-allow-argo-workflows"]["allow"]
    assert allowed["protocol"] == "tcp"
    assert allowed["ports"] == ["2746"]


@pytest.mark.parametrize("part", STACKS)
def test_a_second_plan_is_empty(part: str, argo: FakeCloud) -> None:
    plan = argo.terraform(part, "plan", "-detailed-exitcode", "-no-color")
    assert plan.returncode == 0, plan.stdout + plan.stderr

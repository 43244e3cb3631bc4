"""`examples/argo.toml`: another API, in a namespace of its own, on the same kind of line."""

import shutil
import tomllib
from pathlib import Path

import pytest

from settings.load import load
from tests.fake_cloud.cloud import FakeCloud
from tests.fake_cloud.provider.values import first
from tests.fake_cloud.tools import Tools
from tests.line import STACKS, Line
from tests.support import DEV_FILE, ROOT, Synthesize

ARGO = ROOT / "examples" / "argo.toml"


@pytest.fixture(scope="module")
def line(synthesize: Synthesize) -> Line:
    """The line of the example."""
    return synthesize(tomllib.loads(ARGO.read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def on_argo(tmp_path_factory: pytest.TempPathFactory, tools: Tools, line: Line) -> FakeCloud:
    """The line deployed, its namespace included."""
    cloud = FakeCloud(tmp_path_factory.mktemp("argo"), tools)
    cloud.take(line)
    cloud.deploy()
    return cloud


def test_it_is_good_settings_beside_those_of_environments(tmp_path: Path) -> None:
    for path in [ARGO, DEV_FILE]:
        shutil.copy(path, tmp_path)
    together = {settings.environment: settings for settings in load(tmp_path)}
    assert {"argo", "dev"} <= together.keys()


def test_two_lines_share_no_range(tmp_path: Path) -> None:
    """So that their networks can be peered later."""
    for path in [ARGO, DEV_FILE]:
        shutil.copy(path, tmp_path)
    argo, dev = (settings.network for settings in load(tmp_path))
    for one in (argo.nodes, argo.pods, argo.services, argo.connector):
        for other in (dev.nodes, dev.pods, dev.services, dev.connector):
            assert not one.overlaps(other), f"{one} and {other}"


def test_the_name_leads_to_argo_s_server(on_argo: FakeCloud) -> None:
    (service,) = on_argo.world.all("kubernetes_service_v1")
    (record,) = on_argo.world.all("google_dns_record_set")
    assert first(service, "metadata.namespace") == "argo"
    assert first(service, "spec")["selector"] == {"app": "argo-server"}
    assert first(service, "spec.port.port") == 2746
    assert record["name"] == "argo.tools.private."
    assert record["rrdatas"] == [first(service, "status.load_balancer.ingress.ip")]


def test_the_connector_may_call_argo_s_port_alone(on_argo: FakeCloud) -> None:
    rules = {one["name"]: one for one in on_argo.world.all("google_compute_firewall")}
    (allowed,) = rules["argo-allow-argo-workflows"]["allow"]
    assert allowed["protocol"] == "tcp"
    assert allowed["ports"] == ["2746"]


@pytest.mark.parametrize("part", STACKS)
def test_the_second_time_there_is_nothing_to_do(part: str, on_argo: FakeCloud) -> None:
    plan = on_argo.terraform(part, "plan", "-detailed-exitcode", "-no-color")
    assert plan.returncode == 0, plan.stdout + plan.stderr

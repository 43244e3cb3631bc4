"""A life of ordinary changes: each is a deploy of all stacks, and leaves nothing to do."""

from collections.abc import Iterator, Mapping

import pytest

from tests.deploy.command import Command
from tests.deploy.life import PAGE, Lived, live, page
from tests.deploy.steps import LIFE
from tests.fake_cloud.cloud import FakeCloud
from tests.fake_cloud.tools import Tools
from tests.project import toml
from tests.support import ROOT, Synthesize

ADDRESS = "google_compute_address"
CONNECTOR = "google_vpc_access_connector"
FIREWALL = "google_compute_firewall"
RECORD = "google_dns_record_set"
SERVICE = "kubernetes_service_v1"
SUBNET = "google_compute_subnetwork"


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory, tools: Tools) -> Iterator[FakeCloud]:
    """What the life is lived with; its providers start once."""
    with FakeCloud(tmp_path_factory.mktemp("life"), tools).served() as line:
        yield line


@pytest.fixture(scope="module")
def lives(line: FakeCloud, synthesize: Synthesize) -> Mapping[str, Lived]:
    """Every change of the life, by its words."""
    return {lived.step.change: lived for lived in live(line, synthesize)}


@pytest.mark.parametrize("change", [step.change for step in LIFE])
def test_after_each_change_every_plan_is_empty(change: str, lives: Mapping[str, Lived]) -> None:
    assert lives[change].left == []


def test_the_table_of_changes_is_what_they_did(lives: Mapping[str, Lived]) -> None:
    text = (ROOT / PAGE).read_text(encoding="utf-8")
    assert text == page(text, list(lives.values())), "run: make changes"


@pytest.mark.parametrize(
    "change",
    [
        "an API is added",
        "another port",
        "another host",
        "two APIs swap hosts",
        "another fixed address",
        "an API is renamed, with `was`; its address is fixed",
        "an API is renamed, without `was`; Google picked its address",
        "an API is removed",
        "an API moves to a new namespace, with `was`",
    ],
)
def test_a_change_of_an_api_touches_service_and_dns_only(
    change: str, lives: Mapping[str, Lived]
) -> None:
    changed = {*(deed.stack for deed in lives[change].deeds), *lives[change].outputs}
    assert changed <= {"service", "dns"}


@pytest.mark.parametrize(
    ("change", "order"),
    [
        (
            "an API is removed",
            [
                ("delete", SERVICE),
                ("delete", FIREWALL),
                ("delete", FIREWALL),
                ("delete", ADDRESS),
                ("delete", RECORD),
            ],
        ),
        (
            "another fixed address",
            [
                ("delete", SERVICE),
                ("delete", ADDRESS),
                ("create", ADDRESS),
                ("update", FIREWALL),
                ("update", FIREWALL),
                ("create", SERVICE),
                ("update", RECORD),
            ],
        ),
        (
            "an API is renamed, with `was`; its address is fixed",
            [
                ("delete", SERVICE),
                ("delete", FIREWALL),
                ("delete", FIREWALL),
                ("delete", ADDRESS),
                ("create", ADDRESS),
                ("create", FIREWALL),
                ("create", FIREWALL),
                ("create", SERVICE),
            ],
        ),
        ("two APIs swap hosts", [("update", RECORD), ("update", RECORD)]),
        ("the fixed address is taken away", []),
        ("the address that it has is fixed", []),
        (
            "another connector range",
            [
                ("delete", CONNECTOR),
                ("delete", SUBNET),
                ("create", SUBNET),
                ("update", FIREWALL),
                ("create", CONNECTOR),
                ("update", FIREWALL),
                ("update", SERVICE),
            ],
        ),
    ],
)
def test_what_holds_something_goes_before_it_and_comes_after_it(
    change: str, order: list[tuple[str, str]], lives: Mapping[str, Lived]
) -> None:
    assert [(one.action, one.kind) for one in lives[change].journal] == order


@pytest.mark.parametrize("change", [step.change for step in LIFE if step.stops and not step.again])
def test_what_is_rejected_changes_nothing(change: str, lives: Mapping[str, Lived]) -> None:
    assert lives[change].journal == []


def test_after_all_a_destroy_leaves_nothing_but_the_enabled_apis(
    line: FakeCloud, lives: Mapping[str, Lived]
) -> None:
    command = Command(line)
    *_, last = lives.values()
    command.project.write(toml(last.settings))
    command.succeed("destroy", "dev-*")
    assert set(line.names()) == {"google_project_service"}

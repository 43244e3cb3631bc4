"""A series of ordinary changes: after the deploy of each, every plan is empty."""

from collections.abc import Mapping

import pytest

from tests.conformance.pairs import empty_cloud
from tests.deploy.life import PAGE, Outcome, deploy_steps, page
from tests.deploy.steps import LIFE
from tests.fake_cloud.cloud import FakeCloud
from tests.fake_cloud.tools import Tools
from tests.support import ROOT, Synthesize

ADDRESS = "google_compute_address"
CONNECTOR = "google_vpc_access_connector"
FIREWALL = "google_compute_firewall"
RECORD = "google_dns_record_set"
SERVICE = "kubernetes_service_v1"
SUBNET = "google_compute_subnetwork"


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory, tools: Tools) -> FakeCloud:
    """The fake cloud to which the steps are deployed, as by the first walk of the recordings."""
    return empty_cloud(tmp_path_factory.mktemp("life") / "cloud", tools)


@pytest.fixture(scope="module")
def outcomes(line: FakeCloud, synthesize: Synthesize) -> Mapping[str, Outcome]:
    """The effects of every step, by the name of its change."""
    return {outcome.step.change: outcome for outcome in deploy_steps(line, synthesize)}


@pytest.mark.parametrize("change", [step.change for step in LIFE])
def test_after_each_change_every_plan_is_empty(
    change: str, outcomes: Mapping[str, Outcome]
) -> None:
    assert outcomes[change].left == []


def test_the_table_in_operations_md_lists_the_effects(outcomes: Mapping[str, Outcome]) -> None:
    text = (ROOT / PAGE).read_text(encoding="utf-8")
    assert text == page(text, list(outcomes.values())), "run: make changes"


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
    change: str, outcomes: Mapping[str, Outcome]
) -> None:
    changed = {*(effect.stack for effect in outcomes[change].effects), *outcomes[change].outputs}
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
def test_users_of_a_resource_are_destroyed_before_it_and_created_after_it(
    change: str, order: list[tuple[str, str]], outcomes: Mapping[str, Outcome]
) -> None:
    assert [(entry.action, entry.kind) for entry in outcomes[change].journal] == order


@pytest.mark.parametrize("change", [step.change for step in LIFE if step.stops and not step.again])
def test_a_rejected_change_has_no_effect(change: str, outcomes: Mapping[str, Outcome]) -> None:
    assert outcomes[change].journal == []


def test_a_destroy_after_all_changes_leaves_only_the_enabled_apis(
    line: FakeCloud, outcomes: Mapping[str, Outcome]
) -> None:
    assert outcomes
    line.destroy()
    assert set(line.names()) == {"google_project_service"}

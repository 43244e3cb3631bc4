"""The fake providers' plans equal the recorded plans of the real ones, and so do their reviews."""

import copy
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import pytest

from operations.review.hop import Hop
from operations.review.risk import Finding
from operations.review.show import plan_of
from operations.terraform.synthesized import Stack, remote_states
from tests.conformance.changes import differences
from tests.conformance.pairs import Pair, empty_cloud, walks
from tests.conformance.planner import Plan, Planner
from tests.conformance.recordings import recorded, recording, versions
from tests.fake_cloud.tools import Tools
from tests.line import STACKS, Table
from tests.operations.review.fixtures import report_of
from tests.support import Synthesize

RECORDED: Final = {part: recorded(part) for part in STACKS}
SCENARIOS: Final = [(part, scenario) for part in STACKS for scenario in RECORDED[part]["plans"]]
CHANGES: Final = [
    (part, scenario) for part, scenario in SCENARIOS if RECORDED[part]["plans"][scenario]["changes"]
]

RECORD_AGAIN: Final = (
    "the recordings are of other stacks or states. Record again: make conformance ARGS=--record"
    " (docs/fake-cloud.md says what to do without the providers)"
)

Planned = Mapping[tuple[str, str], tuple[Pair, Plan]]
"""Each distinct pair and its plan by the fake providers, by stack and its first scenario."""


@pytest.fixture(scope="module")
def planned(
    tmp_path_factory: pytest.TempPathFactory, tools: Tools, synthesize: Synthesize
) -> Planned:
    """The plans of all scenarios by the fake providers."""
    folder = tmp_path_factory.mktemp("conformance")
    found = {}
    seen = set()
    planner = Planner(folder / "fake", tools)
    for number, walk in enumerate(walks()):
        for pair in walk(empty_cloud(folder / f"cloud-{number}", tools), synthesize):
            if pair.digest not in seen:
                seen.add(pair.digest)
                found[pair.part, pair.scenario] = pair, planner.plan(pair)
    return found


@pytest.mark.parametrize("part", STACKS)
def test_the_recordings_are_of_the_providers_in_use(part: str) -> None:
    assert RECORDED[part]["providers"] == versions(), RECORD_AGAIN


@pytest.mark.parametrize("part", STACKS)
def test_every_stack_and_state_is_recorded_once(part: str, planned: Planned) -> None:
    ours = {
        scenario: pair.digest for (stack, scenario), (pair, _) in planned.items() if stack == part
    }
    theirs = {scenario: plan["digest"] for scenario, plan in RECORDED[part]["plans"].items()}
    assert ours == theirs, RECORD_AGAIN


@pytest.mark.parametrize(("part", "scenario"), SCENARIOS)
def test_the_fake_providers_plan_what_the_real_ones_planned(
    part: str, scenario: str, planned: Planned
) -> None:
    assert (part, scenario) in planned, RECORD_AGAIN
    _, plan = planned[part, scenario]
    fake, real = recording(plan), RECORDED[part]["plans"][scenario]
    assert list(differences(fake["changes"], real["changes"])) == []
    assert fake == {"changes": real["changes"], "complaints": real["complaints"]}


@pytest.mark.parametrize(("part", "scenario"), CHANGES)
def test_the_review_reads_a_real_plan_as_it_reads_the_fake_one(
    part: str, scenario: str, planned: Planned
) -> None:
    assert (part, scenario) in planned, RECORD_AGAIN
    pair, plan = planned[part, scenario]
    real = _as_recorded(plan.shown, RECORDED[part]["plans"][scenario]["changes"])
    assert _read(pair, real) == _read(pair, plan.shown)


def _as_recorded(shown: Table, changes: Table) -> Table:
    """A plan with the recorded changes. Values that a recording leaves out do not change."""
    shown = copy.deepcopy(shown)
    for resource in shown.get("resource_changes", []):
        change = resource["change"]
        if real := changes.get(resource["address"]):
            stays = change["before"] if real["actions"] == ["update"] else {}
            after = real.get("after")
            change.update(
                actions=real["actions"],
                after=None if after is None and not stays else {**stays, **(after or {})},
                after_unknown=real.get("unknown", {}),
                replace_paths=real.get("replace_paths", []),
            )
        else:
            change.update(actions=["no-op"], after=change["before"], after_unknown={})
    return shown


def _read(pair: Pair, shown: Table) -> tuple[Sequence[Finding], Mapping[str, Sequence[Hop]]]:
    """The findings and the hops of a review of one stack's plan."""
    stack = Stack(
        name=f"dev-{pair.part}",
        folder=Path(),
        configuration=pair.stack,
        upstream=tuple(remote_states(pair.stack)),
    )
    report = report_of([plan_of(stack, shown, {})])
    return report.findings, report.hops

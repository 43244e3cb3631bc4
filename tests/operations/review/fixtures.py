"""Runs reviews of an environment in the fake cloud, with the command that users run."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from operations.review.environment import Environment
from operations.review.hop import Verdict
from operations.review.plan import Plan
from operations.review.planning import Planner
from operations.review.progress import Progress
from operations.review.report import Report
from operations.terraform.synthesized import read
from tests.fake_cloud.cloud import FakeCloud
from tests.fake_cloud.tools import Tools
from tests.line import Table
from tests.support import DEV_TABLE, ROOT, Synthesize


@dataclass(frozen=True)
class Reviewed:
    """The exit status and output of a review."""

    status: int
    stdout: str
    stderr: str

    @property
    def report(self) -> Table:
        """The only environment of a JSON report."""
        report: Table
        (report,) = json.loads(self.stdout)
        return report

    def findings(self, risk: str) -> list[str]:
        """The reasons of the findings with a risk."""
        return [finding["reason"] for finding in self.report["findings"] if finding["risk"] == risk]

    def hops(self, verdict: str) -> dict[str, str]:
        """The hops to all services with a verdict: title and reason."""
        paths = self.report["path"].values()
        return {
            hop["title"]: hop["why"] for hops in paths for hop in hops if hop["verdict"] == verdict
        }


def start(cloud: FakeCloud, *arguments: str, **variables: str) -> subprocess.Popen[str]:
    """Start a review in a cloud's folder."""
    return subprocess.Popen(  # noqa: S603 - our own command, no shell
        [sys.executable, "-m", "operations.review", *arguments],
        cwd=cloud.folder,
        env={**cloud.environment(), "PYTHONPATH": str(ROOT), **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def review(cloud: FakeCloud, *arguments: str, **variables: str) -> Reviewed:
    """Run a review to its end, by default with a JSON report."""
    process = start(cloud, *(arguments or ("--format", "json")), **variables)
    stdout, stderr = process.communicate(timeout=120)
    return Reviewed(process.returncode, stdout, stderr)


def report_on(cloud: FakeCloud, part: str, others: Sequence[Plan] = ()) -> Report:
    """Review an environment after a change of one stack: plan it and its upstream stacks again.

    Args:
        cloud: the project with the stacks.
        part: the changed stack, such as `dns`.
        others: the plans of all stacks before the change.
    """
    stacks = {stack.part: stack for stack in read(cloud.folder / "cdktf.out", [])}
    needed = [part]
    for needed_part in needed:
        needed += [name.removeprefix("dev-") for name in stacks[needed_part].upstream]
    chosen = [stack for stack in stacks.values() if stack.part in needed]
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("TF_PLUGIN_CACHE_DIR", raising=False)
        for name, value in cloud.environment().items():
            patch.setenv(name, value)
        plans, failures = asyncio.run(Planner(chosen, Progress()).plans())
    assert not failures, failures
    all_plans = {plan.stack: plan for plan in others} | plans
    return report_of(list(all_plans.values()))


def report_of(plans: Sequence[Plan]) -> Report:
    """Review the plans of an environment's stacks."""
    return Report.of(Environment(name="dev", plans=plans, failures=[]))


def failing(report: Report) -> set[str]:
    """The titles of the hops that fail, to any service."""
    return {
        hop.title for hops in report.hops.values() for hop in hops if hop.verdict is Verdict.FAILS
    }


@pytest.fixture
def day_0(cloud: FakeCloud, synthesize: Synthesize) -> FakeCloud:
    """`tests/fixtures/dev.toml`, synthesized and never applied."""
    cloud.take(synthesize(DEV_TABLE))
    return cloud


@pytest.fixture(scope="session")
def day_0_plans(
    tmp_path_factory: pytest.TempPathFactory, tools: Tools, synthesize: Synthesize
) -> Sequence[Plan]:
    """All plans of `tests/fixtures/dev.toml` before the first deploy."""
    cloud = FakeCloud(tmp_path_factory.mktemp("day-0"), tools)
    cloud.take(synthesize(DEV_TABLE))
    return report_on(cloud, "dns").environment.plans

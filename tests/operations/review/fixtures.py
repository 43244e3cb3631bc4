"""Runs reviews of an environment in the fake cloud."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Final

import pytest

from operations.review import command
from operations.review.environment import Environment
from operations.review.hop import Verdict
from operations.review.plan import Plan
from operations.review.planning import Planner
from operations.review.progress import Progress
from operations.review.report import Report
from operations.terraform.process import LIMIT_SECONDS, TerraformError, terraform
from operations.terraform.synthesized import read
from tests.fake_cloud.cloud import FakeCloud
from tests.fake_cloud.memo import ATTACH, Call, Run
from tests.fake_cloud.tools import Tools
from tests.line import Table
from tests.project import set_environment
from tests.support import DEV_TABLE, ROOT, Synthesize

_OF_COPIES: Final = ("version", "plan", "show")
"""Commands that a review runs on copies of stacks, which have no backend."""


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
    """Start a review in a cloud's folder, with the command that users run."""
    return subprocess.Popen(  # noqa: S603 - our own command, no shell
        [sys.executable, "-m", "operations.review", *arguments],
        cwd=cloud.folder,
        env={**cloud.environment(), "PYTHONPATH": str(ROOT), **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def review(cloud: FakeCloud, *arguments: str, **variables: str) -> Reviewed:
    """Run a review to its end, by default with a JSON report.

    Without variables, it runs in this process, with running providers and replayed runs of
    Terraform.
    """
    arguments = arguments or ("--format", "json")
    if variables:
        process = start(cloud, *arguments, **variables)
        stdout, stderr = process.communicate(timeout=120)
        return Reviewed(process.returncode, stdout, stderr)
    with (
        _replaying(cloud) as patch,
        redirect_stdout(StringIO()) as out,
        redirect_stderr(StringIO()) as err,
    ):
        patch.chdir(cloud.folder)
        patch.setattr(sys, "argv", ["review", *arguments])
        try:
            status = command.main()
        except SystemExit as stop:
            status = int(stop.code or 0)
    return Reviewed(status, out.getvalue(), err.getvalue())


@contextmanager
def _replaying(cloud: FakeCloud) -> Iterator[pytest.MonkeyPatch]:
    """The environment of a cloud, and a Terraform that replays runs."""
    # The trace of a world is of one run of Terraform.
    one_run = asyncio.Lock()

    async def replay(
        *arguments: str, folder: Path, variables: Mapping[str, str], limit: float = LIMIT_SECONDS
    ) -> str:
        if not cloud.plain and arguments[0] not in _OF_COPIES:
            return await terraform(*arguments, folder=folder, variables=variables, limit=limit)
        environment = {**os.environ, **variables}
        call = Call(folder=folder, arguments=arguments, environment=environment)
        async with one_run:
            run = cloud.tools.memo.replayed(call)
            if run is None:
                with cloud.tools.memo.recorded(call) as results:
                    attached = {} if arguments[0] == "init" else cloud.attached()
                    try:
                        out = await terraform(
                            *arguments,
                            folder=folder,
                            variables={**variables, **attached},
                            limit=limit,
                        )
                        results.append(Run(arguments, 0, out, ""))
                    except TerraformError as error:
                        results.append(Run(arguments, 1, "", str(error)))
                (run,) = results
        if run.returncode:
            raise TerraformError(run.stderr)
        return run.stdout

    variables = {
        **cloud.environment(),
        # The review attaches to no provider of its own.
        ATTACH: "{}",
        "TF_PLUGIN_CACHE_DIR": str(cloud.tools.cache),
    }
    with pytest.MonkeyPatch.context() as patch:
        set_environment(patch, variables)
        patch.setattr("operations.terraform.process.terraform", replay)
        patch.setattr("operations.review.planning.terraform", replay)
        yield patch


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
    with _replaying(cloud):
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

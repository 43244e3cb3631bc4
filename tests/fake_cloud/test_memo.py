"""A run of Terraform is replayed if nothing that it reads has changed, and only then."""

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest

from tests import conftest, results
from tests.fake_cloud.google.world import opened
from tests.fake_cloud.memo import WORLD, Call, Memo, Run
from tests.line import Table

STACK: Table = {
    "terraform": {"backend": {"local": {"path": "../own.tfstate"}}},
    "data": {"terraform_remote_state": {"other": {"config": {"path": "../other.tfstate"}}}},
}


class Project:
    """A stack, its states, and a world; its Terraform creates a network and counts its runs."""

    def __init__(self, folder: Path, memo: Memo) -> None:
        """Write the stack and the state that it reads."""
        self.stack = folder / "stack"
        self.stack.mkdir(parents=True)
        self.world = folder / "world.json"
        self.memo = memo
        self.environment = {WORLD: str(self.world)}
        self.runs = 0
        self.status = 0
        self.write("cdk.tf.json", STACK)
        self.write("../other.tfstate", {"serial": 1, "outputs": {"range": "10.0.0.0/8"}})

    def write(self, name: str, table: Table) -> None:
        """Write a file in the folder of the stack."""
        (self.stack / name).write_text(json.dumps(table), encoding="utf-8")

    def apply(self, *arguments: str, text: str = "done") -> Run:
        """Run Terraform, or replay a run."""

        def run() -> Run:
            self.runs += 1
            with opened(self.world) as world:
                if not world.get("network", "ours"):
                    world.put("network", "ours", {"peers": len(world.all("peering"))})
                    world.note("created")
            self.write("../own.tfstate", {"serial": 1})
            return Run((), self.status, f"{text} {self.runs}", "warning")

        call = Call(
            folder=self.stack, arguments=("apply", *arguments), environment=self.environment
        )
        return self.memo.run(call, run)


@pytest.fixture
def first(tmp_path: Path) -> Project:
    """A project after its first apply."""
    project = Project(tmp_path / "first", Memo(tmp_path / "results" / "terraform" / "digest"))
    project.apply()
    return project


@pytest.fixture
def second(tmp_path: Path, first: Project) -> Project:
    """An equal project before its first apply."""
    return Project(tmp_path / "second", first.memo)


def test_an_equal_run_is_replayed_with_its_result_its_files_and_its_world(second: Project) -> None:
    with opened(second.world) as world:
        world.put("zone", "theirs", {})
    run = second.apply()
    assert second.runs == 0
    assert (run.returncode, run.stdout, run.stderr) == (0, "done 1", "warning")
    assert (second.stack / "../own.tfstate").read_text(encoding="utf-8") == '{"serial": 1}'
    assert second.world.with_name("journal").read_text(encoding="utf-8") == "created\n"
    with opened(second.world) as world:
        assert world.get("network", "ours") == {"peers": 0}
        assert world.get("zone", "theirs") == {}


def test_only_the_outputs_of_another_state_matter(second: Project) -> None:
    second.write("../other.tfstate", {"serial": 7, "outputs": {"range": "10.0.0.0/8"}})
    second.apply()
    assert second.runs == 0


def with_another_terraform(project: Project) -> None:
    program = project.world.with_name("bin") / "terraform"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n", encoding="utf-8")
    program.chmod(0o755)
    project.environment["PATH"] = str(program.parent)


def with_peering(project: Project) -> None:
    with opened(project.world) as world:
        world.put("peering", "theirs", {})


def with_network(project: Project) -> None:
    with opened(project.world) as world:
        world.put("network", "ours", {})


@pytest.mark.parametrize(
    "change",
    [
        lambda project: project.write("cdk.tf.json", {**STACK, "output": {}}),
        lambda project: project.write(".terraform.lock.hcl", {}),
        lambda project: project.write("../own.tfstate", {"serial": 2}),
        lambda project: project.write("../other.tfstate", {"outputs": {"range": "10.0.0.0/9"}}),
        lambda project: project.environment.update(TF_VAR_name="other"),
        lambda project: project.environment.update(FAKE_CLOUD_LATE="1"),
        lambda project: project.environment.update(TERRAFORM_BINARY_NAME="tofu"),
        with_another_terraform,
        with_peering,
        with_network,
    ],
    ids=[
        *("stack", "lock", "state", "output", "variable", "fake cloud", "binary", "version"),
        *("list in the world", "resource in the world"),
    ],
)
def test_a_run_is_not_replayed_if_something_that_it_reads_is_different(
    change: Callable[[Project], None], second: Project
) -> None:
    change(second)
    second.apply()
    assert second.runs == 1


def test_a_run_with_other_arguments_is_not_replayed(second: Project) -> None:
    second.apply("-auto-approve")
    assert second.runs == 1


def test_a_run_whose_output_names_its_folder_is_not_replayed(
    first: Project, second: Project
) -> None:
    first.apply("-json", text=str(first.stack))
    second.write("../own.tfstate", {"serial": 1})
    with opened(second.world) as world:
        world.put("network", "ours", {"peers": 0})
    second.apply("-json")
    assert second.runs == 1


def test_a_change_of_the_world_that_no_step_describes_fails_the_test(second: Project) -> None:
    def run() -> Run:
        second.world.write_text("{}", encoding="utf-8")
        return Run((), 0, "", "")

    call = Call(folder=second.stack, arguments=("destroy",), environment=second.environment)
    with pytest.raises(AssertionError, match="not complete"):
        second.memo.run(call, run)


def run_again(project: Project, status: int, option: str, text: str = "done") -> Run:
    """Run Terraform on a network that exists, with another status."""
    with opened(project.world) as world:
        world.put("network", "ours", {"peers": 0})
    project.write("../own.tfstate", {"serial": 1})
    project.status = status
    return project.apply(option, text=text)


@pytest.mark.parametrize(
    ("status", "option", "text", "runs"),
    [
        (1, "-json", "Error: no such zone", 0),
        (1, "validate", '"severity": "error"', 0),
        (1, "-json", "killed", 1),
        (-9, "-json", "Error: no such zone", 1),
        (2, "-json", "Error: no such zone", 1),
        (2, "-detailed-exitcode", "Plan: 1 to add", 0),
    ],
    ids=["failed", "invalid", "failed without a reason", "killed", "wrong option", "changes"],
)
def test_a_run_that_failed_is_replayed_only_if_terraform_said_why(
    status: int, option: str, text: str, runs: int, first: Project, second: Project
) -> None:
    before = run_again(first, status, option, text)
    after = run_again(second, 0, option)
    assert second.runs == runs
    if not runs:
        assert (after.returncode, after.stdout) == (before.returncode, before.stdout)


@pytest.mark.parametrize(
    ("outcome", "marker", "runs"),
    [
        ("failed", "terraform", 1),
        ("error", "terraform", 1),
        ("passed", "terraform", 0),
        ("failed", "slow", 0),
    ],
)
def test_failed_runs_are_removed_only_if_a_test_that_runs_terraform_failed(
    outcome: str,
    marker: str,
    runs: int,
    first: Project,
    second: Project,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run_again(first, 1, "-json", "Error: no space left on device")
    monkeypatch.setattr(results, "FOLDER", tmp_path / "results")
    summary = pytest.TerminalReporter(request.config, StringIO())
    report = pytest.TestReport(
        "test_dns.py::test", ("", 0, ""), {marker: 1}, "failed", None, "call"
    )
    summary.stats[outcome] = [report]
    conftest.pytest_terminal_summary(summary)
    run_again(second, 0, "-json")
    assert second.runs == runs
    third = Project(tmp_path / "third", first.memo)
    third.apply()
    assert third.runs == 0


def test_a_run_is_not_stored_after_a_source_has_changed(tmp_path: Path) -> None:
    memo = Memo(tmp_path / "memo", current=lambda: False)
    for name in ("first", "second"):
        project = Project(tmp_path / name, memo)
        project.apply()
        assert project.runs == 1

"""A changed `[state]` section: the commands that a synthesis prints, and their effect on states."""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from operations.terraform.moved_states import moved_states
from tests.fake_cloud.backends.gcs import Bucket
from tests.fake_cloud.backends.hcp import HOST, served
from tests.fake_cloud.backends.hcp_api import Organization
from tests.fake_cloud.cloud import FakeCloud
from tests.fake_cloud.memo import Run
from tests.fake_cloud.tools import Tools
from tests.line import BACKENDS, STACKS, Table, changed
from tests.pages import blocks, page, section
from tests.project import Project, dev_with_state
from tests.support import DEV_TABLE, Synthesize

LOCAL: Table = BACKENDS["local"]
GCS: Table = BACKENDS["gcs"]
CLOUD: Table = {**BACKENDS["cloud"], "hostname": HOST}

TERRAFORM = os.environ.get("TERRAFORM_BINARY_NAME", "terraform")

NOTE = Path(".terraform", "terraform.tfstate")


class Moving:
    """A deployed environment whose `[state]` section changes."""

    def __init__(self, line: FakeCloud, synthesize: Synthesize) -> None:
        """Use an environment with states in a folder."""
        self.line = line
        self._synthesize = synthesize

    def to(self, state: Table) -> list[str]:
        """Synthesize with another `[state]` section, and return the printed lines."""
        self.line.take(self._synthesize(changed(DEV_TABLE, {"state": state})))
        return self.printed()

    def printed(self) -> list[str]:
        """The lines that a synthesis prints in the project folder."""
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(self.line.folder)
            return moved_states(Path("cdktf.out"))

    def run(self, command: str, answer: str = "") -> Run:
        """Run a command in a shell, with one answer to every prompt."""
        return subprocess.run(  # noqa: S603 - our own commands
            ["bash", "-euc", command],  # noqa: S607 - the Makefile's shell
            cwd=self.line.folder,
            env={**self.line.environment(), "TF_INPUT": "1"},
            input=f"{answer}\n" * 10_000,
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )

    def left_to_do(self) -> list[str]:
        """The stacks whose plans are not empty."""
        return [part for part in STACKS if self.line.planned(part)]


@pytest.fixture
def bucket() -> Bucket:
    """An empty bucket."""
    return Bucket(GCS["bucket"])


@pytest.fixture
def organization() -> Organization:
    """An organization without a workspace."""
    return Organization()


@pytest.fixture
def moving(
    tmp_path: Path,
    tools: Tools,
    first_deploy: FakeCloud,
    bucket: Bucket,
    organization: Organization,
    synthesize: Synthesize,
) -> Iterator[Moving]:
    """A deployed environment with states in a folder, and backends that they can move to."""
    with bucket.served() as gcs, served(organization, tmp_path, tools) as hcp:
        yield Moving(first_deploy.copy(tmp_path / "line", {**gcs, **hcp}), synthesize)


def command(printed: list[str]) -> str:
    """The command in the only printed line."""
    (line,) = printed
    (found,) = re.findall("`(for .*?)`", line)
    return str(found)


def recipe(number: int) -> str:
    """A block of commands of docs/environments.md, with the binary that the tests run."""
    block = blocks("sh cloud", section(page("docs/environments.md"), "States move"))[number]
    return re.sub(r"^  terraform", f"  {TERRAFORM}", block, flags=re.MULTILINE)


def test_an_unchanged_environment_prints_nothing(moving: Moving) -> None:
    assert moving.printed() == []
    assert moving.to({**LOCAL, "path": "state"}) == []


def test_an_environment_that_was_never_initialized_prints_nothing(
    cloud: FakeCloud, synthesize: Synthesize
) -> None:
    assert Moving(cloud, synthesize).to(GCS) == []


@pytest.mark.parametrize("note", ["{", "[]", "{}", '{"backend": {"type": "s3", "config": {}}}'])
def test_a_damaged_backend_record_prints_nothing(moving: Moving, note: str) -> None:
    moving.to(GCS)
    for folder in (moving.line.folder / "cdktf.out" / "stacks").iterdir():
        (folder / NOTE).write_text(note, encoding="utf-8")
    assert moving.printed() == []


def test_the_command_moves_every_state_to_a_bucket_and_back(moving: Moving, bucket: Bucket) -> None:
    states = moving.line.folder / "state"
    printed = moving.to(GCS)
    assert printed[0].startswith(
        "dev: [state] has changed (local -> gcs). To move the states: `for"
    )
    on_the_page = recipe(0).replace(";", "").split()
    assert sorted(command(printed).replace(";", "").split()) == sorted(on_the_page)
    moving.run(command(printed), answer="yes")
    assert bucket.names == {f"lines/dev-{part}/default.tfstate" for part in STACKS}
    for state in states.iterdir():
        state.unlink()
    assert moving.printed() == []
    assert moving.left_to_do() == []

    moving.run(command(moving.to(LOCAL)), answer="yes")
    assert {path.name for path in states.glob("*.tfstate")} == {
        f"dev-{part}.tfstate" for part in STACKS
    }
    assert moving.printed() == []
    assert moving.left_to_do() == []


def test_the_same_command_with_reconfigure_starts_with_empty_states(moving: Moving) -> None:
    printed = moving.to({**LOCAL, "path": "elsewhere"})
    assert printed[0].endswith("To start with empty states: the same with -reconfigure")
    moving.run(command(printed).replace("-migrate-state", "-reconfigure"))
    assert moving.printed() == []
    assert {action.split()[0] for action in moving.line.planned("network")} == {"create"}


def test_another_account_for_the_same_bucket_moves_nothing(moving: Moving) -> None:
    moving.run(command(moving.to(GCS)), answer="yes")
    for folder in (moving.line.folder / "cdktf.out" / "stacks").iterdir():
        # Simulate another account, because the fake bucket does not support impersonation.
        text = (folder / NOTE).read_text(encoding="utf-8")
        text = text.replace(
            '"impersonate_service_account": null', '"impersonate_service_account": "a"'
        )
        (folder / NOTE).write_text(re.sub(r'"hash": \d+', '"hash": 1', text), encoding="utf-8")
    assert moving.line.terraform("network", "init").returncode == 1
    printed = moving.printed()
    assert "(gcs -> gcs). The states stay where they are: `for" in printed[0]
    moving.run(command(printed))
    assert moving.printed() == []
    assert moving.left_to_do() == []


def test_to_hcp_terraform_the_command_asks_and_yes_moves_the_states(
    moving: Moving, organization: Organization
) -> None:
    printed = moving.to(CLOUD)
    assert printed[0].endswith("yes moves the states, no starts with empty states")
    moving.run(command(printed), answer="yes")
    assert all(workspace.state["resources"] for workspace in organization.workspaces.values())
    assert moving.printed() == []
    assert moving.left_to_do() == []


def test_to_hcp_terraform_no_starts_with_empty_states(
    moving: Moving, organization: Organization
) -> None:
    moving.run(command(moving.to(CLOUD)), answer="no")
    workspaces = organization.workspaces.values()
    assert [len(workspace.versions) for workspace in workspaces] == [0] * 5
    assert moving.printed() == []


def test_out_of_hcp_terraform_the_page_moves_the_states(moving: Moving) -> None:
    moving.run(command(moving.to(CLOUD)), answer="yes")
    moving.run(recipe(1))
    printed = moving.to(GCS)
    assert "(cloud -> gcs). To start with empty states: `for" in printed[0]
    assert 'see "States move" in docs/environments.md' in printed[0]
    assert "-reconfigure" in command(printed)
    moving.run(recipe(2))
    assert moving.printed() == []
    assert moving.left_to_do() == []


def test_other_workspaces_start_with_empty_states_and_the_page_moves_the_states(
    moving: Moving,
) -> None:
    moving.run(command(moving.to(CLOUD)), answer="yes")
    moving.run(recipe(1))
    printed = moving.to({**CLOUD, "workspace_prefix": "other-"})
    assert "The next deploy starts with empty states." in printed[0]
    moving.line.succeed("network", "init")
    assert "create google_compute_network" in moving.line.planned("network")
    moving.run(recipe(2).replace(" -reconfigure", ""))
    assert moving.left_to_do() == []


def test_workspaces_with_new_names_keep_their_states(
    moving: Moving, organization: Organization
) -> None:
    moving.run(command(moving.to(CLOUD)), answer="yes")
    moving.to({**CLOUD, "workspace_prefix": "other-"})
    for name, workspace in list(organization.workspaces.items()):
        workspace.name = name.replace("line-", "other-")
        organization.workspaces[workspace.name] = organization.workspaces.pop(name)
    for part in STACKS:
        moving.line.succeed(part, "init")
    assert moving.left_to_do() == []


def test_another_project_for_new_workspaces_prints_nothing(moving: Moving) -> None:
    moving.run(command(moving.to(CLOUD)), answer="yes")
    assert moving.to({**CLOUD, "project": "elsewhere"}) == []


def test_the_command_uses_the_selected_binary(
    moving: Moving, monkeypatch: pytest.MonkeyPatch
) -> None:
    moving.to(GCS)
    monkeypatch.setenv("TERRAFORM_BINARY_NAME", "tofu")
    monkeypatch.chdir(moving.line.folder)
    (line,) = moved_states(Path("cdktf.out"))
    assert "do tofu -chdir=cdktf.out/stacks/$stack init" in line


def test_cdktf_prints_it_before_terraform_stops(moving: Moving) -> None:
    project = Project(moving.line.folder, {**moving.line.environment(), **moving.line.attached()})
    project.write(dev_with_state(GCS))
    assert project.main().returncode == 0
    said = command(moving.printed())
    deploy = project.cdktf("deploy", "dev-*", "--auto-approve", "--skip-provider-lock")
    assert deploy.returncode
    assert deploy.stdout.count(said) == 1
    before, _, after = deploy.stdout.partition(said)
    assert "Backend configuration changed" not in before
    assert "Backend configuration changed" in after

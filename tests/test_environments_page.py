"""The commands in docs/environments.md, run on environments in the fake cloud."""

import json
import os
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from settings.address_plan import network_ranges
from settings.load import load
from tests.checkout import lay_out, make, shell
from tests.fake_cloud.backends.gcs import Bucket
from tests.fake_cloud.backends.hcp import HOST, served
from tests.fake_cloud.backends.hcp_api import Organization
from tests.fake_cloud.cloud import FakeCloud
from tests.fake_cloud.tools import Tools
from tests.line import STACKS, Table
from tests.operations.review.fixtures import review
from tests.pages import blocks, page, section
from tests.project import dev_with_state, synthesized
from tests.support import DEV, ROOT

PAGE = page("docs/environments.md")
SECOND = section(PAGE, "A second environment")
RENAME = section(PAGE, "Rename an environment")
UPGRADES = section(PAGE, "Upgrades")
MOVE = blocks("sh cloud", section(PAGE, "States move"))[0]
(PROD,) = blocks("toml", SECOND)
BUCKET = "my-project-tfstate"
TERRAFORM = os.environ.get("TERRAFORM_BINARY_NAME", "terraform")


class Environments:
    """A checkout with a deployed environment `dev`, and the commands of the page."""

    def __init__(self, line: FakeCloud) -> None:
        """Write the settings of `tests/fixtures/dev.toml`, and add them to a Git repository."""
        self.line = line
        for path in (line.folder / "environments").glob("*.toml"):
            path.unlink()
        self.write("dev", DEV)
        self.run("git init --quiet && git add environments")

    def write(self, name: str, settings: str) -> None:
        """Write a settings file."""
        path = self.line.folder / "environments" / f"{name}.toml"
        path.write_text(settings, encoding="utf-8")

    def run(self, commands: str, answer: str = "") -> str:
        """Run commands of the page, with one answer to every prompt, and return their output."""
        commands = re.sub(r"^( *)terraform", rf"\1{TERRAFORM}", commands, flags=re.MULTILINE)
        environment = {**self.line.environment(), **self.line.attached()}
        done = shell(self.line.folder, environment, commands, answer)
        return done.stdout + done.stderr

    def synth(self) -> str:
        """Run what `make synth` runs, without cdktf."""
        done = synthesized(self.line.folder, self.line.environment())
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr

    def verdict(self, environment: str) -> str:
        """Review an environment, and return the verdict."""
        return str(review(self.line, environment, "--format", "json").report["verdict"])

    def verdict_of_make(self, environment: str) -> str:
        """Review an environment with make, and return the verdict."""
        self.run(f"make review ARGS='{environment} --format json --out review-out'")
        (written,) = (self.line.folder / "review-out").glob("*.json")
        (report,) = json.loads(written.read_text(encoding="utf-8"))
        return str(report["verdict"])

    def states(self, environment: str) -> set[str]:
        """The parts that have a state in the folder."""
        found = (self.line.folder / "state").glob(f"{environment}-*.tfstate")
        return {path.stem.removeprefix(f"{environment}-") for path in found}

    def rename_without_states(self) -> None:
        """Rename the settings file but not the states."""
        self.run("git mv environments/dev.toml environments/test.toml")


@pytest.fixture
def environments(tmp_path: Path, first_deploy: FakeCloud) -> Environments:
    """A checkout with a deployed environment, whose states are in a folder."""
    return Environments(first_deploy.copy(lay_out(tmp_path / "checkout")))


@pytest.fixture
def bucket() -> Bucket:
    """An empty bucket with the name that the page uses."""
    return Bucket(BUCKET)


@pytest.fixture
def organization() -> Organization:
    """An organization without a workspace."""
    return Organization()


@pytest.fixture
def with_backends(
    environments: Environments,
    tmp_path: Path,
    tools: Tools,
    bucket: Bucket,
    organization: Organization,
) -> Iterator[Environments]:
    """The same checkout, with a bucket and an organization to move the states to."""
    with bucket.served() as gcs, served(organization, tmp_path, tools) as hcp:
        environments.line = environments.line.with_environment({**gcs, **hcp})
        yield environments


def move(environments: Environments, state: Table, commands: str) -> None:
    """Write another `[state]` section, and move the states of `dev` with commands of the page."""
    environments.write("dev", dev_with_state(state))
    environments.synth()
    environments.run(commands, answer="yes")


def test_the_second_environment_is_valid_and_shares_no_range_with_the_first(tmp_path: Path) -> None:
    (tmp_path / "dev.toml").write_text(DEV, encoding="utf-8")
    (tmp_path / "prod.toml").write_text(PROD, encoding="utf-8")
    dev, prod = load(tmp_path)
    assert dev.project != prod.project
    for ours in network_ranges(dev).values():
        for theirs in network_ranges(prod).values():
            assert not ours.overlaps(theirs), f"{ours} and {theirs}"
    assert re.findall(r"gs://(\S+)", SECOND) == [tomllib.loads(PROD)["state"]["bucket"]] * 2


def test_the_second_environment_is_deployed_beside_the_first(tmp_path: Path, tools: Tools) -> None:
    bucket = Bucket(tomllib.loads(PROD)["state"]["bucket"])
    with bucket.served() as gcs:
        line = FakeCloud(lay_out(tmp_path / "checkout"), tools, gcs)
        environments = Environments(line)
        environments.write("prod", PROD)
        (synth,) = blocks("sh", SECOND)
        environments.run(synth)
        _, deploy = blocks("sh cloud", SECOND)
        approved = "ARGS='--auto-approve --skip-provider-lock'"
        environments.run(deploy.replace("deploy ENV=prod", f"deploy ENV=prod {approved}"))
        assert environments.verdict_of_make("prod") == "prod: no changes"
    assert bucket.names == {f"private-line/prod-{part}/default.tfstate" for part in STACKS}
    assert not (line.folder / "state").exists()


def test_an_environment_with_states_in_a_folder_is_renamed_and_nothing_changes(
    environments: Environments,
) -> None:
    (commands,) = blocks("sh", RENAME)
    printed = environments.run(commands)
    assert "has no dev.toml" not in printed
    assert environments.verdict("test") == "test: no changes"


def test_orphaned_states_are_reported_until_the_printed_command_moves_them(
    environments: Environments,
) -> None:
    line = "environments/ has no dev.toml, but state/ has the states of dev-network, dev-connector"
    environments.rename_without_states()
    printed = environments.synth()
    assert line in printed
    (command,) = re.findall("`(for .*?)`", printed)
    environments.run(command)
    assert "has no dev.toml" not in environments.synth()
    assert environments.states("dev") == set()
    assert environments.states("test") == set(STACKS)
    assert environments.verdict("test") == "test: no changes"


def test_an_environment_with_states_in_a_bucket_is_renamed_and_nothing_changes(
    with_backends: Environments, bucket: Bucket
) -> None:
    move(with_backends, {"backend": "gcs", "bucket": BUCKET}, MOVE)
    (commands,) = (block for block in blocks("sh cloud", RENAME) if "gcloud" in block)
    gcloud = 'gcloud() { echo "$@" >> moves; }\n'
    with_backends.run(gcloud + commands)
    moves = (with_backends.line.folder / "moves").read_text(encoding="utf-8")
    for old, new in re.findall(
        rf"^storage mv gs://{BUCKET}/(\S+) gs://{BUCKET}/(\S+)$", moves, re.MULTILINE
    ):
        bucket.move(old, new)
    assert bucket.names == {f"private-line/test-{part}/default.tfstate" for part in STACKS}
    assert with_backends.verdict("test") == "test: no changes"


def test_an_environment_with_workspaces_is_renamed_and_nothing_changes(
    with_backends: Environments, organization: Organization
) -> None:
    state = {"backend": "cloud", "organization": "my-organization", "hostname": HOST}
    move(with_backends, state, MOVE.replace(" -migrate-state", ""))
    for name, workspace in list(organization.workspaces.items()):
        workspace.name = name.replace("dev-", "test-")
        organization.workspaces[workspace.name] = organization.workspaces.pop(name)
    line = "environments/ no longer has dev.toml, but its states were in HCP Terraform."
    with_backends.rename_without_states()
    assert line in with_backends.run("make synth")
    assert line not in with_backends.synth(), "cdktf has removed the folders"
    assert with_backends.verdict("test") == "test: no changes"


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout, which tests must not change."""
    return lay_out(tmp_path_factory.mktemp("upgrade") / "checkout")


@pytest.mark.parametrize(
    "command", [line for block in blocks("sh cloud", UPGRADES) for line in block.splitlines()]
)
def test_make_has_the_targets_of_an_upgrade(checkout: Path, command: str) -> None:
    _, *words = command.replace("'", "").split()
    done = make(checkout, "--dry-run", *words)
    assert done.returncode == 0, done.stderr


def test_the_bindings_of_the_page_are_the_pinned_ones() -> None:
    for file in ("Pipfile", "pyproject.toml"):
        pinned = re.findall(
            r"cdktf-cdktf-provider-\w+.*?==([\d.]+)",
            (ROOT / file).read_text(encoding="utf-8"),
        )
        assert pinned == re.findall(r"([\d.]+) \((?:google|kubernetes)\)", UPGRADES)


def test_the_tests_that_an_upgrade_fails_exist() -> None:
    tests = "".join(
        path.read_text(encoding="utf-8") for path in Path(__file__).parent.rglob("*.py")
    )
    named = re.findall(r"`(test_\w+)`", UPGRADES)
    assert len(named) == 4
    assert all(f"def {name}(" in tests for name in named)


def test_the_page_quotes_the_error_of_a_terraform_that_is_too_old(
    environments: Environments,
) -> None:
    environments.line.rewrite(
        "network", lambda stack: stack["terraform"].update(required_version=">= 99")
    )
    stopped = environments.line.terraform("network", "init")
    assert stopped.returncode
    assert "Unsupported Terraform Core version" in UPGRADES
    assert re.search("Unsupported (Terraform|OpenTofu) Core version", stopped.stderr)

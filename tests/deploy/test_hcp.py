"""State in HCP Terraform: one workspace a stack, made on demand, locked, shared or not."""

import copy
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deploy.app import put_connector
from tests.fake_cloud.backends.hcp import HOST, credentials, served
from tests.fake_cloud.backends.hcp_api import Organization, Workspace, run_token
from tests.fake_cloud.cloud import FakeCloud, Run, eventually, finished
from tests.fake_cloud.tools import Tools
from tests.line import BACKENDS, STACKS, Line, Table, changed
from tests.operations.review.fixtures import review
from tests.pages import blocks, page
from tests.project import Project, dev_with_state
from tests.support import DEV, DEV_TABLE, Synthesize

STATE = {**BACKENDS["cloud"], "hostname": HOST}
APPLY = ("apply", "-auto-approve", "-no-color")
AT_REST = ("plan", "-detailed-exitcode", "-no-color")


PAGE = page("docs/hcp-terraform.md")
FORBIDDEN, NO_STATE, INCOMPATIBLE = blocks("text", PAGE)


def plain(text: str) -> str:
    """A text in one line: where Terraform breaks lines depends on the names in them."""
    return " ".join(text.split())


def errors(run: Run) -> str:
    """What a failed run said, with the workspaces called as the page calls them."""
    assert run.returncode == 1, run.stdout
    return plain(run.stderr.replace("line-dev-", "dev-"))


def workspace(part: str) -> str:
    """The name of a stack's workspace."""
    return f"line-dev-{part}"


@pytest.fixture(scope="module")
def cloud_table() -> Table:
    """The settings of `tests/fixtures/dev.toml`, with states in HCP Terraform."""
    return changed(DEV_TABLE, {"state": STATE})


@pytest.fixture(scope="module")
def cloud_line(synthesize: Synthesize, cloud_table: Table) -> Line:
    """The line of those settings."""
    return synthesize(cloud_table)


@pytest.fixture(scope="module")
def first(
    tmp_path_factory: pytest.TempPathFactory, tools: Tools, cloud_line: Line
) -> tuple[FakeCloud, Organization]:
    """The whole line deployed from nothing, and its organization; nobody changes them."""
    organization = Organization()
    with served(organization, tmp_path_factory.mktemp("host"), tools) as environment:
        cloud = FakeCloud(tmp_path_factory.mktemp("hcp"), tools, environment)
        cloud.take(cloud_line)
        cloud.deploy()
    return cloud, organization


@pytest.fixture
def organization(first: tuple[FakeCloud, Organization]) -> Organization:
    """An organization with the workspaces of a deployed line."""
    return copy.deepcopy(first[1])


@pytest.fixture
def line_on_hcp(
    tmp_path: Path, tools: Tools, first: tuple[FakeCloud, Organization], organization: Organization
) -> Iterator[FakeCloud]:
    """A deployed line to go on from, its states in the organization."""
    with served(organization, tmp_path, tools) as environment:
        yield first[0].copy(tmp_path / "deployed", environment)


def test_each_stack_makes_its_workspace_with_the_prefix_and_in_the_project_of_the_settings(
    first: tuple[FakeCloud, Organization],
) -> None:
    made = {one.name: one.project for one in first[1].workspaces.values()}
    assert made == {f"line-dev-{part}": "networking" for part in STACKS}


def test_a_line_on_hcp_hands_its_values_on_and_is_at_rest(
    line_on_hcp: FakeCloud, first_deploy: FakeCloud
) -> None:
    assert line_on_hcp.names() == first_deploy.names()
    for part in STACKS:
        plan = line_on_hcp.terraform(part, *AT_REST)
        assert plan.returncode == 0, plan.stdout + plan.stderr


def test_a_line_on_hcp_is_destroyed_to_nothing(
    line_on_hcp: FakeCloud, organization: Organization, synthesize: Synthesize, cloud_table: Table
) -> None:
    unprotected = changed(cloud_table, {"cluster.deletion_protection": False})
    line_on_hcp.take(synthesize(unprotected))
    line_on_hcp.succeed("cluster", *APPLY)
    for part in reversed(STACKS):
        line_on_hcp.succeed(part, "destroy", "-auto-approve")
    assert set(line_on_hcp.names()) == {"google_project_service"}
    assert [one.state["resources"] for one in organization.workspaces.values()] == [[]] * 5


def test_a_locked_workspace_refuses_a_second_run(
    line_on_hcp: FakeCloud, organization: Organization
) -> None:
    with line_on_hcp.held() as held, line_on_hcp.begun("network", *APPLY) as one:
        eventually(lambda: organization.workspaces[workspace("network")].locked)
        refused = line_on_hcp.terraform("network", *APPLY)
        held.close()
        assert finished(one).returncode == 0
    assert refused.returncode == 1
    assert "workspace already locked" in refused.stderr
    assert "my-organization/line-dev-network" in refused.stderr


def test_a_plan_says_word_for_word_that_a_producer_has_not_shared_its_state(
    line_on_hcp: FakeCloud,
) -> None:
    own = line_on_hcp.with_environment(credentials(run_token(workspace("connector"))))
    assert errors(own.terraform("connector", "plan", "-no-color")) == plain(FORBIDDEN)


def test_a_plan_says_it_once_per_producer(
    line_on_hcp: FakeCloud, organization: Organization
) -> None:
    organization.workspaces[workspace("network")].consumers.add(workspace("service"))
    own = line_on_hcp.with_environment(credentials(run_token(workspace("service"))))
    said = errors(own.terraform("service", "plan", "-no-color"))
    unshared = re.findall("read the state of the workspace '(.*?)'", said)
    assert sorted(unshared) == ["dev-cluster", "dev-connector"]


def test_a_plan_says_word_for_word_that_a_producer_was_not_applied(
    line_on_hcp: FakeCloud, organization: Organization
) -> None:
    organization.workspaces[workspace("network")].versions.clear()
    said = errors(line_on_hcp.terraform("connector", "plan", "-no-color"))
    # Between these two, the lines of the JSON, which are others in every version of the stack.
    for paragraph in NO_STATE.split("\n\n"):
        assert plain(paragraph) in said


def test_a_plan_creates_the_workspaces_that_it_reads_in_the_default_project(
    line_on_hcp: FakeCloud, organization: Organization
) -> None:
    del organization.workspaces[workspace("network")]
    assert line_on_hcp.terraform("connector", "plan").returncode
    assert organization.workspaces[workspace("network")].project == "Default Project"


def test_the_loop_of_the_page_creates_all_workspaces_in_the_project(
    tmp_path: Path, tools: Tools, cloud_line: Line
) -> None:
    organization = Organization()
    with served(organization, tmp_path, tools) as environment:
        line = FakeCloud(tmp_path / "line", tools, environment)
        line.take(cloud_line)
        (loop,) = (block for block in blocks("sh cloud", PAGE) if " init\n" in block)
        for name in re.findall(r"dev-(\w+)", loop.splitlines()[1]):
            line.succeed(name, "init")
    made = {one.name: one.project for one in organization.workspaces.values()}
    assert made == {workspace(part): "networking" for part in STACKS}


def test_the_runs_of_the_page_are_in_the_order_of_the_stacks(cloud_line: Line) -> None:
    (loop,) = (block for block in blocks("sh cloud", PAGE) if " apply\n" in block)
    order = re.findall(r"dev-(\w+)", loop.splitlines()[0])
    assert sorted(order) == sorted(STACKS)
    for part in STACKS:
        before = set(order[: order.index(part)])
        assert cloud_line.dependencies(part) <= before


def test_a_command_that_writes_a_state_wants_the_terraform_of_the_workspace(
    line_on_hcp: FakeCloud, organization: Organization
) -> None:
    network = organization.workspaces[workspace("network")]
    network.runs_remotely = True
    network.terraform_version = "1.5.7"
    said = errors(line_on_hcp.terraform("network", "state", "rm", "-no-color", "a.b"))
    said = re.sub(r"Terraform version \([\d.]+\)", "Terraform version (LOCAL)", said)
    assert said.startswith(plain(INCOMPATIBLE))


def test_a_run_needs_no_more_than_the_states_of_the_stacks_it_waits_for(
    line_on_hcp: FakeCloud, organization: Organization, cloud_line: Line
) -> None:
    for part in STACKS:
        for producer in cloud_line.dependencies(part):
            organization.workspaces[workspace(producer)].consumers.add(workspace(part))
        own = line_on_hcp.with_environment(credentials(run_token(workspace(part))))
        plan = own.terraform(part, *AT_REST)
        assert plan.returncode == 0, plan.stdout + plan.stderr


def test_a_wrong_token_is_refused(line_on_hcp: FakeCloud) -> None:
    stranger = line_on_hcp.with_environment(credentials("wrong"))
    plan = stranger.terraform("network", "plan", "-no-color")
    assert plan.returncode == 1
    assert "unauthorized" in plan.stderr


def test_the_command_deploys_and_reads_sensitive_outputs_one_by_one(
    tmp_path: Path, tools: Tools, first_deploy: FakeCloud
) -> None:
    with served(Organization(), tmp_path, tools) as environment:
        line = FakeCloud(tmp_path / "line", tools, environment)
        project = Project(line.folder, line.environment())
        project.write(dev_with_state(STATE))
        deploy = project.cdktf(
            *("deploy", "dev-*", "--auto-approve", "--skip-provider-lock"),
            *("--outputs-file", "outputs.json", "--outputs-file-include-sensitive-outputs"),
        )
    assert deploy.returncode == 0, deploy.stdout[-5000:] + deploy.stderr
    assert line.names() == first_deploy.names()
    outputs = json.loads((line.folder / "outputs.json").read_text(encoding="utf-8"))
    assert "private-connector" in outputs["dev-connector"]["app_yaml"]
    handed_on = [key for key in outputs["dev-network"] if key.startswith("cross-stack-output")]
    assert handed_on
    assert all(outputs["dev-network"][key] for key in handed_on)


def test_a_review_changes_nothing_and_asks_nobody_how_a_workspace_runs_terraform(
    line_on_hcp: FakeCloud, organization: Organization
) -> None:
    for one in organization.workspaces.values():
        one.runs_remotely = True
    organization.writes.clear()
    seen = review(line_on_hcp)
    assert seen.report["verdict"] == "dev: no changes"
    assert organization.writes == []


def test_a_review_makes_no_workspace_that_is_missing(
    line_on_hcp: FakeCloud, organization: Organization
) -> None:
    # One is missing beside others whose names begin alike, and one has no state.
    del organization.workspaces[workspace("dns")]
    organization.workspaces["line-dev-dns2"] = Workspace("line-dev-dns2", "networking")
    organization.workspaces[workspace("service")].versions.clear()
    organization.writes.clear()
    seen = review(line_on_hcp)
    assert seen.status == 0, seen.stderr
    assert {one["stack"] for one in seen.report["changes"]} == {"dev-dns", "dev-service"}
    assert organization.writes == []
    assert workspace("dns") not in organization.workspaces


def test_a_review_says_that_a_token_is_refused(line_on_hcp: FakeCloud) -> None:
    seen = review(line_on_hcp.with_environment(credentials("wrong")))
    assert seen.status == 1
    assert {failure["phase"] for failure in seen.report["failures"]} == {"state"}
    assert "unauthorized" in str(seen.report["failures"])


def test_app_yaml_is_told_by_the_state(line_on_hcp: FakeCloud, organization: Organization) -> None:
    organization.writes.clear()
    run = put_connector(line_on_hcp, DEV.replace("private-connector", "not-yet-applied"))
    assert run.returncode == 0, run.stderr
    assert "the applied state of dev-connector" in run.stdout
    assert "connectors/private-connector" in run.stdout
    assert organization.writes == []


def test_the_docs_say_which_workspace_shares_its_state_with_which(line: Line) -> None:
    rows = re.findall(r"\| ENV-(\w+) +\| (ENV-[^|]+) \|", PAGE)
    shares = {producer: set(re.findall(r"ENV-(\w+)", readers)) for producer, readers in rows}
    assert shares == {
        producer: readers
        for producer in STACKS
        if (readers := {part for part in STACKS if producer in line.dependencies(part)})
    }

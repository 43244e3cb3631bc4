"""States in HCP Terraform: one workspace per stack, created on demand, locked, and shared."""

import copy
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deploy.app import put_connector
from tests.deploy.command import Command
from tests.fake_cloud.backends.hcp import HOST, credentials, served
from tests.fake_cloud.backends.hcp_api import Organization, Workspace, run_token
from tests.fake_cloud.cloud import FakeCloud, eventually, finished
from tests.fake_cloud.memo import Run
from tests.fake_cloud.tools import Tools
from tests.line import BACKENDS, STACKS, Line, Table, changed
from tests.operations.review.fixtures import review
from tests.pages import blocks, page
from tests.project import dev_with_state
from tests.support import DEV, DEV_TABLE, Synthesize

STATE = {**BACKENDS["cloud"], "hostname": HOST}
APPLY = ("apply", "-auto-approve", "-no-color")
PLAN = ("plan", "-detailed-exitcode", "-no-color")


PAGE = page("docs/hcp-terraform.md")
FORBIDDEN, NO_STATE, INCOMPATIBLE = blocks("text", PAGE)


def plain(text: str) -> str:
    """A text on one line. Terraform's line breaks depend on the lengths of names."""
    return " ".join(text.split())


def errors(run: Run) -> str:
    """The errors of a failed run, with the workspace names that the page uses."""
    assert run.returncode == 1, run.stdout
    return plain(run.stderr.replace("line-dev-", "dev-"))


def workspace(part: str) -> str:
    """The name of a stack's workspace."""
    return f"line-dev-{part}"


@pytest.fixture(scope="module")
def hcp_table() -> Table:
    """The settings of `tests/fixtures/dev.toml`, with states in HCP Terraform."""
    return changed(DEV_TABLE, {"state": STATE})


@pytest.fixture(scope="module")
def hcp_line(synthesize: Synthesize, hcp_table: Table) -> Line:
    """The synthesized stacks of these settings."""
    return synthesize(hcp_table)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory, tools: Tools) -> tuple[FakeCloud, Organization]:
    """An environment that cdktf deployed, and the organization; tests must not change them."""
    organization = Organization()
    with served(organization, tmp_path_factory.mktemp("host"), tools) as environment:
        cloud = FakeCloud(tmp_path_factory.mktemp("hcp"), tools, environment)
        command = Command(cloud)
        command.project.write(dev_with_state(STATE))
        command.succeed(
            *("deploy", "dev-*", "--outputs-file", "outputs.json"),
            "--outputs-file-include-sensitive-outputs",
        )
    return cloud, organization


@pytest.fixture
def organization(first: tuple[FakeCloud, Organization]) -> Organization:
    """An organization with the workspaces of a deployed environment."""
    return copy.deepcopy(first[1])


@pytest.fixture
def deployed_on_hcp(
    tmp_path: Path, tools: Tools, first: tuple[FakeCloud, Organization], organization: Organization
) -> Iterator[FakeCloud]:
    """A deployed environment with its states in the organization, which the test may change."""
    with served(organization, tmp_path, tools) as environment:
        yield first[0].copy(tmp_path / "deployed", environment)


def test_each_stack_creates_its_workspace_with_the_prefix_and_project_of_the_settings(
    first: tuple[FakeCloud, Organization],
) -> None:
    projects = {workspace.name: workspace.project for workspace in first[1].workspaces.values()}
    assert projects == {f"line-dev-{part}": "networking" for part in STACKS}


def test_stacks_read_each_others_states_in_hcp_terraform_and_plans_are_empty(
    deployed_on_hcp: FakeCloud, first_deploy: FakeCloud
) -> None:
    assert deployed_on_hcp.names() == first_deploy.names()
    for part in STACKS:
        plan = deployed_on_hcp.terraform(part, *PLAN)
        assert plan.returncode == 0, plan.stdout + plan.stderr


def test_an_environment_in_hcp_terraform_is_destroyed_completely(
    deployed_on_hcp: FakeCloud, organization: Organization, synthesize: Synthesize, hcp_table: Table
) -> None:
    unprotected = changed(hcp_table, {"cluster.deletion_protection": False})
    deployed_on_hcp.take(synthesize(unprotected))
    deployed_on_hcp.succeed("cluster", *APPLY)
    for part in reversed(STACKS):
        deployed_on_hcp.succeed(part, "destroy", "-auto-approve")
    assert set(deployed_on_hcp.names()) == {"google_project_service"}
    states = [workspace.state for workspace in organization.workspaces.values()]
    assert [state["resources"] for state in states] == [[]] * 5


def test_a_second_run_in_a_locked_workspace_fails(
    deployed_on_hcp: FakeCloud, organization: Organization
) -> None:
    with deployed_on_hcp.held() as held, deployed_on_hcp.begun("network", *APPLY) as first_apply:
        eventually(lambda: organization.workspaces[workspace("network")].locked)
        second_run = deployed_on_hcp.terraform("network", *APPLY)
        held.close()
        assert finished(first_apply).returncode == 0
    assert second_run.returncode == 1
    assert "workspace already locked" in second_run.stderr
    assert "my-organization/line-dev-network" in second_run.stderr


def test_the_page_quotes_the_error_of_a_state_that_is_not_shared(
    deployed_on_hcp: FakeCloud,
) -> None:
    own = deployed_on_hcp.with_environment(credentials(run_token(workspace("connector"))))
    assert errors(own.terraform("connector", "plan", "-no-color")) == plain(FORBIDDEN)


def test_a_plan_reports_each_state_that_is_not_shared(
    deployed_on_hcp: FakeCloud, organization: Organization
) -> None:
    organization.workspaces[workspace("network")].consumers.add(workspace("service"))
    own = deployed_on_hcp.with_environment(credentials(run_token(workspace("service"))))
    printed = errors(own.terraform("service", "plan", "-no-color"))
    unshared = re.findall("read the state of the workspace '(.*?)'", printed)
    assert sorted(unshared) == ["dev-cluster", "dev-connector"]


def test_the_page_quotes_the_error_of_a_stack_that_was_not_applied(
    deployed_on_hcp: FakeCloud, organization: Organization
) -> None:
    organization.workspaces[workspace("network")].versions.clear()
    printed = errors(deployed_on_hcp.terraform("connector", "plan", "-no-color"))
    # Terraform prints lines of the stack's JSON between these paragraphs. They change often, so the
    # page leaves them out.
    for paragraph in NO_STATE.split("\n\n"):
        assert plain(paragraph) in printed


def test_a_plan_creates_the_workspaces_that_it_reads_in_the_default_project(
    deployed_on_hcp: FakeCloud, organization: Organization
) -> None:
    del organization.workspaces[workspace("network")]
    assert deployed_on_hcp.terraform("connector", "plan").returncode
    assert organization.workspaces[workspace("network")].project == "Default Project"


def test_the_loop_of_the_page_creates_all_workspaces_in_the_project(
    tmp_path: Path, tools: Tools, hcp_line: Line
) -> None:
    organization = Organization()
    with served(organization, tmp_path, tools) as environment:
        line = FakeCloud(tmp_path / "line", tools, environment)
        line.take(hcp_line)
        (loop,) = (block for block in blocks("sh cloud", PAGE) if " init\n" in block)
        for name in re.findall(r"dev-(\w+)", loop.splitlines()[1]):
            line.succeed(name, "init")
    projects = {created.name: created.project for created in organization.workspaces.values()}
    assert projects == {workspace(part): "networking" for part in STACKS}


def test_the_runs_of_the_page_are_in_the_order_of_the_stacks(hcp_line: Line) -> None:
    (loop,) = (block for block in blocks("sh cloud", PAGE) if " apply\n" in block)
    order = re.findall(r"dev-(\w+)", loop.splitlines()[0])
    assert sorted(order) == sorted(STACKS)
    for part in STACKS:
        before = set(order[: order.index(part)])
        assert hcp_line.dependencies(part) <= before


def test_the_page_quotes_the_error_of_a_command_with_another_terraform_version(
    deployed_on_hcp: FakeCloud, organization: Organization
) -> None:
    network = organization.workspaces[workspace("network")]
    network.runs_remotely = True
    network.terraform_version = "1.5.7"
    printed = errors(deployed_on_hcp.terraform("network", "state", "rm", "-no-color", "a.b"))
    printed = re.sub(r"Terraform version \([\d.]+\)", "Terraform version (LOCAL)", printed)
    assert printed.startswith(plain(INCOMPATIBLE))


def test_a_run_needs_only_the_states_of_the_stacks_that_it_depends_on(
    deployed_on_hcp: FakeCloud, organization: Organization, hcp_line: Line
) -> None:
    for part in STACKS:
        for producer in hcp_line.dependencies(part):
            organization.workspaces[workspace(producer)].consumers.add(workspace(part))
        own = deployed_on_hcp.with_environment(credentials(run_token(workspace(part))))
        plan = own.terraform(part, *PLAN)
        assert plan.returncode == 0, plan.stdout + plan.stderr


def test_an_invalid_token_is_rejected(deployed_on_hcp: FakeCloud) -> None:
    unauthorized = deployed_on_hcp.with_environment(credentials("wrong"))
    plan = unauthorized.terraform("network", "plan", "-no-color")
    assert plan.returncode == 1
    assert "unauthorized" in plan.stderr


def test_the_cdktf_command_deploys_and_reads_sensitive_outputs(
    first: tuple[FakeCloud, Organization], first_deploy: FakeCloud
) -> None:
    assert first[0].names() == first_deploy.names()
    outputs = json.loads((first[0].folder / "outputs.json").read_text(encoding="utf-8"))
    assert "private-connector" in outputs["dev-connector"]["app_yaml"]
    sensitive = [key for key in outputs["dev-network"] if key.startswith("cross-stack-output")]
    assert sensitive
    assert all(outputs["dev-network"][key] for key in sensitive)


def test_a_review_changes_nothing_even_if_workspaces_run_terraform_remotely(
    deployed_on_hcp: FakeCloud, organization: Organization
) -> None:
    for existing in organization.workspaces.values():
        existing.runs_remotely = True
    organization.writes.clear()
    reviewed = review(deployed_on_hcp)
    assert reviewed.report["verdict"] == "dev: no changes"
    assert organization.writes == []


def test_a_review_creates_no_workspace(
    deployed_on_hcp: FakeCloud, organization: Organization
) -> None:
    # One workspace is missing, while another name begins with the same text; one has no state.
    del organization.workspaces[workspace("dns")]
    organization.workspaces["line-dev-dns2"] = Workspace("line-dev-dns2", "networking")
    organization.workspaces[workspace("service")].versions.clear()
    organization.writes.clear()
    reviewed = review(deployed_on_hcp)
    assert reviewed.status == 0, reviewed.stderr
    changed_stacks = {change["stack"] for change in reviewed.report["changes"]}
    assert changed_stacks == {"dev-dns", "dev-service"}
    assert organization.writes == []
    assert workspace("dns") not in organization.workspaces


def test_a_review_reports_an_invalid_token(deployed_on_hcp: FakeCloud) -> None:
    reviewed = review(deployed_on_hcp.with_environment(credentials("wrong")))
    assert reviewed.status == 1
    assert {failure["phase"] for failure in reviewed.report["failures"]} == {"state"}
    assert "unauthorized" in str(reviewed.report["failures"])


def test_app_yaml_gets_its_values_from_the_state(
    deployed_on_hcp: FakeCloud, organization: Organization
) -> None:
    organization.writes.clear()
    run = put_connector(deployed_on_hcp, DEV.replace("private-connector", "not-yet-applied"))
    assert run.returncode == 0, run.stderr
    assert "the applied state of dev-connector" in run.stdout
    assert "connectors/private-connector" in run.stdout
    assert organization.writes == []


def test_the_page_lists_which_workspaces_read_each_state(line: Line) -> None:
    rows = re.findall(r"\| ENV-(\w+) +\| (ENV-[^|]+) \|", PAGE)
    shares = {producer: set(re.findall(r"ENV-(\w+)", readers)) for producer, readers in rows}
    assert shares == {
        producer: readers
        for producer in STACKS
        if (readers := {part for part in STACKS if producer in line.dependencies(part)})
    }

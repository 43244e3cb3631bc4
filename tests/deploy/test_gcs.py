"""States in a Cloud Storage bucket: stacks read each other's outputs, and runs lock states."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deploy.app import put_connector
from tests.deploy.command import Command
from tests.fake_cloud.backends.gcs import Bucket
from tests.fake_cloud.cloud import FakeCloud, eventually, finished
from tests.fake_cloud.tools import Tools
from tests.line import BACKENDS, STACKS, Line, Table, changed
from tests.operations.review.fixtures import review
from tests.project import dev_with_state
from tests.support import DEV, DEV_TABLE, Synthesize

NAME = BACKENDS["gcs"]["bucket"]
STATES = {f"lines/dev-{part}/default.tfstate" for part in STACKS}
LOCK = "lines/dev-network/default.tflock"
APPLY = ("apply", "-auto-approve", "-no-color")


@pytest.fixture(scope="module")
def gcs_table() -> Table:
    """The settings of `tests/fixtures/dev.toml`, with states in a bucket."""
    return changed(DEV_TABLE, {"state": BACKENDS["gcs"]})


@pytest.fixture(scope="module")
def first(
    tmp_path_factory: pytest.TempPathFactory,
    tools: Tools,
) -> tuple[FakeCloud, Bucket]:
    """An environment that cdktf deployed, and the bucket; tests must not change them."""
    bucket = Bucket(NAME)
    with bucket.served() as environment:
        cloud = FakeCloud(tmp_path_factory.mktemp("gcs"), tools, environment)
        command = Command(cloud)
        command.project.write(dev_with_state(BACKENDS["gcs"]))
        command.succeed("deploy", "dev-*")
    return cloud, bucket


@pytest.fixture
def bucket(first: tuple[FakeCloud, Bucket]) -> Bucket:
    """A bucket with the states of a deployed environment."""
    return first[1].copy()


@pytest.fixture
def deployed_on_gcs(
    tmp_path: Path, first: tuple[FakeCloud, Bucket], bucket: Bucket
) -> Iterator[FakeCloud]:
    """A deployed environment with its states in the bucket, which the test may change."""
    with bucket.served() as environment:
        yield first[0].copy(tmp_path / "deployed", environment)


@pytest.fixture
def with_nat(synthesize: Synthesize, gcs_table: Table) -> Line:
    """The stacks with a router and Cloud NAT: a change of the network stack."""
    return synthesize(changed(gcs_table, {"network.nat": True}))


def assert_no_changes(cloud: FakeCloud, *parts: str) -> None:
    """Check that the plans of some stacks are empty."""
    for part in parts:
        plan = cloud.terraform(part, "plan", "-detailed-exitcode", "-no-color")
        assert plan.returncode == 0, plan.stdout + plan.stderr


def test_the_cdktf_command_writes_the_states_of_all_stacks_to_one_bucket(
    first: tuple[FakeCloud, Bucket],
) -> None:
    assert first[1].names == STATES


def test_stacks_read_each_others_states_in_the_bucket_and_plans_are_empty(
    deployed_on_gcs: FakeCloud, first_deploy: FakeCloud
) -> None:
    assert deployed_on_gcs.names() == first_deploy.names()
    assert_no_changes(deployed_on_gcs, *STACKS)


def test_a_review_reads_the_bucket_and_writes_nothing_to_it(
    deployed_on_gcs: FakeCloud, bucket: Bucket
) -> None:
    before = {name: bucket.generation(name) for name in bucket.names}
    reviewed = review(deployed_on_gcs)
    assert reviewed.report["verdict"] == "dev: no changes"
    assert {name: bucket.generation(name) for name in bucket.names} == before
    assert bucket.written == []


def test_a_review_runs_one_init_at_a_time(deployed_on_gcs: FakeCloud, tmp_path: Path) -> None:
    """Two inits that fill an empty plugin cache at the same time fail with `file exists`."""
    log, wrapper = tmp_path / "inits", tmp_path / "terraform"
    wrapper.write_text(
        f"""#!/bin/sh
[ "$1" = init ] || exec terraform "$@"
echo begin >>"{log}"
terraform "$@"
status=$?
echo end >>"{log}"
exit $status
""",
        encoding="utf-8",
    )
    wrapper.chmod(0o755)
    reviewed = review(deployed_on_gcs, TERRAFORM_BINARY_NAME=str(wrapper))
    assert reviewed.status == 0, reviewed.stderr
    inits = log.read_text(encoding="utf-8").split()
    assert len(inits) >= 2 * len(STACKS)
    assert inits == ["begin", "end"] * (len(inits) // 2)


def test_a_second_run_waits_for_the_lock_and_has_no_changes(
    deployed_on_gcs: FakeCloud, bucket: Bucket, with_nat: Line
) -> None:
    deployed_on_gcs.take(with_nat)
    with deployed_on_gcs.held() as held, deployed_on_gcs.begun("network", *APPLY) as first_apply:
        eventually(lambda: LOCK in bucket.names)
        with deployed_on_gcs.begun("network", *APPLY, "-lock-timeout=60s") as second_apply:
            eventually(lambda: LOCK in bucket.rejected)
            held.close()
            first_run, second_run = finished(first_apply), finished(second_apply)
    assert first_run.returncode == second_run.returncode == 0, (first_run, second_run)
    assert "2 added" in first_run.stdout
    assert "No changes." in second_run.stdout
    assert_no_changes(deployed_on_gcs, "network")


def test_a_second_run_that_does_not_wait_fails_and_changes_nothing(
    deployed_on_gcs: FakeCloud, bucket: Bucket, with_nat: Line
) -> None:
    deployed_on_gcs.take(with_nat)
    with deployed_on_gcs.held() as held, deployed_on_gcs.begun("network", *APPLY) as first_apply:
        eventually(lambda: LOCK in bucket.names)
        second_run = deployed_on_gcs.terraform("network", *APPLY)
        held.close()
        assert finished(first_apply).returncode == 0
    assert second_run.returncode == 1
    assert "Error acquiring the state lock" in second_run.stderr
    assert_no_changes(deployed_on_gcs, "network")


def test_a_killed_run_leaves_a_lock_that_its_id_unlocks(
    deployed_on_gcs: FakeCloud, bucket: Bucket, with_nat: Line
) -> None:
    deployed_on_gcs.take(with_nat)
    with deployed_on_gcs.held(), deployed_on_gcs.begun("network", *APPLY):
        eventually(lambda: LOCK in bucket.names)
    locked_out = deployed_on_gcs.terraform("network", *APPLY)
    lock_id = re.search(r"ID: +(\d+)", locked_out.stderr)
    assert locked_out.returncode == 1
    assert lock_id, locked_out.stderr
    assert lock_id[1] == bucket.generation(LOCK)
    deployed_on_gcs.succeed("network", "force-unlock", "-force", lock_id[1])
    deployed_on_gcs.succeed("network", *APPLY)
    assert_no_changes(deployed_on_gcs, "network")


def test_app_yaml_gets_its_values_from_the_state(
    deployed_on_gcs: FakeCloud,
) -> None:
    run = put_connector(deployed_on_gcs, DEV.replace("private-connector", "not-yet-applied"))
    assert run.returncode == 0, run.stderr
    assert "the applied state of dev-connector" in run.stdout
    assert "connectors/private-connector" in run.stdout

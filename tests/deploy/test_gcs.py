"""State in a bucket: handed from stack to stack, and locked."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deploy.app import put_connector
from tests.fake_cloud.backends.gcs import Bucket
from tests.fake_cloud.cloud import FakeCloud, eventually, finished
from tests.fake_cloud.tools import Tools
from tests.line import BACKENDS, STACKS, Line, Table, changed
from tests.operations.review.fixtures import review
from tests.project import Project, dev_with_state
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
    synthesize: Synthesize,
    gcs_table: Table,
) -> tuple[FakeCloud, Bucket]:
    """The whole line deployed from nothing, and its bucket; nobody changes them."""
    bucket = Bucket(NAME)
    with bucket.served() as environment:
        cloud = FakeCloud(tmp_path_factory.mktemp("gcs"), tools, environment)
        cloud.take(synthesize(gcs_table))
        cloud.deploy()
    return cloud, bucket


@pytest.fixture
def bucket(first: tuple[FakeCloud, Bucket]) -> Bucket:
    """A bucket with the states of a deployed line."""
    return first[1].copy()


@pytest.fixture
def line_on_gcs(
    tmp_path: Path, first: tuple[FakeCloud, Bucket], bucket: Bucket
) -> Iterator[FakeCloud]:
    """A deployed line to go on from, its states in the bucket."""
    with bucket.served() as environment:
        yield first[0].copy(tmp_path / "deployed", environment)


@pytest.fixture
def with_nat(synthesize: Synthesize, gcs_table: Table) -> Line:
    """A change of the network stack: a router and its NAT."""
    return synthesize(changed(gcs_table, {"network.nat": True}))


def assert_at_rest(cloud: FakeCloud, *parts: str) -> None:
    """A plan of these stacks shows nothing."""
    for part in parts:
        plan = cloud.terraform(part, "plan", "-detailed-exitcode", "-no-color")
        assert plan.returncode == 0, plan.stdout + plan.stderr


def test_a_line_on_gcs_hands_its_values_on_and_is_at_rest(
    line_on_gcs: FakeCloud, bucket: Bucket, first_deploy: FakeCloud
) -> None:
    assert bucket.names == STATES
    assert line_on_gcs.names() == first_deploy.names()
    assert_at_rest(line_on_gcs, *STACKS)


def test_a_review_reads_the_bucket_and_writes_nothing_to_it(
    line_on_gcs: FakeCloud, bucket: Bucket
) -> None:
    before = {name: bucket.generation(name) for name in bucket.names}
    seen = review(line_on_gcs)
    assert seen.report["verdict"] == "dev: no changes"
    assert {name: bucket.generation(name) for name in bucket.names} == before
    assert bucket.written == []


def test_a_review_runs_one_init_at_a_time(line_on_gcs: FakeCloud, tmp_path: Path) -> None:
    """Two that fill an empty plugin cache at once collide: one ends with `file exists`."""
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
    seen = review(line_on_gcs, TERRAFORM_BINARY_NAME=str(wrapper))
    assert seen.status == 0, seen.stderr
    inits = log.read_text(encoding="utf-8").split()
    assert len(inits) >= 2 * len(STACKS)
    assert inits == ["begin", "end"] * (len(inits) // 2)


def test_a_second_run_waits_for_the_first_and_finds_its_work_done(
    line_on_gcs: FakeCloud, bucket: Bucket, with_nat: Line
) -> None:
    line_on_gcs.take(with_nat)
    with line_on_gcs.held() as held, line_on_gcs.begun("network", *APPLY) as one:
        eventually(lambda: LOCK in bucket.names)
        with line_on_gcs.begun("network", *APPLY, "-lock-timeout=60s") as other:
            eventually(lambda: LOCK in bucket.refused)
            held.close()
            runs = finished(one), finished(other)
    assert [run.returncode for run in runs] == [0, 0], runs
    assert "2 added" in runs[0].stdout
    assert "No changes." in runs[1].stdout
    assert_at_rest(line_on_gcs, "network")


def test_a_second_run_that_does_not_wait_is_refused_and_spoils_nothing(
    line_on_gcs: FakeCloud, bucket: Bucket, with_nat: Line
) -> None:
    line_on_gcs.take(with_nat)
    with line_on_gcs.held() as held, line_on_gcs.begun("network", *APPLY) as one:
        eventually(lambda: LOCK in bucket.names)
        refused = line_on_gcs.terraform("network", *APPLY)
        held.close()
        assert finished(one).returncode == 0
    assert refused.returncode == 1
    assert "Error acquiring the state lock" in refused.stderr
    assert_at_rest(line_on_gcs, "network")


def test_a_killed_run_leaves_a_lock_that_is_told_with_its_id_and_can_be_taken_off(
    line_on_gcs: FakeCloud, bucket: Bucket, with_nat: Line
) -> None:
    line_on_gcs.take(with_nat)
    with line_on_gcs.held(), line_on_gcs.begun("network", *APPLY):
        eventually(lambda: LOCK in bucket.names)
    refused = line_on_gcs.terraform("network", *APPLY)
    lock_id = re.search(r"ID: +(\d+)", refused.stderr)
    assert refused.returncode == 1
    assert lock_id, refused.stderr
    assert lock_id[1] == bucket.generation(LOCK)
    line_on_gcs.succeed("network", "force-unlock", "-force", lock_id[1])
    line_on_gcs.succeed("network", *APPLY)
    assert_at_rest(line_on_gcs, "network")


def test_the_command_deploys_the_whole_line_into_one_bucket(
    tmp_path: Path, tools: Tools, first_deploy: FakeCloud
) -> None:
    bucket = Bucket(NAME)
    with bucket.served() as environment:
        line = FakeCloud(tmp_path, tools, environment)
        project = Project(tmp_path, line.environment())
        project.write(dev_with_state(BACKENDS["gcs"]))
        deploy = project.cdktf("deploy", "dev-*", "--auto-approve", "--skip-provider-lock")
        assert deploy.returncode == 0, deploy.stdout[-5000:] + deploy.stderr
        assert line.names() == first_deploy.names()
        assert bucket.names == STATES
        assert_at_rest(line, *STACKS)


def test_app_yaml_is_told_by_the_state(
    line_on_gcs: FakeCloud,
) -> None:
    run = put_connector(line_on_gcs, DEV.replace("private-connector", "not-yet-applied"))
    assert run.returncode == 0, run.stderr
    assert "the applied state of dev-connector" in run.stdout
    assert "connectors/private-connector" in run.stdout

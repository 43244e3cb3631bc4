"""Stacks that cannot be reviewed are reported with a hint; all others are reviewed."""

import signal
import time
from pathlib import Path

import psutil
import pytest

from operations.review.environment import Environment
from operations.review.hint import hint
from operations.review.plan import Failure
from tests.fake_cloud.cloud import FakeCloud
from tests.line import Table, changed
from tests.operations.review.fixtures import review, start
from tests.support import Synthesize


def test_without_synthesized_stacks_the_error_says_what_to_run(cloud: FakeCloud) -> None:
    cloud.folder.mkdir()
    seen = review(cloud)
    assert seen.status == 1
    assert seen.stderr == "cdktf.out/manifest.json does not exist: run `make synth`\n"


@pytest.mark.parametrize("file", ["manifest.json", "stacks/dev-dns/cdk.tf.json"])
@pytest.mark.parametrize("content", ["{", "[]", '{"stacks": 1}', '{"stacks": {}}', "\xff"])
def test_a_damaged_file_is_named(day_0: FakeCloud, file: str, content: str) -> None:
    (day_0.folder / "cdktf.out" / file).write_text(content, encoding="latin-1")
    seen = review(day_0)
    assert seen.status == 1
    assert file in seen.stderr
    assert "run `make synth`" in seen.stderr
    assert "Traceback" not in seen.stderr


def test_the_error_on_an_unknown_environment_lists_the_known_ones(day_0: FakeCloud) -> None:
    seen = review(day_0, "prod")
    assert seen.status == 1
    assert seen.stderr == "no environment named prod: cdktf.out has dev\n"


def test_a_missing_terraform_is_reported(day_0: FakeCloud) -> None:
    seen = review(day_0, TERRAFORM_BINARY_NAME="terraform-nowhere")
    assert seen.status == 1
    assert seen.stderr.startswith("terraform-nowhere is not on the PATH: install Terraform, or")
    assert seen.stderr.count("\n") == 1
    assert seen.stdout == ""


def test_stacks_without_credentials_are_named_and_the_others_are_reviewed(
    day_0: FakeCloud,
) -> None:
    seen = review(day_0, "--format", "md", FAKE_CLOUD_LOGGED_OUT="google")
    assert seen.status == 1
    for part in ("network", "connector", "cluster", "service", "dns"):
        assert f"**dev-{part}**, at `plan`" in seen.stdout
    assert "gcloud auth application-default login" in seen.stdout


@pytest.mark.parametrize(
    ("changes", "part", "text"),
    [
        (
            {"network.nodes": "192.168.48.0/24"},
            "network",
            "The VPC and its node subnet contain all other resources and cannot be replaced on"
            " their own. To change them, undo the change and destroy the environment"
            ' (docs/operations.md, "Destroy"); then make the change again and run'
            " `make deploy ENV=dev`, which creates everything again.",
        ),
        (
            {"cluster.name": "another"},
            "cluster",
            "To replace or destroy the cluster and everything that runs in it, undo the change,"
            " set `deletion_protection = false` and run `make deploy ENV=dev`; then make the change"
            " again and run `make deploy ENV=dev`.",
        ),
        (
            {"cluster.namespaces": ["tools"]},
            "service",
            "Destroying a namespace destroys everything in it, so Terraform does not remove a"
            " namespace that leaves `cluster.namespaces`. Put it back. To keep the namespace but"
            " stop managing it, run"
            " `terraform -chdir=cdktf.out/stacks/dev-service state rm"
            " 'kubernetes_namespace_v1.namespaces[\"apis\"]'`, then `make deploy ENV=dev`; after"
            " that you can delete it with kubectl if nothing in it is needed.",
        ),
    ],
)
def test_the_failure_of_a_protected_resource_has_a_hint(
    deployed: FakeCloud,
    synthesize: Synthesize,
    table: Table,
    changes: Table,
    part: str,
    text: str,
) -> None:
    deployed.take(synthesize(changed(table, {"cluster.namespaces": ["apis"]})))
    deployed.succeed("service", "apply", "-auto-approve")
    deployed.take(synthesize(changed(table, {"cluster.namespaces": ["apis"], **changes})))
    seen = review(deployed)
    assert seen.status == 1
    (failure,) = seen.report["failures"]
    assert failure["stack"] == f"dev-{part}"
    assert "prevent_destroy" in failure["message"]
    assert failure["hint"] == text


def test_the_hint_also_matches_the_message_of_opentofu() -> None:
    message = "Resource instance google_compute_network.network has prevent_destroy set, but"
    failure = Failure(stack="dev-network", project="my-project-id", phase="plan", message=message)
    environment = Environment(name="dev", plans=[], failures=[failure])
    assert hint(failure, environment).startswith(
        "The VPC and its node subnet contain all other resources"
    )


def test_a_stack_that_cannot_be_planned_has_the_message_of_terraform_and_the_others_are_reviewed(
    day_0: FakeCloud,
) -> None:
    def typo(stack: Table) -> None:
        (zone,) = stack["resource"]["google_dns_managed_zone"].values()
        zone["visibilty"] = "private"

    day_0.rewrite("dns", typo)
    seen = review(day_0)
    (failure,) = seen.report["failures"]
    assert failure["stack"] == "dev-dns"
    assert "visibilty" in failure["message"]
    assert {change["stack"] for change in seen.report["changes"]} >= {"dev-network", "dev-service"}
    assert "The name resolves to the address in this VPC" in seen.hops("unknown")
    assert seen.status == 1


@pytest.mark.parametrize(
    "content",
    [
        "{}",
        "[]",
        "null",
        '"x"',
        '{"version": 4}',
        '{"outputs": {"endpoint": 1}}',
        '{"outputs": {"endpoint": {}}}',
        "damaged",
    ],
)
def test_a_damaged_state_is_a_failure_and_not_an_empty_state_or_a_traceback(
    deployed: FakeCloud, content: str
) -> None:
    (deployed.folder / "state" / "dev-cluster.tfstate").write_text(content, encoding="utf-8")
    seen = review(deployed)
    assert seen.status == 1
    assert "Traceback" not in seen.stderr
    failed = {failure["stack"]: failure["message"] for failure in seen.report["failures"]}
    assert "the state is damaged" in failed["dev-cluster"]
    assert failed["dev-service"] == "it reads dev-cluster, whose state cannot be read"
    assert set(failed) == {"dev-cluster", "dev-service"}
    assert seen.hops("fails") == {}


def test_a_state_that_is_a_folder_is_named(deployed: FakeCloud) -> None:
    state = deployed.folder / "state" / "dev-dns.tfstate"
    state.unlink()
    state.mkdir()
    (failure,) = review(deployed).report["failures"]
    assert "dev-dns.tfstate cannot be read: Is a directory" in failure["message"]


def test_resources_of_a_stack_without_a_plan_are_not_reported_as_missing(day_0: FakeCloud) -> None:
    def typo(stack: Table) -> None:
        (network,) = stack["resource"]["google_compute_network"].values()
        network["nmae"] = "private"

    day_0.rewrite("network", typo)
    seen = review(day_0)
    assert seen.status == 1
    assert seen.hops("fails") == {}
    assert "\x1b" not in str([failure["message"] for failure in seen.report["failures"]])


def test_the_report_is_printed_if_the_folder_cannot_be_written(
    day_0: FakeCloud, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    seen = review(day_0, "--out", str(tmp_path / "file" / "out"))
    assert seen.status == 1
    assert "cannot be written (Not a directory)" in seen.stderr
    assert seen.stdout.startswith("# dev: ")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupted_review_leaves_no_process_and_no_file(
    deployed: FakeCloud, tmp_path: Path, number: signal.Signals
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    with deployed.held():
        process = start(deployed, TMPDIR=str(scratch))
        while not children(process.pid, "terraform-provider", "tests.fake_cloud.provider.server"):
            assert process.poll() is None
            time.sleep(0.1)
        started = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(number)
        _, stderr = process.communicate(timeout=60)
    assert process.returncode == 128 + number
    assert stderr.endswith(
        f"interrupted ({number.name}): Terraform has stopped, nothing was changed\n"
    )
    assert "Traceback" not in stderr
    _, alive = psutil.wait_procs(started, timeout=10)
    assert not alive
    assert list(scratch.glob("review-*")) == []
    assert list(deployed.folder.rglob("*.lock.info")) == []


def children(pid: int, *names: str) -> list[psutil.Process]:
    found = []
    for child in psutil.Process(pid).children(recursive=True):
        try:
            command = " ".join(child.cmdline())
        except psutil.NoSuchProcess:
            continue
        if any(name in command for name in names):
            found.append(child)
    return found

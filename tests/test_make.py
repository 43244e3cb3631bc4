"""The Makefile deploys and destroys an environment, and sets up a moved checkout again."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.checkout import NO_SETUP, READY, lay_out, make
from tests.fake_cloud.cloud import FakeCloud
from tests.support import ROOT, UNPROTECTED

pytestmark = pytest.mark.slow

APPROVED = "ARGS=--auto-approve --skip-provider-lock"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout in a folder whose name has a space and an umlaut."""
    return lay_out(tmp_path / "Prüf stand")


def test_make_plans_deploys_and_destroys_an_environment(
    checkout: Path, first_deploy: FakeCloud
) -> None:
    cloud = first_deploy.copy(checkout)
    environment = {**cloud.environment(), **cloud.attached()}
    (checkout / "environments" / "dev.toml").write_text(UNPROTECTED, encoding="utf-8")

    def succeed(*arguments: str) -> str:
        done = make(checkout, *NO_SETUP, *arguments, environment=environment)
        assert done.returncode == 0, done.stdout[-5000:] + done.stderr
        return done.stdout + done.stderr

    planned = succeed("plan", "ENV=dev", "STACK=network", "ARGS=--skip-provider-lock")
    assert "No changes." in planned
    deployed = succeed("deploy", "ENV=dev", "STACK=cluster", APPROVED)
    left_out = "dev-cluster only; left out: dev-network, dev-connector, dev-service, dev-dns."
    assert left_out in deployed
    (cluster,) = cloud.world.all("google_container_cluster")
    assert not cluster["deletion_protection"]
    destroyed = succeed("destroy", "ENV=dev", APPROVED)
    assert "Destroys in my-project-id: the zone api.private;" in destroyed
    assert set(cloud.names()) == {"google_project_service"}


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("deploy",), "ENV is missing: make deploy ENV=NAME; environments/ has "),
        (("destroy", "ENV=nowhere"), "no environment named nowhere: environments/ has "),
        (("plan", "ENV=nowhere", "STACK=dns"), "no environment named nowhere: environments/ has "),
    ],
)
def test_make_fails_if_the_command_fails(
    checkout: Path, arguments: tuple[str, ...], error: str
) -> None:
    done = make(checkout, *NO_SETUP, *arguments)
    assert done.returncode
    assert done.stderr.startswith(error)


def stopped(folder: Path, environment: Mapping[str, str] | None = None) -> str:
    """The first line of a `make setup` that stops before it installs anything."""
    folder.mkdir(exist_ok=True)
    shutil.copy(ROOT / "Makefile", folder)
    needed = {"Pipfile.lock", "package-lock.json", "pyproject.toml"}
    for name in needed:
        (folder / name).touch()
    done = make(folder, "-j4", "setup", "PYTHON=/bin/false", environment=environment)
    assert done.returncode
    assert done.stdout == ""
    assert {path.name for path in folder.iterdir()} == {"Makefile", *needed}
    return done.stderr.splitlines()[0]


@pytest.mark.parametrize("sign", ["$", "`", '"', "\\", ":"])
def test_a_path_that_tools_cannot_take_is_named_before_anything_is_installed(
    tmp_path: Path, sign: str
) -> None:
    folder = tmp_path / f"check{sign}out"
    assert stopped(folder) == (
        f"{folder}: a checkout's path must not contain any of $ ` \" \\ : - move it"
    )


def test_a_missing_folder_for_temporary_files_is_named_before_anything_is_installed(
    tmp_path: Path,
) -> None:
    nowhere = tmp_path / "nowhere"
    assert stopped(tmp_path / "checkout", {**os.environ, "TMPDIR": str(nowhere)}) == (
        f"{nowhere} is not a folder that you can write to: set TMPDIR to one that is"
    )


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_checkout_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    shutil.copy(ROOT / "Makefile", tmp_path)
    tmp_path.chmod(0o555)
    done = make(tmp_path, "setup", "PYTHON=/bin/false")
    assert done.stderr.startswith(f"{tmp_path} cannot be written: make it writable, or copy it")


def test_what_has_disappeared_since_the_setup_is_named_too(checkout: Path) -> None:
    nowhere = {**os.environ, "TMPDIR": str(checkout / "nowhere")}
    done = make(checkout, *NO_SETUP, "review", environment=nowhere)
    assert done.stderr.startswith(f"{checkout}/nowhere is not a folder that you can write to")


def sets_up(folder: Path) -> bool:
    """Whether the next command would recreate the virtual environment."""
    done = make(folder, "--dry-run", "synth")
    assert done.returncode == 0, done.stderr
    return "-m venv --clear .venv" in done.stdout


def test_a_moved_or_copied_checkout_is_set_up_again(checkout: Path) -> None:
    (checkout / ".cache" / "pipenv").mkdir(parents=True)
    (checkout / ".cache" / "pipenv" / ".ready").touch()
    for ready in READY:
        (checkout / ready).touch()
    assert not sets_up(checkout)
    copy = checkout.with_name("copy")
    shutil.copytree(checkout, copy, symlinks=True)
    assert sets_up(copy)
    assert not sets_up(checkout)
    moved = checkout.rename(checkout.with_name("moved"))
    assert sets_up(moved)


def test_clean_removes_generated_files_and_keeps_states(checkout: Path) -> None:
    for folder in ("build", "cdktf.out", "review-out", "state"):
        (checkout / folder).mkdir()
    assert make(checkout, "clean").returncode == 0
    left = {path.name for path in checkout.iterdir()}
    assert left.isdisjoint({"build", "cdktf.out", "review-out", ".venv", "node_modules", ".cache"})
    assert "state" in left

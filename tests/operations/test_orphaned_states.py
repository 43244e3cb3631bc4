"""States of environments without a settings file: the environment, and the command to move them."""

import json
import shutil
from pathlib import Path

import pytest

from operations.terraform.orphaned_states import orphaned_states
from settings.environment import Settings
from stacks.app import synthesize
from tests.line import STACKS, Table
from tests.support import DEV_TABLE

WITH_RESOURCES: Table = {"resources": [{"type": "google_compute_network"}]}
EMPTY: Table = {"resources": []}

PAGE = 'see "Rename an environment" in docs/environments.md'


@pytest.fixture(scope="module")
def blue_green(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a synthesized environment, `blue-green`; tests must not change it."""
    project = tmp_path_factory.mktemp("project")
    add(project, "blue-green")
    return project


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, blue_green: Path) -> Path:
    """A copy of `blue_green`, which was never deployed."""
    shutil.copytree(blue_green, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "state").mkdir()
    return tmp_path


def add(checkout: Path, *environments: str) -> None:
    """Synthesize environments."""
    settings = [Settings.of(DEV_TABLE, name) for name in environments]
    synthesize(settings, outdir=checkout / "cdktf.out")


def keep(checkout: Path, environment: str, state: Table, *parts: str) -> None:
    """Write states into the folder."""
    for part in parts or STACKS:
        path = checkout / "state" / f"{environment}-{part}.tfstate"
        path.write_text(json.dumps(state), encoding="utf-8")


def printed() -> list[str]:
    """What a synthesis prints."""
    return orphaned_states(Path("cdktf.out"))


def test_a_folder_without_states_is_not_reported(checkout: Path) -> None:
    assert printed() == []
    (checkout / "state").rmdir()
    assert printed() == []


def test_the_warning_lists_only_stacks_with_a_state(
    checkout: Path,
) -> None:
    keep(checkout, "blue", WITH_RESOURCES, "network", "dns")
    assert printed() == [
        "blue: environments/ has no blue.toml, but state/ has the states of blue-network, blue-dns."
        " If blue-green is its new name, move them: `for part in network dns; do mv"
        " state/blue-$part.tfstate state/blue-green-$part.tfstate; done`. If not, " + PAGE
    ]


def test_states_of_a_destroyed_environment_are_not_reported(checkout: Path) -> None:
    keep(checkout, "dev", EMPTY)
    assert printed() == []


@pytest.mark.parametrize("text", ["", "{", "[]", "{}"])
def test_a_damaged_state_is_not_reported(checkout: Path, text: str) -> None:
    (checkout / "state" / "dev-dns.tfstate").write_text(text, encoding="utf-8")
    assert printed() == []


def test_other_files_are_not_reported(checkout: Path) -> None:
    for name in ("terraform", "dev", "-network", "notes"):
        path = checkout / "state" / f"{name}.tfstate"
        path.write_text(json.dumps(WITH_RESOURCES), encoding="utf-8")
    keep(checkout, "blue-green", WITH_RESOURCES)
    assert printed() == []


def test_without_exactly_one_new_environment_the_warning_refers_to_the_page(
    checkout: Path,
) -> None:
    keep(checkout, "dev", WITH_RESOURCES, "network")
    keep(checkout, "blue-green", WITH_RESOURCES, "network")
    line = "dev: environments/ has no dev.toml, but state/ has the states of dev-network. To move"
    assert printed() == [f"{line} them, {PAGE}"]
    add(checkout, "blue-green", "new", "newer")
    assert printed() == [f"{line} them, {PAGE}"]


def test_an_empty_state_counts_as_no_state(checkout: Path) -> None:
    keep(checkout, "dev", WITH_RESOURCES, "network")
    keep(checkout, "blue-green", EMPTY)
    assert "state/blue-green-$part.tfstate" in printed()[0]


@pytest.mark.parametrize(
    ("kind", "config", "place"),
    [("gcs", {"bucket": "states"}, "a bucket"), ("cloud", {"workspaces": {}}, "HCP Terraform")],
)
def test_states_in_another_backend_are_found_by_the_records_in_the_old_folders(
    checkout: Path, kind: str, config: Table, place: str
) -> None:
    for part in ("network", "dns"):
        folder = checkout / "cdktf.out" / "stacks" / f"old-one-{part}"
        (folder / ".terraform").mkdir(parents=True)
        record = {"backend": {"type": kind, "config": config}}
        (folder / ".terraform" / "terraform.tfstate").write_text(
            json.dumps(record), encoding="utf-8"
        )
    assert printed() == [
        f"old-one: environments/ no longer has old-one.toml, but its states were in {place}."
        f" If you renamed it, move them before you deploy: {PAGE}"
    ]
    add(checkout, "old-one")
    assert printed() == []

"""With and without slim_bindings, the JSON, the values and the errors are the same."""

import os
from pathlib import Path

import pytest

from tests.slim_bindings.process import Outcome, run
from tests.support import DEV

pytestmark = pytest.mark.slow

PROBE = Path(__file__).parent / "probe.py"
LOCAL = 'backend = "local"'
STATES = {
    "gcs": 'backend = "gcs"\nbucket = "tfstate"',
    "cloud": 'backend = "cloud"\norganization = "ours"',
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One environment per backend."""
    project = tmp_path_factory.mktemp("project")
    (project / "environments").mkdir()
    (project / "environments" / "dev.toml").write_text(DEV, encoding="utf-8")
    for backend, state in STATES.items():
        other = DEV.replace("my-project-id", f"{backend}-project-id")
        assert LOCAL in other
        (project / "environments" / f"{backend}.toml").write_text(
            other.replace(LOCAL, state), encoding="utf-8"
        )
    return project


def probe(project: Path, mode: str) -> Outcome:
    outcome = run(PROBE, mode, cwd=project, SLIM_BINDINGS=mode)
    assert outcome.status == 0, outcome.stderr
    return outcome


@pytest.fixture(scope="module")
def whole(project: Path) -> Outcome:
    return probe(project, "off")


@pytest.fixture(scope="module")
def slim(project: Path) -> Outcome:
    return probe(project, "on")


def files(folder: Path) -> dict[str, bytes]:
    return {
        os.fspath(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_values_errors_and_late_imports_are_the_same(whole: Outcome, slim: Outcome) -> None:
    assert slim.stdout == whole.stdout
    assert "override own network" in slim.stdout
    assert "wrong type TypeError type of argument name must be str" in slim.stdout
    assert "Unable to deserialize value" in slim.stdout
    assert "created by Node NamespaceV1" in slim.stdout
    assert "another version JSIIError Multiple versions 0.0.1 and 16.12.1" in slim.stdout


@pytest.mark.usefixtures("whole", "slim")
def test_the_json_of_every_environment_and_backend_is_the_same(project: Path) -> None:
    expected = files(project / "off")
    assert len(expected) == 1 + 5 * len(list((project / "environments").glob("*.toml")))
    assert files(project / "on") == expected


def test_stderr_is_empty_on_success(slim: Outcome) -> None:
    assert slim.stderr == ""

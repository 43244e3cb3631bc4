"""With and without slim_bindings, the JSON, the values and the errors are the same."""

import os
from functools import partial
from pathlib import Path

import pytest

from tests.results import Results
from tests.slim_bindings.process import run
from tests.support import DEV
from tests.synthesis import SOURCES

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


def probe(project: Path, mode: str, folder: Path) -> Path:
    folder.mkdir()
    outcome = run(PROBE, folder / "cdktf.out", cwd=project, SLIM_BINDINGS=mode)
    assert outcome.status == 0, outcome.stderr
    (folder / "stdout").write_text(outcome.stdout, encoding="utf-8")
    (folder / "stderr").write_text(outcome.stderr, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def whole(project: Path) -> Path:
    """The results without slim_bindings, which take half a minute."""
    results = Results("bindings", [*SOURCES, "tests/slim_bindings", "tests/fixtures"])
    return results.stored("whole", partial(probe, project, "off"))


@pytest.fixture(scope="module")
def slim(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The results with slim_bindings."""
    return probe(project, "on", tmp_path_factory.mktemp("slim") / "probe")


def text(folder: Path, stream: str) -> str:
    return (folder / stream).read_text(encoding="utf-8")


def files(folder: Path) -> dict[str, bytes]:
    return {
        os.fspath(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_values_errors_and_late_imports_are_the_same(whole: Path, slim: Path) -> None:
    printed = text(slim, "stdout")
    assert printed == text(whole, "stdout")
    assert "override own network" in printed
    assert "wrong type TypeError type of argument name must be str" in printed
    assert "Unable to deserialize value" in printed
    assert "created by Node NamespaceV1" in printed
    assert "another version JSIIError Multiple versions 0.0.1 and 16.12.1" in printed


def test_the_json_of_every_environment_and_backend_is_the_same(
    project: Path, whole: Path, slim: Path
) -> None:
    expected = files(whole / "cdktf.out")
    assert len(expected) == 1 + 5 * len(list((project / "environments").glob("*.toml")))
    assert files(slim / "cdktf.out") == expected


def test_stderr_is_empty_on_success(slim: Path) -> None:
    assert text(slim, "stderr") == ""

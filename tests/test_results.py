"""A result is used again if nothing that it depends on has changed, and only then."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest

from tests import results, synthesis
from tests.fake_cloud import tools
from tests.results import Results
from tests.support import ROOT


def imported(module: str) -> Iterator[str]:
    """The files of this repository that Python imports with a module."""
    program = (
        f"import sys, {module}; print(*(vars(m).get('__file__') for m in [*sys.modules.values()]))"
    )
    run = subprocess.run(  # noqa: S603 - our own Python, no shell
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'constructs'}"},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    for file in run.stdout.split():
        if file.startswith(f"{ROOT}{os.sep}") and not file.startswith(sys.prefix):
            yield file.removeprefix(f"{ROOT}{os.sep}")


@pytest.mark.parametrize(
    ("module", "sources", "others"),
    [
        ("tests.synthesis", synthesis.SOURCES, {"tests/results.py", "tests/support.py"}),
        ("tests.fake_cloud.provider.starter", tools.SOURCES, set()),
        (
            "operations.terraform.process",
            tools.SOURCES,
            # Only check_version(), which is no run to replay, uses the minimum version.
            {
                "operations/__init__.py",
                "operations/terraform/__init__.py",
                "settings/__init__.py",
                "settings/terraform.py",
            },
        ),
    ],
    ids=["synthesis", "fake providers", "reviews"],
)
def test_all_code_that_has_an_influence_is_a_source(
    module: str, sources: tuple[str, ...], others: set[str]
) -> None:
    files = set(imported(module))
    assert files
    assert {file for file in files if not file.startswith(sources)} == others


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with two files, and no results."""
    for name in ("stacks/dns.py", "README.md"):
        write(tmp_path / "repository" / name)
    monkeypatch.setattr(results, "ROOT", tmp_path / "repository")
    monkeypatch.setattr(results, "FOLDER", tmp_path / "results")
    return tmp_path / "repository"


def write(path: Path, text: str = "") -> None:
    """Write a file that is older than this process."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    os.utime(path, (0, 0))


def of_stacks() -> Results:
    """The results that depend on the folder `stacks`, without a cache of digests."""
    for cached in (results.digest_of, results.digest_of_all):
        cached.cache_clear()
    return Results("kind", ["stacks"])


@pytest.mark.parametrize("file", ["dns.py", "added.js"])
def test_a_change_of_a_source_leads_to_new_results(file: str, root: Path) -> None:
    before = of_stacks().folder
    write(root / "stacks" / file, "changed")
    assert of_stacks().folder != before


@pytest.mark.usefixtures("root")
def test_a_change_of_what_is_installed_leads_to_new_results(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = of_stacks().folder
    monkeypatch.setattr(metadata, "distributions", list)
    assert of_stacks().folder != before


@pytest.mark.parametrize("file", ["README.md", "stacks/.dns.py.swp", "stacks/__pycache__/dns.pyc"])
def test_a_change_of_another_file_leads_to_the_same_results(file: str, root: Path) -> None:
    before = of_stacks().folder
    write(root / file, "changed")
    assert of_stacks().folder == before


def create(folder: Path) -> None:
    """Create a result that says when."""
    folder.mkdir()
    (folder / "time").write_text(str(time.monotonic_ns()), encoding="utf-8")


def stored() -> str:
    """What is in a result, from earlier or created now."""
    return (of_stacks().stored("result", create) / "time").read_text(encoding="utf-8")


@pytest.mark.usefixtures("root")
def test_a_result_is_created_once() -> None:
    assert stored() == stored()


def test_a_result_is_not_stored_after_a_source_has_changed(root: Path) -> None:
    of_old = of_stacks()
    (root / "stacks" / "dns.py").touch()
    assert of_old.stored("result", create).is_dir()
    write(root / "stacks" / "dns.py")
    assert of_stacks().folder == of_old.folder
    assert not (of_old.folder / "result").exists()


@pytest.mark.usefixtures("root")
def test_a_result_that_could_not_be_created_is_created_again() -> None:
    def fail(folder: Path) -> None:
        folder.mkdir()
        raise InterruptedError

    with pytest.raises(InterruptedError):
        of_stacks().stored("result", fail)
    assert stored()


@pytest.mark.usefixtures("root")
def test_results_that_no_run_has_used_for_a_week_are_removed() -> None:
    kept, used, unused = (of_stacks().stored(name, create) for name in ("kept", "used", "unused"))
    dangling = unused.with_name("dangling")
    dangling.symlink_to("nowhere")
    os.utime(dangling, (0, 0), follow_symlinks=False)
    for result, days in ((kept, 6), (used, 8), (unused, 8)):
        then = time.time() - days * 24 * 60 * 60
        os.utime(result, (then, then))
        os.utime(result.with_suffix(".lock"), (then, then))
    of_stacks().stored("used", create)
    results.remove_unused()
    assert {path.name for path in unused.parent.iterdir()} == {
        *("kept", "kept.lock", "used", "used.lock")
    }

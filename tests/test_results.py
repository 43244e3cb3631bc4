"""A result is used again if nothing that it depends on has changed, and only then."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import results, synthesis
from tests.fake_cloud import tools
from tests.support import ROOT

FILES = {"Pipfile.lock": "{}", "pyproject.toml": "", "stacks/dns.py": "TTL = 300", "README.md": ""}


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
    ],
    ids=["synthesis", "fake providers"],
)
def test_all_code_that_has_an_influence_is_a_source(
    module: str, sources: tuple[str, ...], others: set[str]
) -> None:
    files = set(imported(module))
    assert files
    assert {file for file in files if not file.startswith(sources)} == others


def folder_with(root: Path, monkeypatch: pytest.MonkeyPatch, **changes: str) -> str:
    """The folder of results in a repository with some changed files."""
    for name, text in (FILES | changes).items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    monkeypatch.setattr(results, "ROOT", root)
    return results.results.__wrapped__("synthesis", "stacks").name


@pytest.mark.parametrize("file", ["Pipfile.lock", "pyproject.toml", "stacks/dns.py", "stacks/a.js"])
def test_a_change_of_a_source_or_a_package_leads_to_new_results(
    file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = folder_with(tmp_path / "before", monkeypatch)
    assert folder_with(tmp_path / "after", monkeypatch, **{file: "changed"}) != before


def test_a_change_of_another_file_leads_to_the_same_results(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = folder_with(tmp_path / "before", monkeypatch)
    assert folder_with(tmp_path / "after", monkeypatch, **{"README.md": "changed"}) == before


def test_a_result_is_created_once(tmp_path: Path) -> None:
    created = []

    def create(folder: Path) -> None:
        folder.mkdir()
        created.append(folder)

    result = tmp_path / "kind" / "result"
    assert results.stored(result, create) == results.stored(result, create) == result
    assert result.is_dir()
    assert len(created) == 1


def test_a_result_that_could_not_be_created_is_created_again(tmp_path: Path) -> None:
    def fail(folder: Path) -> None:
        folder.mkdir()
        raise InterruptedError

    with pytest.raises(InterruptedError):
        results.stored(tmp_path / "result", fail)
    assert not (tmp_path / "result").exists()
    assert results.stored(tmp_path / "result", Path.mkdir).is_dir()


def test_results_that_no_run_has_used_for_a_week_are_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(results, "FOLDER", tmp_path)
    kept, used, unused = (
        tmp_path / "kind" / "digest" / name for name in ("kept", "used", "unused")
    )
    for result, days in ((kept, 6), (used, 8), (unused, 8)):
        results.stored(result, Path.mkdir)
        then = time.time() - days * 24 * 60 * 60
        os.utime(result, (then, then))
        os.utime(result.with_suffix(".lock"), (then, then))
    results.stored(used, Path.mkdir)
    results.remove_unused()
    assert {path.name for path in unused.parent.iterdir()} == {
        *("kept", "kept.lock", "used", "used.lock")
    }

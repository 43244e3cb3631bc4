"""`make scan`: its report, and that it fails if nothing was scanned."""

import json
import shutil
from pathlib import Path

import pytest

from tests.line import Line, Table, changed
from tests.support import ROOT, Synthesize, existing
from tools.scan import ACCEPTED, SCANNED, ScanError, main, scan, stacks, synthesize_into

CHECKOV = ROOT / ".cache" / "checkov" / "bin" / "checkov"

EVERY_STACK = ["cluster", "connector", "dns", "network", "service"]


@pytest.fixture
def folder(tmp_path: Path, line: Line) -> Path:
    """The stacks of an environment, prepared for a scan."""
    shutil.copytree(line.outdir, tmp_path / "environments")
    for path in stacks(tmp_path):
        configuration = json.loads(path.read_text(encoding="utf-8"))
        del configuration["terraform"]
        path.write_text(json.dumps(configuration, indent=2), encoding="utf-8")
    return tmp_path


def program(folder: Path, prints: str) -> Path:
    """A fake checkov that prints a text, and writes its environment variables to a file."""
    path = folder / "checkov"
    (folder / "prints").write_text(prints, encoding="utf-8")
    path.write_text(f'#!/bin/sh\nenv > environment\ncat "{folder}/prints"\n', encoding="utf-8")
    path.chmod(0o755)
    return path


def check(stack: str, name: str = "CKV_GCP_7") -> Table:
    """One entry of a report of checkov."""
    return {
        "check_id": name,
        "check_name": "Ensure something",
        "file_path": f"/environments/stacks/dev-{stack}/cdk.tf.json",
        "resource": "resource.cluster",
    }


def report(failed: list[Table], passed: list[Table]) -> str:
    """A report of checkov as JSON."""
    return json.dumps({"results": {"failed_checks": failed, "passed_checks": passed}})


PASSED = [check(stack) for stack in EVERY_STACK]


def test_a_finding_is_reported_with_stack_resource_and_check(folder: Path) -> None:
    found = scan(program(folder, report([check("cluster")], PASSED)), folder)
    assert found.errors == [
        "environments/dev-cluster: resource.cluster: CKV_GCP_7 Ensure something"
    ]


def test_a_checkov_that_does_not_finish_is_an_error(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tools.scan._TIMEOUT_SECONDS", 0.2)
    path = program(folder, "")
    path.write_text("#!/bin/sh\nexec sleep 30\n", encoding="utf-8")
    with pytest.raises(ScanError, match=r"did not finish within 0\.2 seconds"):
        scan(path, folder)


def test_an_accepted_finding_is_not_an_error(folder: Path) -> None:
    accepted = [check("cluster", name) for name in ACCEPTED]
    found = scan(program(folder, report(accepted, PASSED)), folder)
    assert found.errors == []
    assert len(found.accepted) == len(ACCEPTED)


@pytest.mark.parametrize("printed", ['{"passed": 0, "failed": 0}', "[]", report([], [])])
def test_a_scan_of_nothing_is_an_error(folder: Path, printed: str) -> None:
    found = scan(program(folder, printed), folder)
    assert found.errors == [
        f"environments/dev-{stack}: checkov reports no result for this stack"
        for stack in EVERY_STACK
    ]


def test_a_stack_that_checkov_cannot_read_is_an_error(folder: Path) -> None:
    found = scan(program(folder, report([], PASSED[1:])), folder)
    assert found.errors == ["environments/dev-cluster: checkov reports no result for this stack"]


def test_a_stack_that_only_reads_what_exists_needs_no_result(
    tmp_path: Path, synthesize: Synthesize, table: Table
) -> None:
    everything = synthesize(changed(table, existing("connector", "cluster", "dns")))
    shutil.copytree(everything.outdir, tmp_path / "environments")
    found = scan(program(tmp_path, report([], [])), tmp_path)
    assert found.errors == ["environments/dev-service: checkov reports no result for this stack"]


def test_a_checkov_that_prints_no_report_is_an_error(folder: Path) -> None:
    with pytest.raises(ScanError, match="checkov printed no report"):
        scan(program(folder, "Traceback"), folder)


def test_checkov_does_not_inherit_keys_and_configuration_of_the_caller(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BC_API_KEY", "secret")
    monkeypatch.setenv("CKV_VAR_FILE", "mine")
    scan(program(folder, report([], PASSED)), folder)
    environment = (folder / "environment").read_text(encoding="utf-8").splitlines()
    assert f"HOME={folder}" in environment
    assert [line for line in environment if line.startswith(("BC_", "CKV_"))] == [
        "CKV_SKIP_PACKAGE_UPDATE_CHECK=true"
    ]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project folder with the settings of an environment and of an example."""
    for source, file in zip(
        SCANNED, ("tests/fixtures/dev.toml", "examples/argo.toml"), strict=True
    ):
        (tmp_path / source).mkdir()
        shutil.copy(ROOT / file, tmp_path / source)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_environments_and_examples_are_scanned_without_their_terraform_block(
    project: Path,
) -> None:
    (project / "out").mkdir()
    synthesize_into(project / "out")
    scanned = list(stacks(project / "out"))
    assert sorted(path.parent.name for path in scanned) == [
        f"{name}-{stack}" for name in ("argo", "dev") for stack in EVERY_STACK
    ]
    for path in scanned:
        configuration = json.loads(path.read_text(encoding="utf-8"))
        assert "terraform" not in configuration
        assert configuration["resource"]


def test_the_command_fails_if_there_are_errors_to_fix(project: Path) -> None:
    with pytest.raises(SystemExit, match="10 to fix"):
        main(program(project, report([], [])))


def test_invalid_settings_are_reported(project: Path) -> None:
    (project / "examples" / "argo.toml").write_text("", encoding="utf-8")
    with pytest.raises(SystemExit, match=r"examples/argo\.toml"):
        main(program(project, ""))


@pytest.mark.slow
@pytest.mark.skipif(not CHECKOV.exists(), reason="make scan installs checkov")
def test_the_real_checkov_finds_an_insecure_setting(folder: Path) -> None:
    assert not any("CKV_GCP_7 " in error for error in scan(CHECKOV, folder).errors)
    path = folder / "environments" / "stacks" / "dev-cluster" / "cdk.tf.json"
    configuration = json.loads(path.read_text(encoding="utf-8"))
    configuration["resource"]["google_container_cluster"]["cluster"]["enable_legacy_abac"] = True
    path.write_text(json.dumps(configuration, indent=2), encoding="utf-8")
    errors = scan(CHECKOV, folder).errors
    assert any(
        error.startswith("environments/dev-cluster: resource.cluster: CKV_GCP_7 ")
        for error in errors
    )


@pytest.mark.slow
@pytest.mark.skipif(not CHECKOV.exists(), reason="make scan installs checkov")
def test_the_real_checkov_reports_no_result_for_a_stack_that_it_cannot_read(
    tmp_path: Path, line: Line
) -> None:
    shutil.copytree(line.outdir, tmp_path / "environments")
    assert scan(CHECKOV, tmp_path).errors == [
        f"environments/dev-{stack}: checkov reports no result for this stack"
        for stack in EVERY_STACK
    ]

"""`make synth`: errors before cdktf starts, and signals while it runs."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import stacks.app
from operations.synthesis import app
from tests.project import dev_with_state
from tests.support import DEV, ROOT

pytestmark = pytest.mark.slow

RUN_MAIN = "import runpy, sys; runpy.run_path(sys.argv[1], run_name='__main__')"

CLOUD = dev_with_state({"backend": "cloud", "organization": "my-organization"})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Valid settings, and a cdktf that records its arguments."""
    (tmp_path / "environments").mkdir()
    (tmp_path / "environments" / "dev.toml").write_text(DEV, encoding="utf-8")
    program(tmp_path, "cdktf", 'printf "%s\\n" "$@" > called; exit 7')
    return tmp_path


def program(folder: Path, name: str, *lines: str) -> None:
    """Put a program on the PATH of the command."""
    path = folder / "bin" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(["#!/bin/sh", *lines, ""]), encoding="utf-8")
    path.chmod(0o755)


def start(folder: Path, *command: str | Path) -> "subprocess.Popen[str]":
    path = f"{folder / 'bin'}{os.pathsep}/usr/bin{os.pathsep}/bin"
    return subprocess.Popen(  # noqa: S603 - our own command, no shell
        [sys.executable, *command],
        cwd=folder,
        env={
            **os.environ,
            "PATH": path,
            "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'constructs'}",
            "TERRAFORM_BINARY_NAME": "terraform-of-test",
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def run(folder: Path, *command: str | Path) -> tuple[int, str]:
    process = start(folder, *command)
    output, _ = process.communicate(timeout=60)
    return process.returncode, output


def test_with_valid_settings_cdktf_runs_with_all_options(folder: Path) -> None:
    status, output = run(folder, "-m", "operations.synthesis", "--hcl")
    assert (status, output) == (7, "")
    assert (folder / "called").read_text(encoding="utf-8").split() == ["synth", "--hcl"]


def test_without_cdktf_one_line_says_what_to_run(folder: Path) -> None:
    (folder / "bin" / "cdktf").unlink()
    status, output = run(folder, "-m", "operations.synthesis")
    assert status == 127
    assert output.startswith("cdktf is not on the PATH: run this command with make")
    assert output.count("\n") == 1


def test_invalid_settings_are_reported_once_and_cdktf_does_not_start(folder: Path) -> None:
    invalid = DEV.replace("10.8.0.0/28", "10.8.0.0/24")
    (folder / "environments" / "dev.toml").write_text(invalid, encoding="utf-8")
    status, output = run(folder, "-m", "operations.synthesis")
    assert status == 1
    assert output.startswith("1 error in the settings. Nothing was written.\n")
    assert output.count("must be a /28") == 1
    assert not (folder / "called").exists()


@pytest.mark.parametrize(
    ("command", "version", "message"),
    [
        (
            ("-m", "operations.synthesis"),
            None,
            "terraform-of-test is not on the PATH: install Terraform, or OpenTofu with",
        ),
        (
            (ROOT / "main.py",),
            "1.3.9",
            "terraform-of-test 1.3.9 is too old: the stacks require 1.4 or newer. Upgrade",
        ),
    ],
)
def test_for_states_in_hcp_terraform_terraform_is_checked_in_one_line(
    folder: Path, command: tuple[str | Path, ...], version: str | None, message: str
) -> None:
    (folder / "environments" / "dev.toml").write_text(CLOUD, encoding="utf-8")
    if version:
        program(folder, "terraform-of-test", f"""echo '{{"terraform_version": "{version}"}}'""")
    status, output = run(folder, *command)
    assert status == 1
    assert output.startswith(message)
    assert output.count("\n") == 1
    assert not (folder / "called").exists()
    assert not (folder / "cdktf.out").exists()


def test_a_full_disk_is_one_line_and_the_previous_output_stays(folder: Path) -> None:
    (folder / "cdktf.out").mkdir()
    limited = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (9, 9)); {RUN_MAIN}"
    status, output = run(folder, "-B", "-c", limited, str(ROOT / "main.py"))
    assert status == 1
    assert output == (
        "the synthesis stopped: File too large. Correct that, and run `make synth` again\n"
    )
    assert [path.name for path in (folder / "cdktf.out").iterdir()] in ([], [".lock"])


def test_a_full_disk_in_node_is_the_same_line(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def synthesize(*_: object, outdir: Path) -> None:
        raise RuntimeError(f"ENOSPC: no space left on device, write {outdir.name}")

    monkeypatch.chdir(folder)
    monkeypatch.setattr(stacks.app, "synthesize", synthesize)
    assert app.main() == 1
    assert capsys.readouterr().err == (
        "the synthesis stopped: no space left on device, write .new. Correct that, and run"
        " `make synth` again\n"
    )


SIGNAL_AT_CLEANUP = """
import os, shutil, signal, sys
from operations import interrupts
def rmtree(*arguments, rmtree=shutil.rmtree, **options):
    os.kill(os.getpid(), signal.SIGTERM)
    rmtree(*arguments, **options)
shutil.rmtree = rmtree
sys.exit(interrupts.interruptible("operations.synthesis.command", "run it again"))
"""


def test_a_signal_does_not_interrupt_the_deletion_of_the_temporary_folder(folder: Path) -> None:
    program(folder, "cdktf", 'echo "$TMPDIR" > called')
    status, output = run(folder, "-c", SIGNAL_AT_CLEANUP)
    assert (status, output) == (128 + signal.SIGTERM, "interrupted (SIGTERM): run it again\n")
    assert not Path((folder / "called").read_text(encoding="utf-8").strip()).exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_reaches_cdktf_as_ctrl_c_and_ends_what_it_started(
    folder: Path, number: signal.Signals
) -> None:
    program(
        folder,
        "cdktf",
        # A shell's background processes ignore Ctrl-C.
        "sleep 30 > /dev/null 2>&1 &",
        "echo $! > child",
        "trap 'echo stopped; exit 1' INT",
        "echo ready",
        "for _ in $(seq 600); do sleep 0.05; done",
    )
    process = start(folder, "-m", "operations.synthesis")
    assert process.stdout
    assert process.stdout.readline() == "ready\n"
    process.send_signal(number)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 128 + number
    assert output == f"stopped\ninterrupted ({number.name}): run `make synth` again\n"
    child = int((folder / "child").read_text(encoding="utf-8"))
    deadline = time.monotonic() + 10
    while Path(f"/proc/{child}/exe").exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)

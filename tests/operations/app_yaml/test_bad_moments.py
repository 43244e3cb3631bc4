"""`app_yaml` beside editors, on unusual files, and with a Terraform that fails: nothing is lost."""

import json
import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from operations.app_yaml import command
from operations.app_yaml.values import Values, values
from tests.operations.app_yaml.files import APP, CONNECTOR, LINES, Put, identity

BOTH = pytest.mark.parametrize(
    ("options", "text"), [([], APP), (["--remove"], APP + LINES)], ids=["write", "remove"]
)
"""Both changes, each with a file that it would change."""

EDITED = APP + "# Saved in an editor.\n"


@BOTH
def test_an_edit_while_terraform_runs_is_kept(
    options: list[str], text: str, app: Path, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(environment: str) -> Values:
        app.write_text(f"# Saved in an editor.\n{text}", encoding="utf-8")
        return values(environment)

    app.write_text(text, encoding="utf-8")
    monkeypatch.setattr(command, "values", slow)
    assert put(*options) == 0
    after = APP if options else APP + LINES
    assert app.read_text(encoding="utf-8") == f"# Saved in an editor.\n{after}"


def save(app: Path) -> None:
    app.write_text(EDITED, encoding="utf-8")


def save_another_file(app: Path) -> None:
    edited = app.with_name("edited.yaml")
    edited.write_text(EDITED, encoding="utf-8")
    edited.replace(app)


def link_to_another_file(app: Path) -> None:
    other = app.rename(app.with_name("other.yaml"))
    app.unlink(missing_ok=True)
    app.symlink_to(other)


@BOTH
@pytest.mark.parametrize("edit", [save, save_another_file, link_to_another_file, Path.unlink])
def test_an_edit_just_before_the_replacement_is_never_overwritten(
    edit: Callable[[Path], None],
    options: list[str],
    text: str,
    app: Path,
    put: Put,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    app.write_text(text, encoding="utf-8")
    edited = []

    def synced(_descriptor: int) -> None:
        edit(app)
        edited.append(app.read_bytes() if app.exists() else None)

    monkeypatch.setattr("os.fsync", synced)
    assert put(*options) == 1
    message = capsys.readouterr().err
    assert "was changed by another program" in message or "No such file" in message
    assert edited == [app.read_bytes() if app.exists() else None]
    assert not list(app.parent.glob(".app-yaml-*"))


def test_a_right_value_in_quotes_is_not_written_again(app: Path, put: Put) -> None:
    app.write_text(APP + LINES.replace(CONNECTOR, f"'{CONNECTOR}'"), encoding="utf-8")
    before = identity(app)
    assert put() == put("--check") == 0
    assert identity(app) == before


@pytest.mark.parametrize("options", [[], ["--remove"]])
def test_an_error_escapes_what_controls_a_terminal(
    options: list[str], app: Path, put: Put, capsys: pytest.CaptureFixture[str]
) -> None:
    value = r'"a\u001b[31m\u202Eb\nc"'
    app.write_text(f"{APP}vpc_access_connector:\n  name: {value}\n", encoding="utf-8")
    assert put(*options) == 1
    message = capsys.readouterr().err
    assert message.count("\n") == 1
    assert message.rstrip("\n").isprintable()
    assert r"a\u001B[31m\u202Eb\u000Ac" in message


@BOTH
def test_owner_group_and_mode_stay(
    options: list[str], text: str, app: Path, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.write_text(text, encoding="utf-8")
    app.chmod(0o640)
    owners: list[tuple[int, ...]] = []

    def chown(_path: Path, *owner: int) -> None:
        owners.append(owner)

    monkeypatch.setattr("os.chown", chown)
    before = app.stat()
    assert put(*options) == 0
    assert owners == [(before.st_uid, before.st_gid)]
    assert stat.S_IMODE(app.stat().st_mode) == 0o640
    assert app.stat().st_mtime_ns > before.st_mtime_ns


def test_extended_attributes_stay(app: Path, put: Put) -> None:
    try:
        os.setxattr(app, "user.note", b"ours")
    except (AttributeError, OSError):
        pytest.skip("this file system has no extended attributes")
    assert put() == 0
    assert os.getxattr(app, "user.note") == b"ours"


@BOTH
def test_symbolic_links_stay(
    options: list[str], text: str, app: Path, put: Put, tmp_path: Path
) -> None:
    (tmp_path / "folder").mkdir()
    real = app.rename(tmp_path / "folder" / "real.yaml")
    real.write_text(text, encoding="utf-8")
    (tmp_path / "other.yaml").symlink_to("folder/real.yaml")
    app.symlink_to("other.yaml")
    assert put(*options) == 0
    assert app.is_symlink()
    assert (tmp_path / "other.yaml").is_symlink()
    assert (CONNECTOR in real.read_text(encoding="utf-8")) is not bool(options)


def hard_link(app: Path) -> None:
    app.with_name("other.yaml").hardlink_to(app)


def read_only(app: Path) -> None:
    app.chmod(0o444)


@BOTH
@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (hard_link, "has 2 hard links"),
        (read_only, "is read-only"),
    ],
)
def test_a_file_that_a_replacement_would_damage_is_rejected_unless_it_is_right(
    make: Callable[[Path], None],
    problem: str,
    options: list[str],
    text: str,
    app: Path,
    put: Put,
    capsys: pytest.CaptureFixture[str],
) -> None:
    app.write_text(text, encoding="utf-8")
    make(app)
    before = identity(app)
    assert put(*options) == put("--check", *options) == 1
    assert problem in capsys.readouterr().err
    assert app.read_text(encoding="utf-8") == text
    right = [] if options else ["--remove"]
    assert put(*right) == put("--check", *right) == 0
    assert identity(app) == before


@BOTH
def test_a_file_whose_owner_cannot_stay_is_rejected(
    options: list[str],
    text: str,
    app: Path,
    put: Put,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    app.write_text(text, encoding="utf-8")
    another = app.stat().st_uid + 1
    monkeypatch.setattr("os.geteuid", lambda: another)
    assert put(*options) == put("--check", *options) == 1
    assert "belongs to user" in capsys.readouterr().err
    assert app.read_text(encoding="utf-8") == text


def pipe(app: Path) -> None:
    os.mkfifo(app)


def device(app: Path) -> None:
    app.symlink_to("/dev/null")


def loop(app: Path) -> None:
    app.symlink_to(app.name)


def nothing(app: Path) -> None:
    assert not app.exists()


@pytest.mark.parametrize("options", [[], ["--remove"], ["--check"]])
@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (pipe, "is a pipe"),
        (device, "is a device"),
        (Path.mkdir, "Is a directory"),
        (loop, "Too many levels of symbolic links"),
        (nothing, "No such file"),
    ],
)
def test_what_is_no_file_is_rejected_by_name(
    make: Callable[[Path], None],
    problem: str,
    options: list[str],
    app: Path,
    put: Put,
    capsys: pytest.CaptureFixture[str],
) -> None:
    app.unlink()
    make(app)
    assert put(*options) == 1
    assert problem in capsys.readouterr().err


@BOTH
def test_a_failed_write_leaves_the_file_unchanged_and_no_temporary_file(
    options: list[str],
    text: str,
    app: Path,
    put: Put,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    app.write_text(text, encoding="utf-8")
    monkeypatch.setattr("os.fsync", full)
    before = sorted(app.parent.iterdir())
    assert put(*options) == 1
    assert "No space left on device" in capsys.readouterr().err
    assert app.read_text(encoding="utf-8") == text
    assert sorted(app.parent.iterdir()) == before


@pytest.mark.parametrize("arguments", [["--nonsense"], ["extra"]])
def test_an_unknown_argument_does_not_have_the_status_of_a_file_that_would_change(
    arguments: list[str], put: Put
) -> None:
    with pytest.raises(SystemExit) as exit_:
        put(*arguments)
    assert exit_.value.code == 1


def synthesized(stack: str = "dev-connector") -> None:
    """Put a stack with its state in a bucket beside the app.yaml."""
    folder = Path("cdktf.out/stacks") / stack
    folder.mkdir(parents=True)
    path = f"stacks/{stack}/cdk.tf.json"
    manifest = {"stacks": {stack: {"synthesizedStackPath": path}}}
    Path("cdktf.out/manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    terraform = {"required_providers": {}, "backend": {"gcs": {"bucket": "states"}}}
    (folder / "cdk.tf.json").write_text(json.dumps({"terraform": terraform}), encoding="utf-8")


def printed(state: object) -> str:
    return f"print({json.dumps(state)!r})"


def output(value: object) -> str:
    return printed({"outputs": {"connector_id": {"value": value}}})


@pytest.mark.parametrize(
    ("program", "mode", "reason"),
    [
        ("print('Wrapped.'); " + output(CONNECTOR), 0o755, "the state is damaged: Expecting value"),
        ("print(100_000 * '[')", 0o755, "the state is damaged: maximum recursion depth"),
        ("sys.stdout.buffer.write(b'\\xff')", 0o755, "is not UTF-8: byte 0"),
        ("sys.exit(3)", 0o755, "failed without a message; its exit status is 3"),
        (output("a: b"), 0o755, "connector_id is not the ID of a connector"),
        (output([CONNECTOR]), 0o755, "connector_id is not the ID of a connector"),
        (output(CONNECTOR), 0o644, "cannot be started: Permission denied"),
        (None, None, "is not on the PATH"),
    ],
)
def test_a_terraform_that_fails_is_reported_and_the_values_come_from_the_settings(
    program: str | None,
    mode: int | None,
    reason: str,
    app: Path,
    put: Put,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    synthesized()
    terraform = app.with_name("terraform")
    monkeypatch.setenv("TERRAFORM_BINARY_NAME", str(terraform))
    if program is not None and mode is not None:
        terraform.write_text(f"#!{sys.executable} -IS\nimport sys\n{program}\n", encoding="utf-8")
        terraform.chmod(mode)
    assert put() == 0
    assert reason in capsys.readouterr().out
    assert app.read_text(encoding="utf-8") == APP + LINES


def test_output_without_the_connector_stack_is_reported(
    app: Path, put: Put, capsys: pytest.CaptureFixture[str]
) -> None:
    synthesized("dev-network")
    assert put() == 0
    assert "cdktf.out has no connector stack: run `make synth`" in capsys.readouterr().out
    assert app.read_text(encoding="utf-8") == APP + LINES

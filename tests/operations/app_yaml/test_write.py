"""`app_yaml`: adds the connector, changes no other byte, and rejects unsuitable files."""

import stat
from pathlib import Path

import pytest

from tests.operations.app_yaml.files import APP, CONNECTOR, LINES, OTHERS, UNUSUAL, Put


def test_it_adds_the_connector_and_changes_no_other_byte(app: Path, put: Put) -> None:
    assert put() == 0
    assert app.read_bytes() == (APP + LINES).encode()


def test_a_second_run_changes_nothing(app: Path, put: Put) -> None:
    put()
    first = app.stat()
    assert put() == 0
    assert app.stat() == first, "it was written again"


def test_it_says_that_the_values_come_from_the_settings(
    put: Put, capsys: pytest.CaptureFixture[str]
) -> None:
    put()
    printed = capsys.readouterr().out
    assert "environments/dev.toml" in printed
    assert CONNECTOR in printed


def test_the_file_mode_stays(app: Path, put: Put) -> None:
    app.chmod(0o640)
    put()
    assert stat.S_IMODE(app.stat().st_mode) == 0o640


def test_a_symbolic_link_stays_a_link(app: Path, put: Put, tmp_path: Path) -> None:
    real = app.rename(tmp_path / "real.yaml")
    app.symlink_to(real)
    assert put() == 0
    assert app.is_symlink()
    assert LINES in real.read_text(encoding="utf-8")


@pytest.mark.parametrize(("before", "after"), UNUSUAL.values(), ids=UNUSUAL)
def test_unusual_layouts_are_supported(before: str, after: str, app: Path, put: Put) -> None:
    app.write_bytes(before.encode())
    assert put() == 0
    assert app.read_bytes() == after.encode()
    assert put("--check") == 0


def test_check_does_not_change_the_file(
    app: Path, put: Put, capsys: pytest.CaptureFixture[str]
) -> None:
    assert put("--check") == 2
    assert "is not up to date" in capsys.readouterr().out
    assert app.read_text(encoding="utf-8") == APP
    put()
    assert put("--check") == 0


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
def test_another_connector_is_rejected(
    other: str, app: Path, put: Put, capsys: pytest.CaptureFixture[str]
) -> None:
    app.write_text(APP + other, encoding="utf-8")
    assert put() == 1
    assert "--force" in capsys.readouterr().err
    assert app.read_text(encoding="utf-8") == APP + other


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
def test_another_connector_is_replaced_with_force(other: str, app: Path, put: Put) -> None:
    app.write_text(APP + other, encoding="utf-8")
    assert put("--force") == 0
    written = app.read_text(encoding="utf-8")
    assert written.startswith(APP)
    assert ("# why" in written) is ("# why" in other)
    assert put("--check") == 0


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("runtime: [python312\n", "is not YAML"),
        ("runtime: a\nruntime: b\n", "is not YAML"),
        ("runtime: a\n---\nruntime: b\n", "is not YAML"),
        ("when: 2024-13-45\n", "is not YAML"),
        (f"deep: {3000 * '['}{3000 * ']'}\n", "is not YAML"),
        ("", "must be a mapping"),
        ("- runtime: python312\n", "must be a mapping"),
        ("service: shop\n", "names no runtime"),
        ("runtime: [python312]\n", "names no runtime"),
        ("runtime: php55\n", "the runtime php55 cannot use a connector"),
        ("runtime: python\nenv: flex\n", "flexible environment"),
        ("runtime: python\nvm: true\n", "flexible environment"),
        ("{runtime: python312}\n", "add it by hand"),
        ("a: &c {name: other}\nruntime: go122\nvpc_access_connector: *c\n", "by hand"),
    ],
)
def test_an_unsuitable_file_is_rejected_and_left_unchanged(
    text: str, reason: str, app: Path, put: Put, capsys: pytest.CaptureFixture[str]
) -> None:
    app.write_text(text, encoding="utf-8")
    assert put("--force") == 1
    assert reason in capsys.readouterr().err
    assert app.read_text(encoding="utf-8") == text


def test_a_file_that_is_not_utf8_is_rejected(
    app: Path, put: Put, capsys: pytest.CaptureFixture[str]
) -> None:
    app.write_bytes(b"runtime: \xff\n")
    assert put() == 1
    assert "is not UTF-8" in capsys.readouterr().err


def test_a_missing_file_is_rejected(
    app: Path, put: Put, capsys: pytest.CaptureFixture[str]
) -> None:
    app.unlink()
    assert put() == 1
    assert "No such file" in capsys.readouterr().err
    assert not app.exists()


def test_the_error_on_an_unknown_environment_lists_the_known_ones(
    app: Path, put: Put, capsys: pytest.CaptureFixture[str]
) -> None:
    assert put(environment="prod") == 1
    assert 'no environment named "prod": environments/ has dev' in capsys.readouterr().err
    assert app.read_text(encoding="utf-8") == APP


def test_invalid_settings_are_rejected_with_their_errors(
    app: Path, put: Put, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Path("environments/dev.toml")
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("10.8.0.0/28", "10.8.0.0/24"), encoding="utf-8")
    assert put() == 1
    assert "network.connector" in capsys.readouterr().err
    assert app.read_text(encoding="utf-8") == APP


def test_a_failed_write_leaves_the_file_unchanged_and_no_temporary_file(
    app: Path, put: Put, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    before = sorted(app.parent.iterdir())
    assert put() == 1
    assert "No space left on device" in capsys.readouterr().err
    assert app.read_text(encoding="utf-8") == APP
    assert sorted(app.parent.iterdir()) == before

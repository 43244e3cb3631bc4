"""Arguments that a command does not have."""

import importlib
import sys

import pytest


@pytest.mark.parametrize("package", ["app_yaml", "lifecycle", "review"])
def test_an_invalid_argument_has_the_exit_status_of_an_error_not_of_a_finding(
    package: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", [package, "--no-such-option"])
    with pytest.raises(SystemExit) as exited:
        importlib.import_module(f"operations.{package}.command").main()
    assert exited.value.code == 1
    assert capsys.readouterr().err.startswith(f"usage: {package} ")

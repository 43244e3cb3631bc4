"""An app.yaml, and the command."""

import shutil
import sys
from pathlib import Path

import pytest

from operations.app_yaml.command import main
from tests.operations.app_yaml.files import APP, Put
from tests.support import DEV_FILE


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An app.yaml without a connector, in a project without synthesized stacks."""
    (tmp_path / "environments").mkdir()
    shutil.copy(DEV_FILE, tmp_path / "environments")
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "app.yaml"
    path.write_bytes(APP.encode())
    return path


@pytest.fixture
def put(app: Path, monkeypatch: pytest.MonkeyPatch) -> Put:
    """Runs the command on the app.yaml."""

    def run(*options: str, environment: str = "dev") -> int:
        monkeypatch.setattr(sys, "argv", ["app_yaml", environment, str(app), *options])
        return main()

    return run

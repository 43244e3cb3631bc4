"""The app at the near end of a rehearsed line."""

import subprocess
import sys

from tests.fake_cloud.rehearsal import Rehearsal, Run
from tests.support import ROOT


def put_connector(rehearsal: Rehearsal, settings: str) -> Run:
    """Run the command on a new app.yaml in a project with some settings."""
    folder = rehearsal.folder
    (folder / "environments").mkdir()
    (folder / "environments" / "dev.toml").write_text(settings, encoding="utf-8")
    (folder / "app.yaml").write_text("runtime: python312\n", encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-m", "operations.app_yaml", "dev", "app.yaml"],
        cwd=folder,
        env={**rehearsal.environment(), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

"""The app at the near end of a deployed environment."""

import subprocess
import sys

from ruamel.yaml import YAML

from tests.fake_cloud.google import app_engine
from tests.fake_cloud.google.world import opened
from tests.fake_cloud.rehearsal import Rehearsal, Run
from tests.support import ROOT


class App:
    """An app.yaml in a project folder, and the versions that were deployed from it."""

    def __init__(self, rehearsal: Rehearsal) -> None:
        """Begin with an app.yaml that names no connector."""
        self._rehearsal = rehearsal
        self.path = rehearsal.folder / "app.yaml"
        self.path.write_text("runtime: python312\n", encoding="utf-8")

    def app_yaml(self, *options: str) -> Run:
        """Run the command on the app.yaml."""
        return subprocess.run(  # noqa: S603 - our own command, no shell
            [sys.executable, "-m", "operations.app_yaml", "dev", "app.yaml", *options],
            cwd=self._rehearsal.folder,
            env={**self._rehearsal.environment(), "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def deploy(self, version: str) -> None:
        """Deploy what app.yaml says as another version."""
        app = YAML(typ="safe", pure=True).load(self.path)
        with opened(self._rehearsal.folder / "world.json") as world:
            app_engine.deploy(world, version, app)

    def delete(self, version: str) -> None:
        """Delete a version."""
        with opened(self._rehearsal.folder / "world.json") as world:
            app_engine.delete(world, version)


def put_connector(rehearsal: Rehearsal, settings: str) -> Run:
    """Run the command on a new app.yaml in a project with some settings."""
    (rehearsal.folder / "environments").mkdir()
    (rehearsal.folder / "environments" / "dev.toml").write_text(settings, encoding="utf-8")
    return App(rehearsal).app_yaml()

"""The App Engine app that calls through the connector of a deployed environment."""

import subprocess
import sys

from ruamel.yaml import YAML

from tests.fake_cloud.cloud import FakeCloud
from tests.fake_cloud.google import app_engine
from tests.fake_cloud.google.world import opened
from tests.fake_cloud.memo import Run
from tests.support import ROOT


class App:
    """An app.yaml in a project folder, and the versions that were deployed from it."""

    def __init__(self, cloud: FakeCloud) -> None:
        """Write an app.yaml that names no connector."""
        self._cloud = cloud
        self.path = cloud.folder / "app.yaml"
        self.path.write_text("runtime: python312\n", encoding="utf-8")

    def app_yaml(self, *options: str) -> Run:
        """Run `python -m operations.app_yaml` on the app.yaml."""
        return subprocess.run(  # noqa: S603 - our own command, no shell
            [sys.executable, "-m", "operations.app_yaml", "dev", "app.yaml", *options],
            cwd=self._cloud.folder,
            env={**self._cloud.environment(), "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def deploy(self, version: str) -> None:
        """Deploy the app.yaml as a new version."""
        app = YAML(typ="safe", pure=True).load(self.path)
        with opened(self._cloud.folder / "world.json") as world:
            app_engine.deploy(world, version, app)

    def delete(self, version: str) -> None:
        """Delete a version."""
        with opened(self._cloud.folder / "world.json") as world:
            app_engine.delete(world, version)


def put_connector(cloud: FakeCloud, settings: str) -> Run:
    """Write settings to a project, and add its connector to a new app.yaml."""
    (cloud.folder / "environments").mkdir(exist_ok=True)
    (cloud.folder / "environments" / "dev.toml").write_text(settings, encoding="utf-8")
    return App(cloud).app_yaml()

"""Deploys and destroys with the cdktf command instead of Terraform."""

from typing import Final

from tests.fake_cloud.cloud import FakeCloud
from tests.fake_cloud.memo import Run
from tests.project import Project

SYNTHESIZED: Final = "--skip-synth"
"""An option of every verb: `cdktf.out` is up to date, which saves a second."""


class Command:
    """A project in the folder of a fake cloud, deployed by the cdktf command."""

    def __init__(self, cloud: FakeCloud) -> None:
        """Create a project in the folder of a cloud, or use the one that is there."""
        self.line = cloud
        self.project = Project(cloud.folder, cloud.environment())

    def run(self, verb: str, *arguments: str) -> Run:
        """Deploy or destroy without a prompt, and without the lock file, which needs a registry."""
        return self.project.cdktf(verb, *arguments, "--auto-approve", "--skip-provider-lock")

    def succeed(self, verb: str, *arguments: str) -> None:
        """Deploy or destroy; a failure fails the test."""
        run = self.run(verb, *arguments)
        assert run.returncode == 0, run.stdout[-5000:] + run.stderr

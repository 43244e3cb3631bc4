"""The cdktf command, in the hands of somebody who has nothing else."""

from tests.fake_cloud.cloud import FakeCloud, Run
from tests.project import Project


class Command:
    """A line in the hands of somebody who has nothing but the command."""

    def __init__(self, cloud: FakeCloud) -> None:
        """Lay out a project, or go on with a copy of one."""
        self.line = cloud
        self.project = Project(cloud.folder, cloud.environment())

    def run(self, verb: str, *stacks: str) -> Run:
        """Deploy or destroy without a question; the fake providers are in no registry to ask."""
        return self.project.cdktf(verb, *stacks, "--auto-approve", "--skip-provider-lock")

    def succeed(self, verb: str, *stacks: str) -> None:
        """Deploy or destroy where a failure is the test's failure."""
        run = self.run(verb, *stacks)
        assert run.returncode == 0, run.stdout[-5000:] + run.stderr

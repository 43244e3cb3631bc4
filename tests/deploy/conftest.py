"""A project in the hands of the cdktf command."""

from pathlib import Path

import pytest

from tests.deploy.command import Command
from tests.fake_cloud.cloud import FakeCloud
from tests.fake_cloud.tools import Tools


@pytest.fixture(scope="session")
def first_by_command(tmp_path_factory: pytest.TempPathFactory, tools: Tools) -> Command:
    """`cdktf deploy 'dev-*'` from nothing; nobody changes it."""
    command = Command(FakeCloud(tmp_path_factory.mktemp("command"), tools))
    command.succeed("deploy", "dev-*")
    return command


@pytest.fixture
def command(first_by_command: Command, tmp_path: Path) -> Command:
    """A line that was deployed by the command, to go on from."""
    return Command(first_by_command.line.copy(tmp_path / "command"))

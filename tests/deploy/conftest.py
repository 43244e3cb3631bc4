"""Fixtures for an environment that the cdktf command deployed."""

from pathlib import Path

import pytest

from tests.deploy.command import Command
from tests.fake_cloud.cloud import FakeCloud
from tests.fake_cloud.tools import Tools


@pytest.fixture(scope="session")
def first_by_command(tmp_path_factory: pytest.TempPathFactory, tools: Tools) -> Command:
    """An environment after `cdktf deploy 'dev-*'` from nothing; tests must not change it."""
    command = Command(FakeCloud(tmp_path_factory.mktemp("command"), tools))
    command.succeed("deploy", "dev-*")
    return command


@pytest.fixture
def command(first_by_command: Command, tmp_path: Path) -> Command:
    """A copy of `first_by_command`, which the test may change, with running providers."""
    line = first_by_command.line.copy(tmp_path / "command")
    return Command(line.with_environment(line.attached()))

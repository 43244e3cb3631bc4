"""What the scenes share: the tools, an empty cloud, and one with the whole line deployed."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from tests.fake_cloud.cloud import FakeCloud
from tests.fake_cloud.provider.catalogue import Kind, catalogues
from tests.fake_cloud.tools import Tools
from tests.line import Table, changed
from tests.support import DEV_TABLE, Synthesize

Change = Callable[[Mapping[str, object]], FakeCloud]


@pytest.fixture(scope="session")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tools]:
    """The mirror of fake providers, laid out once."""
    with Tools(tmp_path_factory.mktemp("tools")) as tools:
        yield tools


@pytest.fixture(scope="session")
def kinds() -> dict[str, Kind]:
    """Every kind of resource that the fake providers serve, by its name."""
    return {name: kind for one in catalogues().values() for name, kind in one.resources.items()}


@pytest.fixture
def cloud(tmp_path: Path, tools: Tools) -> FakeCloud:
    """An empty folder and an empty world."""
    return FakeCloud(tmp_path / "cloud", tools)


@pytest.fixture(scope="session")
def first_deploy(
    tmp_path_factory: pytest.TempPathFactory, tools: Tools, synthesize: Synthesize
) -> FakeCloud:
    """`tests/fixtures/dev.toml`, deployed from nothing; nobody changes it."""
    cloud = FakeCloud(tmp_path_factory.mktemp("first"), tools)
    cloud.take(synthesize(DEV_TABLE))
    cloud.deploy()
    return cloud


@pytest.fixture
def deployed(tmp_path: Path, first_deploy: FakeCloud) -> FakeCloud:
    """A deployed line to go on from."""
    return first_deploy.copy(tmp_path / "deployed")


@pytest.fixture
def deployed_with(deployed: FakeCloud, synthesize: Synthesize, table: Table) -> Change:
    """Changes settings on a deployed line; nothing is applied yet."""

    def change(changes: Mapping[str, object]) -> FakeCloud:
        deployed.take(synthesize(changed(table, changes)))
        return deployed

    return change

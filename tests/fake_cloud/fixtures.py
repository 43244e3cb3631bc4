"""What the scenes share: the tools, an empty rehearsal, and one with the whole line deployed."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from tests.fake_cloud.provider.catalogue import Kind, catalogues
from tests.fake_cloud.rehearsal import Rehearsal, Tools
from tests.line import Table, changed
from tests.support import DEV_TABLE, Synthesize

Change = Callable[[Mapping[str, object]], Rehearsal]


@pytest.fixture(scope="session")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tools]:
    """The mirror of stand-ins, laid out once."""
    with Tools(tmp_path_factory.mktemp("tools")) as tools:
        yield tools


@pytest.fixture(scope="session")
def kinds() -> dict[str, Kind]:
    """Every kind of resource that the stand-ins serve, by its name."""
    return {name: kind for one in catalogues().values() for name, kind in one.resources.items()}


@pytest.fixture
def rehearsal(tmp_path: Path, tools: Tools) -> Rehearsal:
    """An empty folder and an empty world."""
    return Rehearsal(tmp_path / "rehearsal", tools)


@pytest.fixture(scope="session")
def first_deploy(
    tmp_path_factory: pytest.TempPathFactory, tools: Tools, synthesize: Synthesize
) -> Rehearsal:
    """`tests/fixtures/dev.toml`, deployed from nothing; nobody changes it."""
    rehearsal = Rehearsal(tmp_path_factory.mktemp("first"), tools)
    rehearsal.take(synthesize(DEV_TABLE))
    rehearsal.deploy()
    return rehearsal


@pytest.fixture
def deployed(tmp_path: Path, first_deploy: Rehearsal) -> Rehearsal:
    """A deployed line to go on from."""
    return first_deploy.copy(tmp_path / "deployed")


@pytest.fixture
def deployed_with(deployed: Rehearsal, synthesize: Synthesize, table: Table) -> Change:
    """Changes settings on a deployed line; nothing is applied yet."""

    def change(changes: Mapping[str, object]) -> Rehearsal:
        deployed.take(synthesize(changed(table, changes)))
        return deployed

    return change

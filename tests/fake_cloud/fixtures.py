"""Fixtures for tests that deploy: the fake providers, an empty cloud, and deployed ones."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from tests.fake_cloud.cloud import FakeCloud
from tests.fake_cloud.provider.catalogue import Kind, catalogues
from tests.fake_cloud.tools import SOURCES, Tools
from tests.line import Table, changed
from tests.results import Results
from tests.support import DEV_TABLE, Synthesize

Change = Callable[[Mapping[str, object]], FakeCloud]


@pytest.fixture(scope="session")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tools]:
    """The fake providers and the CLI configuration of Terraform, created once."""
    with Tools(tmp_path_factory.mktemp("tools"), Results("terraform", SOURCES)) as tools:
        yield tools


@pytest.fixture(scope="session")
def kinds() -> dict[str, Kind]:
    """All resource types that the fake providers serve, by name."""
    return {
        name: kind
        for catalogue in catalogues().values()
        for name, kind in catalogue.resources.items()
    }


@pytest.fixture
def cloud(tmp_path: Path, tools: Tools) -> FakeCloud:
    """A cloud with an empty folder and an empty world."""
    return FakeCloud(tmp_path / "cloud", tools)


@pytest.fixture(scope="session")
def first_deploy(
    tmp_path_factory: pytest.TempPathFactory, tools: Tools, synthesize: Synthesize
) -> FakeCloud:
    """A cloud to which `tests/fixtures/dev.toml` was deployed; tests must not change it."""
    cloud = FakeCloud(tmp_path_factory.mktemp("first"), tools)
    cloud.take(synthesize(DEV_TABLE))
    cloud.deploy()
    return cloud


@pytest.fixture
def deployed(tmp_path: Path, first_deploy: FakeCloud) -> FakeCloud:
    """A copy of `first_deploy`, which the test may change."""
    return first_deploy.copy(tmp_path / "deployed")


@pytest.fixture
def deployed_with(deployed: FakeCloud, synthesize: Synthesize, table: Table) -> Change:
    """Changes the settings of a deployed environment, and applies nothing."""

    def change(changes: Mapping[str, object]) -> FakeCloud:
        deployed.take(synthesize(changed(table, changes)))
        return deployed

    return change

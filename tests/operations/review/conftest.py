"""Environments in which something exists already, and reviews of their first day."""

import tomllib
from collections.abc import Sequence

import pytest

from operations.review.plan import Plan
from operations.review.report import Report
from tests.fake_cloud.cloud import FakeCloud
from tests.fake_cloud.existing import put_existing
from tests.fake_cloud.google.world import opened
from tests.fake_cloud.tools import Tools
from tests.line import Table, changed
from tests.operations.review.existing import OWN, Start
from tests.operations.review.fixtures import report_on
from tests.support import DEV_TABLE, ROOT, Synthesize, existing


@pytest.fixture(scope="session")
def start(tmp_path_factory: pytest.TempPathFactory, tools: Tools, synthesize: Synthesize) -> Start:
    """Start a project that holds tests/fake_cloud/existing.toml, and deploy nothing."""

    def started(table: Table) -> FakeCloud:
        cloud = FakeCloud(tmp_path_factory.mktemp("existing") / "cloud", tools)
        cloud.folder.mkdir()
        with opened(cloud.folder / "world.json") as world:
            put_existing(world)
        cloud.take(synthesize(table))
        return cloud

    return started


@pytest.fixture(scope="session")
def everything(start: Start) -> FakeCloud:
    """A first day on which VPC, connector, cluster and zone exist; tests must not change it."""
    return start(changed(DEV_TABLE, existing("connector", "cluster", "dns")))


@pytest.fixture(scope="session")
def everything_plans(everything: FakeCloud) -> Sequence[Plan]:
    """All plans of `everything`."""
    return report_on(everything, "dns").environment.plans


@pytest.fixture(scope="session")
def article(start: Start) -> Report:
    """The first day of examples/existing-network.toml: VPC and cluster exist."""
    text = (ROOT / "examples" / "existing-network.toml").read_text(encoding="utf-8")
    return report_on(start(tomllib.loads(text)), "dns")


@pytest.fixture(scope="session")
def swapped(start: Start, synthesize: Synthesize) -> Sequence[Plan]:
    """Plans in which another existing connector replaces one that has deny rules."""
    sections = existing("connector", "cluster", "dns")
    cloud = start(changed(DEV_TABLE, {**sections, "connector.deny_rules": True}))
    cloud.deploy("network", "connector")
    cloud.take(synthesize(changed(DEV_TABLE, {**sections, "connector.name": "old-connector"})))
    return report_on(cloud, "connector").environment.plans


@pytest.fixture
def moved(deployed: FakeCloud, synthesize: Synthesize) -> FakeCloud:
    """A deployed environment whose resources all exist on their own from now on."""
    deployed.take(synthesize(changed(DEV_TABLE, OWN)))
    return deployed

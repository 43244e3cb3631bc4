"""The running caller, with each resolver that this machine allows."""

from collections.abc import Iterator

import pytest

from tests.examples.caller.caller import Caller, resolvers, running


@pytest.fixture(scope="module", params=resolvers())
def _started(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Caller]:
    with running(tmp_path_factory.mktemp("caller"), request.param) as caller:
        yield caller


@pytest.fixture
def caller(_started: Caller) -> Caller:
    """The caller in a world where all is well."""
    _started.name("found")
    _started.api("healthy")
    return _started

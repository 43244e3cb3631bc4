"""The running caller, with each resolver that this machine allows, and its settings."""

import importlib.util
import sys
from collections.abc import Iterator
from types import ModuleType

import pytest

from tests.examples.caller.caller import Caller, resolvers, running
from tests.examples.caller.environment import CALLER


@pytest.fixture(scope="module", params=resolvers())
def _started(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Caller]:
    with running(tmp_path_factory.mktemp("caller"), request.param) as caller:
        yield caller


@pytest.fixture
def caller(_started: Caller) -> Caller:
    """The running caller, with a healthy name server and API."""
    _started.name("found")
    _started.api("healthy")
    return _started


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The caller's settings.py, which needs none of the packages in its requirements.txt."""
    spec = importlib.util.spec_from_file_location("caller_settings", CALLER / "settings.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    # Dataclasses look up their module in sys.modules.
    monkeypatch.setitem(sys.modules, spec.name, module)
    spec.loader.exec_module(module)
    return module

"""A cache that is filled once, and what comes of it."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.slim_bindings.process import Outcome, service


@dataclass(frozen=True)
class Filled:
    """A cache, and the outcome of the program that filled it."""

    cache: Path
    outcome: Outcome


@pytest.fixture(scope="session")
def filled_once(tmp_path_factory: pytest.TempPathFactory) -> Filled:
    """The one that all tests copy."""
    cache = tmp_path_factory.mktemp("slim-bindings")
    return Filled(cache, service(cache))


@pytest.fixture
def good(filled_once: Filled) -> Outcome:
    """What a program with sliced bindings gives."""
    return filled_once.outcome


@pytest.fixture
def cache(filled_once: Filled, tmp_path: Path) -> Path:
    """A filled cache, to do harm to."""
    return shutil.copytree(filled_once.cache, tmp_path / "slim-bindings")

"""That mistakes are caught: a few of mutations.toml; `make mutate` tries them all."""

from pathlib import Path

import pytest

from tests.deploy.mutate import CHANGES, mutations, try_out
from tests.deploy.steps import LIFE
from tests.fake_cloud.tools import Tools
from tests.support import ROOT


def test_every_mistake_of_the_table_can_be_made() -> None:
    every = mutations()
    assert len(every) >= 25
    for mutation in every:
        text = (ROOT / mutation.file).read_text(encoding="utf-8")
        assert text.count(mutation.old) == 1, mutation


def test_the_changes_that_are_tried_are_of_the_life() -> None:
    assert set(CHANGES) <= {step.change for step in LIFE}


def test_no_guard_complains_without_a_mistake(tmp_path: Path, tools: Tools) -> None:
    assert try_out(None, tmp_path / "copy", tools) is None


@pytest.mark.parametrize(
    ("why", "guard"),
    [
        ("the record is in no zone", "apply of dns"),
        ("every plan wants to take away what GKE wrote", "second plan of service"),
        ("the record has another name than the app calls", "JSON tests"),
    ],
)
def test_a_mistake_is_caught(why: str, guard: str, tmp_path: Path, tools: Tools) -> None:
    (mutation,) = (one for one in mutations() if one.why == why)
    assert try_out(mutation, tmp_path / "copy", tools) == guard

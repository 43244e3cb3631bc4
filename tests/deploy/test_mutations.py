"""Some errors of mutations.toml are found; `make mutate` tries all of them."""

from pathlib import Path

import pytest

from tests.deploy.mutate import CHANGES, mutations, try_out
from tests.deploy.steps import LIFE
from tests.fake_cloud.tools import Tools
from tests.support import ROOT


def test_every_mutation_applies_to_the_source() -> None:
    every = mutations()
    assert len(every) >= 25
    for mutation in every:
        text = (ROOT / mutation.file).read_text(encoding="utf-8")
        assert text.count(mutation.old) == 1, mutation


def test_the_tried_changes_are_steps_of_the_life() -> None:
    assert set(CHANGES) <= {step.change for step in LIFE}


@pytest.mark.parametrize(
    ("why", "guard"),
    [
        ("the record is in no zone", "apply of dns"),
        ("every plan wants to take away what GKE wrote", "second plan of service"),
        ("the record has another name than the app calls", "JSON tests"),
    ],
)
def test_an_error_is_found(why: str, guard: str, tmp_path: Path, tools: Tools) -> None:
    (mutation,) = (mutation for mutation in mutations() if mutation.why == why)
    assert try_out(mutation, tmp_path / "copy", tools) == guard

"""Each line of traits.toml is about something in the schema, and has been seen to fire."""

import tomllib
from collections.abc import Iterator, Mapping
from typing import Any, Final

import pytest

from tests.fake_cloud.provider.catalogue import Block, Kind, attributes, nested
from tests.fake_cloud.provider.plan import complaints, replacing
from tests.fake_cloud.provider.values import Values
from tests.support import ROOT

TRAITS: Final = tomllib.loads(
    (ROOT / "tests" / "fake_cloud" / "provider" / "traits.toml").read_text(encoding="utf-8")
)


def lines(*traits: str) -> list[tuple[str, str, str]]:
    """A test's parameters: each kind, trait and path."""
    return [
        (kind, trait, path)
        for kind, written in TRAITS.items()
        for trait in traits
        for path in written.get(trait, ())
    ]


def lists(trait: str) -> list[tuple[str, list[str]]]:
    """A test's parameters where a trait is about several arguments: each kind with them."""
    return [(kind, names) for kind, written in TRAITS.items() for names in written.get(trait, ())]


def holding(values: Mapping[str, object]) -> Values:
    """A configuration that says nothing but some values, by path."""
    result: Values = {}
    for path, value in values.items():
        *blocks, last = path.split(".")
        place = result
        for block in blocks:
            (place,) = place.setdefault(block, [{}])
        place[last] = value
    return result


def paths(traits: Mapping[str, Any]) -> Iterator[str]:
    """Every path that a kind's traits name."""
    for trait in (
        "new",
        "shrinks",
        "off",
        "inherits",
        "inherits_late",
        "computed",
        "keeps",
        "known",
        "unset",
    ):
        yield from traits.get(trait, ())
    for trait in ("default", "one_of", "between", "pattern", "made", "follows", "ignores"):
        yield from traits.get(trait, ())
    together = (*traits.get("alone", ()), *traits.get("exactly_one", ()))
    for names in (*traits.get("follows", {}).values(), *together):
        yield from names


def is_in(block: Block, path: str) -> bool:
    """Whether a block has an attribute or a block at a path."""
    name, _, rest = path.partition(".")
    if not rest:
        return name in attributes(block) or name in nested(block)
    return name in nested(block) and is_in(nested(block)[name]["block"], rest)


@pytest.mark.parametrize("kind", sorted(TRAITS))
def test_every_path_is_in_the_schema(kind: str, kinds: dict[str, Kind]) -> None:
    unknown = [path for path in paths(TRAITS[kind]) if not is_in(kinds[kind].block, path)]
    assert unknown == []


@pytest.mark.parametrize(("kind", "trait", "path"), lines("one_of", "between", "pattern"))
def test_a_wrong_value_is_told(kind: str, trait: str, path: str, kinds: dict[str, Kind]) -> None:
    wrong = TRAITS[kind][trait][path][1] + 1 if trait == "between" else "?"
    told = complaints(kinds[kind], holding({path: wrong}))
    assert any(path in complaint and str(wrong) in complaint for complaint in told)


@pytest.mark.parametrize(("kind", "together"), lists("alone"))
def test_arguments_that_exclude_each_other_are_told(
    kind: str, together: list[str], kinds: dict[str, Kind]
) -> None:
    told = complaints(kinds[kind], holding(dict.fromkeys(together, "said")))
    assert " conflicts with ".join(together) in told


@pytest.mark.parametrize(("kind", "together"), lists("exactly_one"))
def test_neither_none_nor_two_are_taken_of_arguments_of_which_one_is_needed(
    kind: str, together: list[str], kinds: dict[str, Kind]
) -> None:
    complaint = f"exactly one of {', '.join(together)} must be specified"
    one, *_ = together
    assert complaint in complaints(kinds[kind], {})
    assert complaint in complaints(kinds[kind], holding(dict.fromkeys(together, "said")))
    assert complaint not in complaints(kinds[kind], holding({one: "said"}))


@pytest.mark.parametrize(("kind", "trait", "path"), lines("new", "shrinks", "off"))
def test_a_change_that_cannot_be_made_in_place_replaces(
    kind: str, trait: str, path: str, kinds: dict[str, Kind]
) -> None:
    before, after = {
        "new": ("one", "another"),
        "shrinks": ("10.0.0.0/24", "10.0.0.0/28") if path.endswith("range") else (4, 3),
        "off": (True, False),
    }[trait]
    there = replacing(kinds[kind], holding({path: before}), holding({path: after}))
    back = replacing(kinds[kind], holding({path: after}), holding({path: before}))
    *blocks, last = path.split(".")
    steps = (*(step for block in blocks for step in (block, 0)), last)
    assert there == [steps]
    assert back == ([steps] if trait == "new" else [])

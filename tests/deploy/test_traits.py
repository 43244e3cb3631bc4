"""Each type has a schema and traits, each path is in the schema, and each trait has an effect."""

import re
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
    """Parameters of a test: each resource type, trait and path."""
    return [
        (kind, trait, path)
        for kind, table in TRAITS.items()
        for trait in traits
        for path in table.get(trait, ())
    ]


def lists(trait: str) -> list[tuple[str, list[str]]]:
    """Parameters of a test: each resource type, with a list of arguments that a trait groups."""
    return [(kind, names) for kind, table in TRAITS.items() for names in table.get(trait, ())]


def configuration(values: Mapping[str, object]) -> Values:
    """A configuration with some values, by path."""
    result: Values = {}
    for path, value in values.items():
        *blocks, last = path.split(".")
        parent = result
        for block in blocks:
            (parent,) = parent.setdefault(block, [{}])
        parent[last] = value
    return result


def paths(traits: Mapping[str, Any]) -> Iterator[str]:
    """Every path in the traits of a resource type."""
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
    """Whether a block has an attribute or a nested block at a path."""
    name, _, rest = path.partition(".")
    if not rest:
        return name in attributes(block) or name in nested(block)
    return name in nested(block) and is_in(nested(block)[name]["block"], rest)


def test_every_type_in_use_has_a_schema_and_traits(kinds: dict[str, Kind]) -> None:
    ids = (ROOT / "tests" / "ids.txt").read_text(encoding="utf-8")
    used = {*re.findall(r"^\w+: (\w+)\.", ids, re.MULTILINE), *TRAITS} - {"terraform_data"}
    steps = 'docs/fake-cloud.md, "Add a resource type", says how'
    assert sorted(used - kinds.keys()) == [], f"not in schema.json: {steps}"
    assert sorted(kinds.keys() - TRAITS.keys()) == [], f"no section in traits.toml: {steps}"


@pytest.mark.parametrize("kind", sorted(TRAITS))
def test_every_path_is_in_the_schema(kind: str, kinds: dict[str, Kind]) -> None:
    unknown = [path for path in paths(TRAITS[kind]) if not is_in(kinds[kind].block, path)]
    assert unknown == []


@pytest.mark.parametrize(("kind", "trait", "path"), lines("one_of", "between", "pattern"))
def test_an_invalid_value_is_an_error(
    kind: str, trait: str, path: str, kinds: dict[str, Kind]
) -> None:
    invalid = TRAITS[kind][trait][path][1] + 1 if trait == "between" else "?"
    errors = complaints(kinds[kind], configuration({path: invalid}))
    assert any(path in error and str(invalid) in error for error in errors)


@pytest.mark.parametrize(("kind", "together"), lists("alone"))
def test_arguments_that_exclude_each_other_are_an_error(
    kind: str, together: list[str], kinds: dict[str, Kind]
) -> None:
    errors = complaints(kinds[kind], configuration(dict.fromkeys(together, "set")))
    assert " conflicts with ".join(together) in errors


@pytest.mark.parametrize(("kind", "together"), lists("exactly_one"))
def test_exactly_one_of_several_arguments_must_be_set(
    kind: str, together: list[str], kinds: dict[str, Kind]
) -> None:
    error = f"exactly one of {', '.join(together)} must be specified"
    first, *_ = together
    assert error in complaints(kinds[kind], {})
    assert error in complaints(kinds[kind], configuration(dict.fromkeys(together, "set")))
    assert error not in complaints(kinds[kind], configuration({first: "set"}))


@pytest.mark.parametrize(("kind", "trait", "path"), lines("new", "shrinks", "off"))
def test_a_change_that_cannot_be_made_in_place_forces_a_replacement(
    kind: str, trait: str, path: str, kinds: dict[str, Kind]
) -> None:
    before, after = {
        "new": ("one", "another"),
        "shrinks": ("10.0.0.0/24", "10.0.0.0/28") if path.endswith("range") else (4, 3),
        "off": (True, False),
    }[trait]
    forward = replacing(kinds[kind], configuration({path: before}), configuration({path: after}))
    back = replacing(kinds[kind], configuration({path: after}), configuration({path: before}))
    *blocks, last = path.split(".")
    steps = (*(step for block in blocks for step in (block, 0)), last)
    assert forward == [steps]
    assert back == ([steps] if trait == "new" else [])

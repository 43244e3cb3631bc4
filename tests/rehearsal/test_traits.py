"""Each line of traits.toml is about something in the schema, and has been seen to fire."""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from tests.rehearsal.catalogue import Kind
from tests.rehearsal.plan import complaints, replacing
from tests.rehearsal.schema import Block
from tests.rehearsal.values import Values

TRAITS: Final = tomllib.loads((Path(__file__).parent / "traits.toml").read_text(encoding="utf-8"))


def lines(*traits: str) -> list[Any]:
    """A test's parameters: the kind, the trait, and the path or paths that each line is about."""
    return [
        pytest.param(kind, trait, about, id=f"{kind}-{trait}-{about}")
        for kind, written in TRAITS.items()
        for trait in traits
        for about in written.get(trait, ())
    ]


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
    for trait in ("new", "shrinks", "off", "inherits", "computed", "sensitive"):
        yield from traits.get(trait, ())
    for trait in ("default", "one_of", "between", "pattern", "made", "follows"):
        yield from traits.get(trait, ())
    for names in (*traits.get("follows", {}).values(), *traits.get("alone", ())):
        yield from names
    for names in traits.get("exactly_one", ()):
        yield from names


def is_in(block: Block, path: str) -> bool:
    """Whether a block has an attribute or a block at a path."""
    name, _, rest = path.partition(".")
    if not rest:
        return name in block["attributes"] or name in block["blocks"]
    return name in block["blocks"] and is_in(block["blocks"][name]["block"], rest)


@pytest.mark.parametrize("kind", sorted(TRAITS.keys() - {"google_client_config"}))
def test_every_path_is_in_the_schema(kind: str, kinds: dict[str, Kind]) -> None:
    unknown = [path for path in paths(TRAITS[kind]) if not is_in(kinds[kind].block, path)]
    assert unknown == []


@pytest.mark.parametrize(("kind", "trait", "path"), lines("one_of", "between", "pattern"))
def test_a_wrong_value_is_told(kind: str, trait: str, path: str, kinds: dict[str, Kind]) -> None:
    wrong = TRAITS[kind][trait][path][1] + 1 if trait == "between" else "?"
    told = complaints(kinds[kind], holding({path: wrong}))
    assert any(path in complaint and str(wrong) in complaint for complaint in told)


@pytest.mark.parametrize(("kind", "trait", "together"), lines("alone", "exactly_one"))
def test_arguments_that_exclude_each_other_are_told(
    kind: str, trait: str, together: list[str], kinds: dict[str, Kind]
) -> None:
    told = complaints(kinds[kind], holding(dict.fromkeys(together, "said")))
    by_trait = {
        "alone": " conflicts with ".join(together),
        "exactly_one": f"exactly one of {', '.join(together)} must be specified",
    }
    assert by_trait[trait] in told


@pytest.mark.parametrize(("kind", "trait", "together"), lines("exactly_one"))
def test_arguments_of_which_one_is_needed_are_told(
    kind: str, trait: str, together: list[str], kinds: dict[str, Kind]
) -> None:
    assert trait == "exactly_one"
    told = complaints(kinds[kind], {})
    assert f"exactly one of {', '.join(together)} must be specified" in told


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
    top = path.partition(".")[0]
    assert there == [top]
    assert back == ([top] if trait == "new" else [])

"""Every setting has an effect: another value of it changes the Terraform JSON.

A new setting is covered automatically. If no other valid value is found, add a second example to
its field.
"""

from collections.abc import Iterator
from datetime import time
from enum import StrEnum
from ipaddress import IPv4Network
from typing import Any, Final, Literal, cast, get_args, get_origin

import pytest
from pydantic.fields import FieldInfo

from tests.line import Table, errors_in, settings_from
from tests.settings.places import BASE, FIELDS, KEYS, SELECTORS, file_with
from tests.support import Synthesize


def given(place: str) -> object:
    """The value of a setting, as a file would write it."""
    field, value = FIELDS[place], cast("Any", BASE[place])
    for part in KEYS[place].replace("[0]", ".0").split("."):
        try:
            value = value[int(part) if part.isdigit() else part]
        except KeyError:
            default = None if field.is_required() else field.get_default(call_default_factory=True)
            return list(default) if isinstance(default, tuple) else default
    return value


def others(field: FieldInfo, value: object) -> Iterator[object]:
    """Candidates for another value."""
    yield from field.examples or ()
    if get_origin(field.annotation) is Literal:
        yield from get_args(field.annotation)
    if isinstance(field.annotation, type) and issubclass(field.annotation, StrEnum):
        yield from map(str, field.annotation)
    if field.annotation is IPv4Network:
        network = IPv4Network(str(value))
        # The next blocks. The first of them can overlap another range.
        starts = (network[0] + steps * network.num_addresses for steps in (1, 2, 3))
        yield from (f"{start}/{network.prefixlen}" for start in starts)
    yield from neighbours(value)


def neighbours(value: object) -> Iterator[object]:
    """Similar values of the same type."""
    match value:
        case bool():
            yield not value
        case int():
            yield from (value + 1, value - 1)
        case time():
            yield f"{value:%H}:59"
        case str():
            yield from (f"{value}x", f"{value[:-1]}2")
        case list():
            yield value[:-1]
        case dict():
            yield {**value, "another": "x"}


def variation(place: str) -> tuple[Table, Table] | None:
    """A base and a table that differs from it in one setting; None if no candidate is valid."""
    for other in others(FIELDS[place], given(place)):
        base, table = BASE[place], file_with(place, other)
        if errors_in(table) == [] and settings_from(table) != settings_from(base):
            return base, table
    return None


EXPECTED: Final = [place for place in FIELDS if place not in SELECTORS or variation(place)]
"""All settings but those whose other value needs other keys, in another section.

tests/stacks/test_base.py and tests/stacks/test_existing.py test what those sections do.
"""


@pytest.mark.parametrize("place", EXPECTED)
def test_another_value_changes_the_terraform_json(place: str, synthesize: Synthesize) -> None:
    found = variation(place)
    assert found, "no other valid value was found: add an example to the field"
    base, other = found
    assert synthesize(base).stacks != synthesize(other).stacks, f"no stack reads {place}"

"""A setting that does nothing is found: each has another value that changes the Terraform JSON.

All variations are environments of one app, so that they take seconds. A new setting is varied by
itself; where no other value is found, a second example in its field is one.
"""

from collections.abc import Iterator, Mapping
from datetime import time
from enum import StrEnum
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any, Final, Literal, get_args, get_origin

import pytest
from pydantic.fields import FieldInfo

from settings.environment import Settings
from settings.model import SettingsFile
from settings.section import leaves
from stacks.app import synthesize
from tests.line import BACKENDS, STACKS, Table, changed, errors_in, settings_from
from tests.support import DEV_TABLE

FIELDS: Final = dict(leaves(SettingsFile))

WITHOUT_EFFECT: Final[Mapping[str, str]] = {
    "state.backend": "each section takes one value of it; another needs other keys beside it",
}
"""Settings that no other value can be shown for, and why."""

BASES: Final = [
    changed(
        DEV_TABLE,
        {
            "state": state,
            # Room for a second value of the minimum, and of the authorized networks.
            "connector.max_instances": 4,
            "cluster.control_plane": "private",
            "cluster.authorized_networks": ["10.100.0.0/16"],
        },
    )
    for state in BACKENDS.values()
]


def given(table: Table, key: str, field: FieldInfo) -> object:
    """The value of a setting, as a file would write it."""
    place: Any = table
    for part in key.replace("[]", ".0").split("."):
        try:
            place = place[int(part) if part.isdigit() else part]
        except KeyError:
            default = None if field.is_required() else field.get_default(call_default_factory=True)
            return list(default) if isinstance(default, tuple) else default
    return place


def others(field: FieldInfo, value: object) -> Iterator[object]:
    """Values that may be legal in place of one."""
    yield from field.examples or ()
    if get_origin(field.annotation) is Literal:
        yield from get_args(field.annotation)
    if isinstance(field.annotation, type) and issubclass(field.annotation, StrEnum):
        yield from map(str, field.annotation)
    if field.annotation is IPv4Network:
        network = IPv4Network(str(value))
        # The next blocks; another range may lie in the first.
        starts = (network[0] + steps * network.num_addresses for steps in (1, 2, 3))
        yield from (f"{start}/{network.prefixlen}" for start in starts)
    yield from neighbours(value)


def neighbours(value: object) -> Iterator[object]:
    """Values of the same type."""
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


def variation(key: str) -> tuple[Table, Table] | None:
    """A base and a table that differs from it in one setting; None where no value is legal."""
    field = FIELDS[key]
    for base in BASES:
        for other in others(field, given(base, key, field)):
            table = changed(base, {key.replace("[]", "[0]"): other})
            if errors_in(table) == [] and settings_from(table) != settings_from(base):
                return base, table
    return None


VARIATIONS: Final = {key: found for key in FIELDS if (found := variation(key))}


@pytest.fixture(scope="module")
def synthesized(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """The JSON of every table, by the table itself; no environment's name is left in it."""
    tables = {repr(table): table for pair in VARIATIONS.values() for table in pair}
    names = {key: f"environment-{number}" for number, key in enumerate(tables)}
    outdir = tmp_path_factory.mktemp("cdktf.out")
    synthesize([Settings.of(table, names[key]) for key, table in tables.items()], outdir=outdir)
    return {key: everything_of(name, outdir) for key, name in names.items()}


def everything_of(environment: str, outdir: Path) -> str:
    """All stacks of an environment; its name is one that nothing else has."""
    files = [outdir / "stacks" / f"{environment}-{part}" / "cdk.tf.json" for part in STACKS]
    texts = [file.read_text(encoding="utf-8") for file in files]
    return "".join(texts).replace(f"{environment}-", "")


@pytest.mark.parametrize("key", [key for key in FIELDS if key not in WITHOUT_EFFECT])
def test_another_value_changes_the_terraform_json(key: str, synthesized: Mapping[str, str]) -> None:
    assert key in VARIATIONS, "no other legal value was found: add an example to the field"
    base, other = VARIATIONS[key]
    assert synthesized[repr(base)] != synthesized[repr(other)], f"no stack reads {key}"


def test_nothing_differs_but_the_setting(tmp_path: Path) -> None:
    names = ("environment-0", "environment-00")
    synthesize([Settings.of(BASES[0], name) for name in names], outdir=tmp_path)
    one, other = (everything_of(name, tmp_path) for name in names)
    assert one == other


@pytest.mark.parametrize("key", WITHOUT_EFFECT)
def test_what_is_said_to_have_no_effect_exists_and_has_none(key: str) -> None:
    assert key in FIELDS
    assert key not in VARIATIONS

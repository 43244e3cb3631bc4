"""Every setting of the model, and a valid file in which it can be set."""

from collections.abc import Mapping
from typing import Final

from pydantic.fields import FieldInfo

from settings.errors import SettingError
from settings.model import SettingsFile
from settings.section import leaves
from tests.line import BACKENDS, Table, changed, errors_in
from tests.support import DEV_TABLE

FIELDS: Final[Mapping[str, FieldInfo]] = dict(leaves(SettingsFile))

KEYS: Final = {key: key.replace("[]", "[0]") for key in FIELDS}
"""The key of a setting in `file_with`."""


def file_with(place: str, value: object) -> Table:
    """Valid settings, except for a value at a place such as `services[].host`."""
    return changed(_BASES[place], {KEYS[place]: value})


def errors_at(place: str, value: object) -> list[SettingError]:
    """The errors of a value at a place; there is none anywhere else."""
    found = errors_in(file_with(place, value))
    assert all(error.key.startswith(KEYS[place]) for error in found), found
    return found


def _backend_of(place: str) -> str:
    name = place.removeprefix("state.")
    for backend, table in BACKENDS.items():
        errors = errors_in(changed(DEV_TABLE, {"state": {**table, name: []}}))
        if "is not a setting" not in {error.rule for error in errors}:
            return backend
    raise AssertionError(place)


_BASES: Final = {
    place: changed(DEV_TABLE, {"state": BACKENDS[_backend_of(place)]})
    if place.startswith("state.")
    else DEV_TABLE
    for place in FIELDS
}

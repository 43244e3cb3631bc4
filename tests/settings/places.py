"""Every setting of the model, and a valid file in which it can be set.

A place is the key of a setting. If several sections of a union have the key, each has a place:
`network.name` where the stacks create the network, `network.name, existing` where it exists.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from settings.errors import SettingError
from settings.section import sections_of
from tests.line import BACKENDS, Table, changed, errors_in, settings_from
from tests.support import DEV_TABLE, existing

_CREATED: Final = changed(
    DEV_TABLE,
    {
        # So that min_instances and authorized_networks can have a second value.
        "connector.max_instances": 4,
        "cluster.control_plane": "private",
        "cluster.authorized_networks": ["10.100.0.0/16"],
    },
)

_BASES: Final[Mapping[str, Table]] = {
    "created": _CREATED,
    "existing network": changed(DEV_TABLE, existing(connector_subnet="serverless")),
    "existing": changed(
        DEV_TABLE,
        {
            **existing("connector", "cluster", "dns"),
            # So that extra_destinations and deletion_protection can have a second value.
            "connector.deny_rules": True,
            "cluster.namespaces": ["apis"],
        },
    ),
    **{name: changed(_CREATED, {"state": state}) for name, state in BACKENDS.items()},
}
"""Valid settings, which together have every section."""


def _set(section: BaseModel, prefix: str = "") -> Iterator[tuple[str, FieldInfo]]:
    """Yield every setting of the sections that a file has, with a key such as `services[].host`."""
    for name, field in type(section).model_fields.items():
        value = getattr(section, name)
        if not sections_of(field):
            yield prefix + name, field
        elif isinstance(value, tuple):
            yield from _set(value[0], f"{prefix}{name}[].")
        else:
            yield from _set(value, f"{prefix}{name}.")


FIELDS: Final[dict[str, FieldInfo]] = {}
"""The settings by place."""

KEYS: Final[dict[str, str]] = {}
"""The key of a setting in `file_with`, by place."""

BASE: Final[dict[str, Table]] = {}
"""A valid file that has the section of the setting, by place."""

for _name, _table in _BASES.items():
    for _key, _field in _set(settings_from(_table)):
        if _key != "environment" and not any(_field is known for known in FIELDS.values()):
            _place = f"{_key}, {_name}" if _key in FIELDS else _key
            FIELDS[_place], KEYS[_place] = _field, _key.replace("[]", "[0]")
            BASE[_place] = _table

SELECTORS: Final = frozenset(
    place for place in FIELDS if place.partition(",")[0].endswith((".existing", ".backend"))
)
"""The places that select a section of a union."""


def file_with(place: str, value: object) -> Table:
    """Valid settings, except for a value at a place such as `services[].host`."""
    return changed(BASE[place], {KEYS[place]: value})


def errors_at(place: str, value: object) -> list[SettingError]:
    """The errors of a value at a place; there is none anywhere else."""
    found = errors_in(file_with(place, value))
    assert all(error.key.startswith(KEYS[place]) for error in found), found
    return found

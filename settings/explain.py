"""Translates pydantic's errors into the keys and terms of a settings file."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Final, get_origin

from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from private_line.errors import InvalidFormatError, InvalidValueError
from settings.errors import SettingError, as_toml, item_key
from settings.existing import EXISTING, NOT_CREATED
from settings.model import SettingsFile
from settings.section import Section, sections_of
from settings.state import BACKEND

_RULES: Final = {
    "bool_type": "must be true or false",
    "dict_type": "must be a table",
    "int_type": "must be an integer",
    "missing": "is missing",
    "model_type": "must be a table",
    "string_type": "must be a string",
    "tuple_type": "must be a list",
}
"""Rules by pydantic's error type, for messages that do not use the terms of TOML."""


@dataclass(frozen=True, kw_only=True)
class _Place:
    """The location of an error.

    Attributes:
        key: the full key, such as `services[0].host`.
        name: the last part of the key, such as `host`.
        section: the section that contains the setting.
        field: the setting; None if the section has no setting of that name.
    """

    key: str
    name: str
    section: type[Section]
    field: FieldInfo | None


def explain(error: ValidationError) -> list[SettingError]:
    """Translate the errors of one file.

    Returns:
        One error per key. If a key allows several types, their rules are joined with "or".
    """
    found: dict[str, SettingError] = {}
    for details in error.errors(include_url=False):
        if details["type"] == "too_short" and details["input"]:
            # Pydantic counts only valid items, and the invalid ones have errors of their own.
            continue
        explained = _explained(details)
        if known := found.get(explained.key):
            explained = replace(known, rule=f"{known.rule}, or {explained.rule}")
        found[explained.key] = explained
    return list(found.values())


def _explained(details: ErrorDetails) -> SettingError:
    kind, value = details["type"], details["input"]
    place = _place(details["loc"])
    cause = details.get("ctx", {}).get("error")
    if isinstance(cause, InvalidValueError):
        hint = cause.hint
        if isinstance(cause, InvalidFormatError) and place.field and place.field.examples:
            hint = _example(place.name, place.field)
        return SettingError(key=place.key, value=value, rule=cause.rule, hint=hint)
    if place.field is None:
        return _unknown(place, value)
    sections = sections_of(place.field)
    if kind == "union_tag_not_found":
        return SettingError(
            key=f"{place.key}.{EXISTING}",
            value=value[EXISTING],
            rule="must be true or false",
            hint=f"write {EXISTING} = true, or remove it: by default, the stacks create it",
        )
    if kind == "union_tag_invalid":
        return SettingError(
            key=f"{place.key}.{BACKEND}",
            value=value[BACKEND],
            rule=f"must be one of {', '.join(sections)}",
            hint=_nearest(str(value[BACKEND]), sections, otherwise="choose one of"),
        )
    if sections and kind in {"tuple_type", "too_short"}:
        rule = "must be a list of at least one table"
    else:
        rule = _RULES.get(kind) or details["msg"].replace("Input should be", "must be")
    return SettingError(
        key=place.key,
        value=None if kind == "missing" else value,
        rule=rule,
        hint=_example(place.name, place.field) or _table(place.key, place.field),
    )


def _place(loc: tuple[int | str, ...]) -> _Place:
    key, name = "", ""
    section: type[Section] = SettingsFile
    field: FieldInfo | None = None
    below: Mapping[str, type[Section]] = {"": SettingsFile}
    for part in loc:
        if isinstance(part, int):
            key += f"[{part}]"
        elif part in below:
            # The tag that selects a section of a union is not a key of the file.
            below = {"": below[part]}
        elif below:
            section, name = below[""], part
            field = section.model_fields.get(name)
            below = sections_of(field) if field else {}
            key = item_key(key, name)
        elif field and get_origin(field.annotation) is Mapping:
            key = item_key(key, part)
    return _Place(key=key, name=name, section=section, field=field)


def _nearest(key: str, known: Iterable[str], otherwise: str = "remove it; valid keys:") -> str:
    near = get_close_matches(key, list(known), n=1, cutoff=0.6)
    return f"did you mean {near[0]}?" if near else f"{otherwise} {', '.join(known)}"


def _unknown(place: _Place, value: object) -> SettingError:
    """The error of a key that its section does not have, perhaps because another one has it."""
    rule, hint = "is not a setting", _nearest(place.name, place.section.model_fields)
    unions = map(sections_of, SettingsFile.model_fields.values())
    others = [
        tag
        for union in unions
        if place.section in union.values()
        for tag, section in union.items()
        if place.name in section.model_fields
    ]
    if others and place.section in NOT_CREATED:
        rule = f"is not a setting with {EXISTING} = true: {NOT_CREATED[place.section]}"
        hint = "remove it"
    elif others == [EXISTING]:
        rule = f"is a setting only with {EXISTING} = true"
        hint = f"remove it, or write {EXISTING} = true and the names of what exists"
    elif others:
        hint = f"it is for {BACKEND} = {' or '.join(map(as_toml, others))}"
    return SettingError(key=place.key, value=value, rule=rule, hint=hint)


def _example(name: str, field: FieldInfo) -> str:
    if sections_of(field) and not field.examples:
        return ""
    example = field.examples[0] if field.examples else field.get_default(call_default_factory=True)
    return f"for example {name} = {as_toml(example)}"


def _table(key: str, field: FieldInfo) -> str:
    table = re.sub(r"\[\d+\]", "", key)
    many = get_origin(field.annotation) is tuple
    return f"write a table [[{table}]]" if many else f"write a table [{table}]"

"""From a TOML table to settings, value by value, so that one mistake hides no other.

Pydantic checks a whole model at once and keeps nothing of a model with a mistake. The checks
that follow need what was good, so each value is given to pydantic by itself here.
"""

from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from typing import Annotated, TypeVar, get_args, get_origin

from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from private_line.errors import InvalidValueError
from settings.errors import SettingError, as_toml
from settings.model import Settings, SettingsFile
from settings.section import Section, sections_of

S = TypeVar("S", bound=Section)


class _Refused(Exception):  # noqa: N818 - no error: the mistakes are noted already
    """A value gave mistakes instead of a result."""


def parse(table: Mapping[str, object], environment: str, mistakes: list[SettingError]) -> Settings:
    """Parse one file's table.

    Args:
        table: what the file holds.
        environment: the environment's name.
        mistakes: gets a line for every value that is refused.

    Returns:
        The settings; asking for a value that was refused raises `Unknown`.
    """
    values = _values(SettingsFile, table, "", mistakes)
    return _build(Settings, {**values, "environment": environment})


def _build(section: type[S], values: Mapping[str, object]) -> S:
    built = section.model_construct(None, **values)
    for refused in section.model_fields.keys() - values.keys():
        built.__dict__.pop(refused, None)
    return built


def _values(
    section: type[Section], table: Mapping[str, object], prefix: str, mistakes: list[SettingError]
) -> dict[str, object]:
    fields = section.model_fields
    mistakes += [
        SettingError(
            key=prefix + key,
            value=value,
            rule="is not a setting",
            hint=_nearest(key, list(fields)),
        )
        for key, value in table.items()
        if key not in fields
    ]
    values: dict[str, object] = {}
    for name, field in fields.items():
        key = prefix + name
        if name in table:
            try:
                values[name] = _value(section, name, table[name], key, mistakes)
            except _Refused:
                continue
        elif field.is_required():
            mistakes.append(SettingError(key=key, rule="is missing", hint=_example(name, field)))
        else:
            values[name] = field.get_default(call_default_factory=True)
    return values


def _value(
    section: type[Section], name: str, given: object, key: str, mistakes: list[SettingError]
) -> object:
    field = section.model_fields[name]
    choices = sections_of(field)
    if not choices:
        return _leaf(section, name, given, key, mistakes)
    if field.discriminator:
        return _table(_chosen(choices, field, given, key, mistakes), given, key, mistakes)
    if get_origin(field.annotation) is not tuple:
        return _table(choices[0], given, key, mistakes)
    if not isinstance(given, list) or not given:
        rule = "must be a list of one table or more"
        mistakes.append(SettingError(key=key, value=given, rule=rule, hint=f"write [[{key}]]"))
        raise _Refused
    return tuple(
        _table(choices[0], one, f"{key}[{index}]", mistakes) for index, one in enumerate(given)
    )


def _chosen(
    choices: list[type[Section]],
    field: FieldInfo,
    given: object,
    key: str,
    mistakes: list[SettingError],
) -> type[Section]:
    """Find the section that a table names, such as the state's by its `backend`."""
    name = str(field.discriminator)
    by_name = {get_args(one.model_fields[name].annotation)[0]: one for one in choices}
    if not isinstance(given, dict) or name not in given:
        return choices[0]
    if given[name] in by_name:
        return by_name[given[name]]
    known = ", ".join(by_name)
    mistakes.append(
        SettingError(
            key=f"{key}.{name}",
            value=given[name],
            rule=f"must be one of {known}",
            hint=_nearest(str(given[name]), list(by_name)),
        )
    )
    raise _Refused


def _table(section: type[S], given: object, key: str, mistakes: list[SettingError]) -> S:
    if not isinstance(given, dict):
        mistakes.append(
            SettingError(key=key, value=given, rule="must be a table", hint=f"write [{key}]")
        )
        raise _Refused
    return _build(section, _values(section, given, f"{key}.", mistakes))


def _leaf(
    section: type[Section], name: str, given: object, key: str, mistakes: list[SettingError]
) -> object:
    try:
        return _adapter(section, name).validate_python(given)
    except ValidationError as error:
        field = section.model_fields[name]
        mistakes += [_mistake(one, field, key) for one in error.errors()]
        raise _Refused from None


@cache
def _adapter(section: type[Section], name: str) -> TypeAdapter[object]:
    field = section.model_fields[name]
    return TypeAdapter(
        Annotated[field.annotation, field]  # type: ignore[arg-type]  # a type made at run time
    )


def _mistake(error: ErrorDetails, field: FieldInfo, key: str) -> SettingError:
    cause = error.get("ctx", {}).get("error")
    place = "".join(f"[{part}]" for part in error["loc"] if isinstance(part, int))
    name = key.rpartition(".")[2]
    if isinstance(cause, InvalidValueError):
        rule, hint = cause.rule, cause.hint
    else:
        rule, hint = _in_our_words(error["msg"]), _example(name, field)
    return SettingError(key=key + place, value=error["input"], rule=rule, hint=hint)


def _in_our_words(message: str) -> str:
    return message.replace("Input should be", "must be").replace("Value error, ", "")


def _nearest(key: str, known: list[str]) -> str:
    near = get_close_matches(key, known, n=1, cutoff=0.6)
    return f"did you mean {near[0]}?" if near else f"remove it; known here: {', '.join(known)}"


def _example(name: str, field: FieldInfo) -> str:
    if sections_of(field):
        many = get_origin(field.annotation) is tuple
        return f"add a table [[{name}]]" if many else f"add a table [{name}]"
    example = field.examples[0] if field.examples else field.get_default(call_default_factory=True)
    return f"for example {name} = {as_toml(example)}"

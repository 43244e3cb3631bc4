"""Writes what is generated: the settings' JSON Schema, and tables in docs/.

`make reference` runs it; tests fail if its output is out of date.
"""

import json
from collections.abc import Iterator
from enum import StrEnum
from itertools import groupby
from pathlib import Path
from typing import Final, Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from settings.errors import as_toml
from settings.existing import EXISTING
from settings.model import SettingsFile
from settings.section import leaves
from tools.scan import ACCEPTED

SCHEMA: Final = Path("environments/settings.schema.json")
SETTINGS: Final = Path("docs/settings.md")
SCANNERS: Final = Path("docs/scanners.md")


def schema() -> str:
    """The JSON Schema of a settings file, for editors."""
    return json.dumps(SettingsFile.model_json_schema(), indent=2) + "\n"


def settings(text: str) -> str:
    """docs/settings.md with up-to-date tables of settings.

    Args:
        text: docs/settings.md as it is.
    """
    return _replaced(text, "settings", "".join(_tables()))


def scanners(text: str) -> str:
    """docs/scanners.md with an up-to-date table of accepted findings.

    Args:
        text: docs/scanners.md as it is.
    """
    rows = "".join(f"| {check} | {reason} |\n" for check, reason in ACCEPTED.items())
    return _replaced(text, "accepted", f"| check | why it is accepted |\n| --- | --- |\n{rows}")


def _replaced(text: str, name: str, content: str) -> str:
    begin, end = f"<!-- {name}: written by `make reference` -->\n", f"<!-- /{name} -->"
    before, _, rest = text.partition(begin)
    _, _, after = rest.partition(end)
    return f"{before}{begin}{content}{end}{after}"


def _tables() -> Iterator[str]:
    """A heading and a table per section of a settings file."""
    fields: dict[str, list[FieldInfo]] = {}
    for key, field in leaves(SettingsFile):
        fields.setdefault(key, []).append(field)
    for section, keys in groupby(fields, _section):
        yield f"\n## {section}\n\n| setting | default | description |\n| --- | --- | --- |\n"
        for key in keys:
            first, *others = fields[key]
            description = _description(first)
            default = _default(first)
            if first.is_required() and description.startswith(f"`{EXISTING}`"):
                default += f" with `{EXISTING}`"
            elif first.is_required() and not all(other.is_required() for other in others):
                default += f"; optional with `{EXISTING}`"
            yield f"| `{key}` | {default} | {description} |\n"
    yield "\n"


def _section(key: str) -> str:
    """The heading of a setting's table: the TOML table that the setting is in."""
    section, dot, _ = key.partition(".")
    if not dot:
        return "Top level"
    return f"`[[{section.removesuffix('[]')}]]`" if section.endswith("[]") else f"`[{section}]`"


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True)
    return "" if value is None else f"`{as_toml(value)}`"


def _description(field: FieldInfo) -> str:
    sentences = [field.description or ""]
    choices = _choices(field.annotation)
    if len(choices) > 1:
        sentences.append("One of " + ", ".join(f"`{choice}`" for choice in choices) + ".")
    elif field.examples:
        sentences.append(f"Example: `{as_toml(field.examples[0])}`.")
    return " ".join(sentences).strip()


def _choices(annotation: object) -> tuple[object, ...]:
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return tuple(annotation)
    return get_args(annotation) if get_origin(annotation) is Literal else ()


if __name__ == "__main__":
    SCHEMA.write_text(schema(), encoding="utf-8")
    SETTINGS.write_text(settings(SETTINGS.read_text(encoding="utf-8")), encoding="utf-8")
    SCANNERS.write_text(scanners(SCANNERS.read_text(encoding="utf-8")), encoding="utf-8")

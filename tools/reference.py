"""Writes what is generated: the settings' JSON Schema and the tables in README.md and scanners.md.

`make reference` runs it; a test tells when it was forgotten.
"""

import json
from enum import StrEnum
from pathlib import Path
from typing import Final, Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from settings.errors import as_toml
from settings.model import SettingsFile
from settings.section import leaves
from tools.scan import ACCEPTED

SCHEMA: Final = Path("environments/settings.schema.json")
README: Final = Path("README.md")
SCANNERS: Final = Path("docs/scanners.md")


def schema() -> str:
    """The JSON Schema of a settings file, for editors."""
    return json.dumps(SettingsFile.model_json_schema(), indent=2) + "\n"


def readme(text: str) -> str:
    """README.md with its settings table written anew.

    Args:
        text: README.md as it stands.
    """
    return _rewritten(text, "settings", _settings())


def scanners(text: str) -> str:
    """docs/scanners.md with its table of accepted findings written anew.

    Args:
        text: docs/scanners.md as it stands.
    """
    rows = "".join(f"| {check} | {reason} |\n" for check, reason in ACCEPTED.items())
    return _rewritten(text, "accepted", f"| check | why it stays |\n| --- | --- |\n{rows}")


def _rewritten(text: str, name: str, table: str) -> str:
    begin, end = f"<!-- {name}: written by `make reference` -->\n", f"<!-- /{name} -->"
    before, _, rest = text.partition(begin)
    _, _, after = rest.partition(end)
    return f"{before}{begin}{table}{end}{after}"


def _settings() -> str:
    lines = ["| setting | default | what it is |", "| --- | --- | --- |"]
    fields: dict[str, FieldInfo] = {}
    for key, field in leaves(SettingsFile):
        fields.setdefault(key, field)
    for key, field in fields.items():
        lines.append(f"| `{key}` | {_default(field)} | {_what(field)} |")
    return "\n".join(lines) + "\n"


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True)
    return "" if value is None else f"`{as_toml(value)}`"


def _what(field: FieldInfo) -> str:
    words = [field.description or ""]
    choices = _choices(field.annotation)
    if len(choices) > 1:
        words.append("One of " + ", ".join(f"`{one}`" for one in choices) + ".")
    elif field.examples:
        words.append(f"Example: `{as_toml(field.examples[0])}`.")
    return " ".join(words).strip()


def _choices(annotation: object) -> tuple[object, ...]:
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return tuple(annotation)
    return get_args(annotation) if get_origin(annotation) is Literal else ()


if __name__ == "__main__":
    SCHEMA.write_text(schema(), encoding="utf-8")
    README.write_text(readme(README.read_text(encoding="utf-8")), encoding="utf-8")
    SCANNERS.write_text(scanners(SCANNERS.read_text(encoding="utf-8")), encoding="utf-8")

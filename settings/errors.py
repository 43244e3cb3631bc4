"""An error in a settings file, and the report of all errors."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import Final

from private_line.limits import decimal

_LONGEST: Final = 300
"""The number of characters of a value that a report shows."""


@dataclass(frozen=True, kw_only=True)
class SettingError:
    """An error in one setting.

    Attributes:
        key: the key, such as `network.nodes` or `services[0].host`; empty for the whole file.
        value: the value in the file; None if there is none to show.
        rule: what the value must be.
        hint: what to write instead.
    """

    key: str = ""
    value: object = None
    rule: str
    hint: str


class InvalidSettingsError(Exception):
    """Settings files contain errors. The message is the report of all errors."""

    def __init__(self, errors: Mapping[Path, Sequence[SettingError]]) -> None:
        """Report all errors by file, each with key, value, rule and hint."""
        total = sum(map(len, errors.values()))
        lines = [f"{total} error{'s' * (total != 1)} in the settings. Nothing was written."]
        for path, found in errors.items():
            for error in found:
                value = "" if error.value is None else _shortened(as_toml(error.value))
                setting = " = ".join(part for part in (error.key, value) if part)
                lines += [
                    "",
                    printable(f"{path}: {setting}" if setting else f"{path}"),
                    printable(f"    rule: {error.rule}"),
                    printable(f"    hint: {error.hint}"),
                ]
        super().__init__("\n".join(lines))


def printable(line: str) -> str:
    """Escape, as in TOML, what breaks a line, controls a terminal, or changes the direction.

    See https://toml.io/en/v1.0.0#string, and https://www.unicode.org/reports/tr36/ for the reason.
    """
    return "".join(
        character
        if character.isprintable()
        else f"\\u{code:04X}"
        if (code := ord(character)) <= 0xFFFF  # noqa: PLR2004 - the most that \u can express
        else f"\\U{code:08X}"
        for character in line
    )


def item_key(table: str, name: str) -> str:
    """The key of an item of a table, such as `labels."a b"`; quoted if TOML requires it.

    Args:
        table: the key of the table; empty for the whole file.
        name: the name of the item.
    """
    quoted = name if re.fullmatch(r"[-_A-Za-z0-9]+", name) else json.dumps(name, ensure_ascii=False)
    return f"{table}.{quoted}" if table else quoted


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} ..."


def as_toml(value: object) -> str:
    """Format a value as in a settings file."""
    match value:
        case bool() | int() | float():
            return decimal(value) if type(value) is int else str(value).lower()
        case Mapping():
            pairs = ", ".join(
                f"{item_key('', key)} = {as_toml(item)}" for key, item in value.items()
            )
            return f"{{ {pairs} }}" if pairs else "{}"
        case time():
            return f'"{value:%H:%M}"'
        case str() | IPv4Network() | IPv4Address():
            return json.dumps(str(value), ensure_ascii=False)
        case Sequence():
            return "[" + ", ".join(map(as_toml, value)) + "]"
        case _:
            return str(value)

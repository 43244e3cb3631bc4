"""An error in a settings file, and the report of all of them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class SettingError:
    """What is wrong with one setting.

    Attributes:
        key: the key, such as `network.nodes` or `services[0].host`; empty for the whole file.
        value: the value that was given, None when there is none to show.
        rule: what the value must be.
        hint: what to write instead.
    """

    key: str = ""
    value: object = None
    rule: str
    hint: str


class InvalidSettingsError(Exception):
    """Settings files hold errors; its text is the report of all of them."""

    def __init__(self, errors: Mapping[Path, Sequence[SettingError]]) -> None:
        """Write all errors, by file: key and value, the rule, the hint."""
        total = sum(map(len, errors.values()))
        lines = [f"{total} error{'s' * (total != 1)} in the settings. Nothing was written."]
        for path, found in errors.items():
            for error in found:
                value = "" if error.value is None else as_toml(error.value)
                what = " = ".join(part for part in (error.key, value) if part)
                lines += [
                    "",
                    f"{path}: {what}" if what else f"{path}",
                    f"    rule: {error.rule}",
                    f"    hint: {error.hint}",
                ]
        super().__init__("\n".join(lines))


def as_toml(value: object) -> str:
    """Write a value as a settings file would hold it."""
    match value:
        case bool() | int() | float():
            return str(value).lower()
        case Mapping():
            pairs = ", ".join(f"{key} = {as_toml(one)}" for key, one in value.items())
            return f"{{ {pairs} }}" if pairs else "{}"
        case time():
            return f'"{value:%H:%M}"'
        case str() | IPv4Network() | IPv4Address():
            return json.dumps(str(value), ensure_ascii=False)
        case Sequence():
            return "[" + ", ".join(map(as_toml, value)) + "]"
        case _:
            return str(value)

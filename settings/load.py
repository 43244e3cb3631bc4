"""Reading `environments/*.toml`: all errors of all files are reported together.

Each value is checked by itself first. What was good is then checked together, so that one
wrong value hides no other error.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from settings.checks import check, check_together
from settings.errors import SettingError, report
from settings.model import Settings
from settings.parse import parse

_EXAMPLE: Final = "start from environments/dev.toml"


class InvalidSettingsError(Exception):
    """The settings hold errors; its text is the whole report."""


def load(folder: Path) -> Sequence[Settings]:
    """Read every settings file of a folder.

    Args:
        folder: the folder that holds `NAME.toml`, one an environment.

    Returns:
        The settings of all environments, by name.

    Raises:
        InvalidSettingsError: any file holds an error, or there is no file.
    """
    paths = sorted(folder.glob("*.toml"))
    errors: dict[Path, list[SettingError]] = {path: [] for path in paths or [folder]}
    environments: dict[Path, Settings] = {}
    if not paths:
        errors[folder].append(SettingError(key="", rule="holds no .toml file", hint=_EXAMPLE))
    for path in paths:
        table = _read(path, errors[path])
        if table is not None:
            environments[path] = parse(table, path.stem, errors[path])
    for path, settings in environments.items():
        errors[path].extend(check(settings))
    for path, error in check_together(environments):
        errors[path].append(error)
    if any(errors.values()):
        raise InvalidSettingsError(report(errors))
    return tuple(environments.values())


def _read(path: Path, errors: list[SettingError]) -> Mapping[str, object] | None:
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", path.stem):
        errors.append(
            SettingError(
                key="",
                value=path.name,
                rule="must be named with a-z, 0-9 and single hyphens: stacks are named after it",
                hint="rename it, for example dev.toml",
            )
        )
    try:
        table = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        errors.append(
            SettingError(
                key="",
                rule=f"must be UTF-8; byte {error.start} is not",
                hint="save it as UTF-8",
            )
        )
    except tomllib.TOMLDecodeError as error:
        errors.append(
            SettingError(key="", rule=f"must be TOML: {error}", hint="correct it at that place")
        )
    except OSError as error:
        errors.append(
            SettingError(key="", rule=f"cannot be read: {error.strerror}", hint="make it a file")
        )
    else:
        if table:
            return table
        errors.append(SettingError(key="", rule="is empty", hint=_EXAMPLE))
    return None

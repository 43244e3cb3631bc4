"""Reads `environments/*.toml` and reports the errors of all files together.

First, every value of every file is checked by itself. Then, in files whose values are all valid,
the rules that involve several values are checked.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from settings.checks import check, check_together
from settings.environment import Settings
from settings.errors import InvalidSettingsError, SettingError
from settings.explain import explain

_EXAMPLE: Final = "copy environments/dev.toml from the repository"


def load(folder: Path) -> Sequence[Settings]:
    """Read every settings file of a folder.

    Args:
        folder: the folder with one `NAME.toml` per environment.

    Returns:
        The settings of all environments, sorted by name.

    Raises:
        InvalidSettingsError: a file contains an error, or the folder contains no file.
    """
    paths = sorted(folder.glob("*.toml"))
    errors: dict[Path, list[SettingError]] = {path: [] for path in paths or [folder]}
    environments: dict[Path, Settings] = {}
    if not paths:
        errors[folder].append(SettingError(rule="contains no .toml file", hint=_EXAMPLE))
    for path in paths:
        table = _read(path, errors[path])
        try:
            if table is not None:
                environments[path] = Settings.of(table, path.stem)
        except ValidationError as error:
            errors[path] += explain(error)
    for path, settings in environments.items():
        errors[path] += check(settings)
    for path, conflict in check_together(environments):
        errors[path].append(conflict)
    if any(errors.values()):
        raise InvalidSettingsError(errors)
    return tuple(environments.values())


def _read(path: Path, errors: list[SettingError]) -> Mapping[str, object] | None:
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", path.stem):
        errors.append(
            SettingError(
                value=path.name,
                rule="must have a name of a-z, 0-9 and single hyphens: stacks are named after it",
                hint="rename it, for example dev.toml",
            )
        )
    try:
        table = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        rule, hint = f"must be UTF-8, but byte {error.start} is not", "save the file as UTF-8"
    except tomllib.TOMLDecodeError as error:
        rule, hint = f"must be valid TOML: {error}", "correct the syntax there"
    except ValueError:
        # Python reads no decimal of more than 4300 digits:
        # https://docs.python.org/3/library/stdtypes.html#int-max-str-digits
        rule, hint = "contains a number of more than 4300 digits", "correct the number"
    except OSError as error:
        rule, hint = f"cannot be read: {error.strerror}", "make it a readable file"
    else:
        if table:
            return table
        rule, hint = "is empty", _EXAMPLE
    errors.append(SettingError(rule=rule, hint=hint))
    return None

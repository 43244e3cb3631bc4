"""Loads `environments/*.toml` and reports the errors of all files together.

First, every value of every file is checked by itself. Then, in files whose values are all valid,
the rules that involve several values are checked.
"""

from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from private_line.errors import InvalidValueError
from settings.checks import check, check_together
from settings.environment import Settings
from settings.errors import InvalidSettingsError, SettingError
from settings.explain import explain
from settings.read import read, settings_files


def load(folder: Path) -> Sequence[Settings]:
    """Read every settings file of a folder.

    Args:
        folder: the folder with one `NAME.toml` per environment.

    Returns:
        The settings of all environments, sorted by name.

    Raises:
        InvalidSettingsError: a file contains an error, or the folder contains no file.
    """
    try:
        paths = settings_files(folder)
    except InvalidValueError as error:
        empty = SettingError(rule=error.rule, hint=error.hint)
        raise InvalidSettingsError({folder: [empty]}) from None
    errors: dict[Path, list[SettingError]] = {path: [] for path in paths}
    environments: dict[Path, Settings] = {}
    for path in paths:
        table, found = read(path)
        errors[path] += found
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

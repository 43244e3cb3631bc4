"""Reading `environments/*.toml`: all mistakes of all files are told together.

Each value is checked by itself first. What was good is then checked together, so that one
wrong value hides no other mistake.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from settings.checks import check, check_together
from settings.errors import Mistake, report
from settings.model import Settings
from settings.parse import parse

_EXAMPLE: Final = "start from environments/dev.toml"


class InvalidSettings(Exception):  # noqa: N818 - reads as what it says: the settings are invalid
    """The settings hold mistakes; its text is the whole report."""


def load(folder: Path) -> Sequence[Settings]:
    """Read every settings file of a folder.

    Args:
        folder: the folder that holds `NAME.toml`, one an environment.

    Returns:
        The settings of all environments, by name.

    Raises:
        InvalidSettings: any file holds a mistake, or there is no file.
    """
    paths = sorted(folder.glob("*.toml"))
    mistakes: dict[Path, list[Mistake]] = {path: [] for path in paths or [folder]}
    environments: dict[Path, Settings] = {}
    if not paths:
        mistakes[folder].append(Mistake(key="", rule="holds no .toml file", remedy=_EXAMPLE))
    for path in paths:
        table = _read(path, mistakes[path])
        if table is not None:
            environments[path] = parse(table, path.stem, mistakes[path])
    for path, settings in environments.items():
        mistakes[path].extend(check(settings))
    for path, mistake in check_together(environments):
        mistakes[path].append(mistake)
    if any(mistakes.values()):
        raise InvalidSettings(report(mistakes))
    return tuple(environments.values())


def _read(path: Path, mistakes: list[Mistake]) -> Mapping[str, object] | None:
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", path.stem):
        mistakes.append(
            Mistake(
                key="",
                value=path.name,
                rule="must be named with a-z, 0-9 and single hyphens: stacks are named after it",
                remedy="rename it, for example dev.toml",
            )
        )
    try:
        table = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        mistakes.append(
            Mistake(
                key="",
                rule=f"must be UTF-8; byte {error.start} is not",
                remedy="save it as UTF-8",
            )
        )
    except tomllib.TOMLDecodeError as error:
        mistakes.append(
            Mistake(key="", rule=f"must be TOML: {error}", remedy="correct it at that place")
        )
    except OSError as error:
        mistakes.append(
            Mistake(key="", rule=f"cannot be read: {error.strerror}", remedy="make it a file")
        )
    else:
        if table:
            return table
        mistakes.append(Mistake(key="", rule="is empty", remedy=_EXAMPLE))
    return None

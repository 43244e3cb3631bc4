"""Finds and reads settings files: the only place that touches them."""

import re
import stat
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from private_line.errors import InvalidValueError
from settings.errors import SettingError, item_key

EXAMPLE: Final = "copy environments/dev.toml from the repository"

_SUFFIX: Final = ".toml"
_MAX_BYTES: Final = 256 * 1024
_MAX_LINE: Final = 2000
"""The time to parse a dotted key grows with the square of its length."""
_MAX_DEPTH: Final = 16
_MAX_NAME: Final = 63
"""With the longest suffix of a state's files, a stack's name stays within the 255 bytes of a file
name (NAME_MAX, https://man7.org/linux/man-pages/man3/realpath.3.html)."""


def settings_files(folder: Path) -> Sequence[Path]:
    """The settings files of a folder, sorted.

    Hidden files and files with another suffix are not settings: editors leave `.#dev.toml`,
    `._dev.toml` and `dev.toml~`. A file such as `prod.TOML` is one, with an error in its name.

    Raises:
        InvalidValueError: the folder cannot be read, or contains no settings file.
    """
    try:
        paths = sorted(folder.iterdir())
    except OSError as error:
        raise InvalidValueError(f"cannot be read: {error.strerror}", EXAMPLE) from None
    found = [
        path
        for path in paths
        if path.name.lower().endswith(_SUFFIX) and not path.name.startswith(".")
    ]
    if not found:
        raise InvalidValueError("contains no .toml file", EXAMPLE)
    return found


def read(path: Path) -> tuple[Mapping[str, object] | None, Sequence[SettingError]]:
    """Read one settings file.

    Returns:
        Its content, None if that is unusable; and the errors in its name and its content.
    """
    errors: list[SettingError] = []
    table: Mapping[str, object] | None = None
    try:
        _check_name(path.name)
    except InvalidValueError as error:
        errors.append(SettingError(value=path.name, rule=error.rule, hint=error.hint))
    try:
        table = _parsed(_text(path))
        outside = list(_outside_the_limits(table))
    except InvalidValueError as error:
        return None, [*errors, SettingError(rule=error.rule, hint=error.hint)]
    return (None if outside else table), [*errors, *outside]


def _check_name(name: str) -> None:
    stem = name[: -len(_SUFFIX)]
    if not name.endswith(_SUFFIX):
        raise InvalidValueError(
            f"must end with {_SUFFIX}, in lowercase letters", f"rename it to {stem}{_SUFFIX}"
        )
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", stem) or len(stem) > _MAX_NAME:
        raise InvalidValueError(
            f"must have a name of a-z, 0-9 and single hyphens, at most {_MAX_NAME} characters:"
            " stacks are named after it",
            "rename it, for example dev.toml",
        )


def _text(path: Path) -> str:
    try:
        # Not opened before it is known to be a file: a pipe waits for a writer, a device can be
        # endless.
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            kind = "Is a directory" if stat.S_ISDIR(mode) else "Is not a regular file"
            raise InvalidValueError(f"cannot be read: {kind}", "make it a readable file")
        with path.open("rb") as file:
            content = file.read(_MAX_BYTES + 1)
    except OSError as error:
        raise InvalidValueError(
            f"cannot be read: {error.strerror}", "make it a readable file"
        ) from None
    if len(content) > _MAX_BYTES:
        raise InvalidValueError(
            f"must be at most {_MAX_BYTES} bytes", "split it into several environments"
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidValueError(
            f"must be UTF-8, but byte {error.start} is not", "save the file as UTF-8"
        ) from None


def _parsed(text: str) -> Mapping[str, object]:
    for number, line in enumerate(text.split("\n"), start=1):
        if len(line) > _MAX_LINE:
            raise InvalidValueError(
                f"must have lines of at most {_MAX_LINE} characters, but line {number} is longer",
                "write a list with one element per line, or a table with one key per line",
            )
    try:
        table = tomllib.loads(text)
    except RecursionError:
        raise _too_deep() from None
    except ValueError as error:
        raise InvalidValueError(
            f"must be valid TOML: {error}", "correct the syntax there"
        ) from None
    if not table:
        raise InvalidValueError("is empty", EXAMPLE)
    return table


def _outside_the_limits(table: Mapping[str, object]) -> Iterator[SettingError]:
    """Yield the integers of more than 64 bits (https://toml.io/en/v1.0.0#integer)."""
    level: Sequence[tuple[str, object]] = [("", table)]
    for _ in range(_MAX_DEPTH):
        level = [item for key, value in level for item in _items(key, value)]
        for key, value in level:
            if isinstance(value, int) and not -(2**63) <= value < 2**63:
                rule, hint = "must be a 64-bit integer", "write a smaller number"
                yield SettingError(key=key, value=value, rule=rule, hint=hint)
    if level:
        raise _too_deep()


def _items(key: str, value: object) -> Iterator[tuple[str, object]]:
    match value:
        case Mapping():
            yield from ((item_key(key, str(name)), item) for name, item in value.items())
        case list():
            yield from ((f"{key}[{index}]", item) for index, item in enumerate(value))


def _too_deep() -> InvalidValueError:
    return InvalidValueError(
        f"must have at most {_MAX_DEPTH} tables and lists in each other",
        "see docs/settings.md for the settings",
    )

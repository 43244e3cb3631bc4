"""The folders of states: below the checkout, or in a bucket."""

import re
from fnmatch import fnmatchcase
from typing import Final

from private_line.errors import InvalidValueError

CLEANED: Final = (
    ".venv",
    "node_modules",
    ".cache",
    "cdktf.out",
    "review-out",
    "build",
    "*.egg-info",
    "constructs/*.egg-info",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    ".hypothesis",
)
"""What `make clean` deletes (Makefile)."""

_CLEANED_ANYWHERE: Final = "__pycache__"
_CHALLENGE: Final = ".well-known/acme-challenge"
_MAX_LENGTH: Final = 200
"""With a stack's name, a path stays within the 255 bytes of a file name (NAME_MAX,
https://man7.org/linux/man-pages/man3/realpath.3.html) and the 1024 bytes of an object's name."""


def _relative_path(value: str) -> str:
    """Check a path of plain names, so that each path has one spelling and needs no quotes."""
    names = value.split("/")
    if len(value) > _MAX_LENGTH or not all(
        re.fullmatch(r"(?!\.\.?$)[_.A-Za-z0-9][-_.A-Za-z0-9]*", name) for name in names
    ):
        raise InvalidValueError(
            "must be a relative path without . and ..: names of letters, digits, -, _ and .,"
            f" separated by single slashes, at most {_MAX_LENGTH} characters",
            "for example terraform/state",
        )
    return value


def folder(value: str) -> str:
    """Check a folder that is relative to the checkout, inside it, and not deleted by make.

    Case does not distinguish folders on every file system, so it does not here.
    """
    _relative_path(value)
    names = value.lower().split("/")
    if _CLEANED_ANYWHERE in names or any(
        fnmatchcase("/".join(names[: pattern.count("/") + 1]), pattern) for pattern in CLEANED
    ):
        raise InvalidValueError(
            "must not be in a folder that `make clean` deletes", 'for example "state"'
        )
    return value


def prefix(value: str) -> str:
    """Check a folder in a bucket.

    Object names do not start with the path of certificate challenges:
    https://cloud.google.com/storage/docs/objects#naming.
    """
    _relative_path(value)
    if f"{value}/".startswith(f"{_CHALLENGE}/"):
        raise InvalidValueError(
            f"must not start with {_CHALLENGE}, which Cloud Storage reserves",
            'for example "private-line"',
        )
    return value

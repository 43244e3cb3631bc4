"""The rule for every string in a settings file: printable, and literal for Terraform and cdktf."""

import re
from collections.abc import Mapping
from typing import Final

from private_line.errors import InvalidValueError

_EVALUATED: Final = re.compile(r"[$%#&]\{")
"""The start of what is evaluated: Terraform's templates (`${`, `%{`) and cdktf's tokens."""


def check_text(value: object) -> None:
    """Check a string, and the strings in a list or a table of strings.

    A backend reads a string literally, where `terraform_remote_state` reads a template: with `${`,
    a state's path names two places. Templates are in
    https://developer.hashicorp.com/terraform/language/expressions/strings, tokens in
    https://developer.hashicorp.com/terraform/cdktf/concepts/tokens. Line breaks, control characters
    and characters that change the direction of text show a reader something else than the value:
    https://www.unicode.org/reports/tr36/.

    Args:
        value: a value of a settings file. Values other than strings are valid.

    Raises:
        InvalidValueError: a string contains an invalid character, or would be evaluated.
    """
    match value:
        case str():
            _check(value)
        case Mapping():
            check_text([*value, *value.values()])
        case list():
            for item in value:
                if isinstance(item, str):
                    _check(item)


def _check(value: str) -> None:
    if evaluated := _EVALUATED.search(value):
        raise InvalidValueError(
            f"must not contain {evaluated[0]}, which Terraform or cdktf evaluates",
            "write the value itself: a settings file has no variables",
        )
    for position, character in enumerate(value):
        if not character.isprintable():
            raise InvalidValueError(
                "must contain only printable characters,"
                f" but character {position + 1} is U+{ord(character):04X}",
                "remove it",
            )

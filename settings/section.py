"""The base of every part of the settings."""

from typing import TYPE_CHECKING, get_args

from pydantic import BaseModel, ConfigDict
from pydantic.fields import FieldInfo


class Unknown(Exception):  # noqa: N818 - not an error: a value that is itself a mistake
    """A check asked for a value that was refused already, so the check cannot be made."""


class Section(BaseModel):
    """A frozen table of a settings file that knows all its keys.

    While a file is being checked, a section may lack the values that were refused; asking for
    one of them raises `Unknown`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    if not TYPE_CHECKING:  # a typed __getattr__ would hide misspelt attributes from mypy

        def __getattr__(self, name: str) -> object:
            """Tell a refused value from a misspelt attribute."""
            if name in type(self).model_fields:
                raise Unknown(name)
            return super().__getattr__(name)


def sections_of(field: FieldInfo) -> list[type[Section]]:
    """The sections that a field may hold: its type, a tuple's item, or each of many."""
    return [
        one
        for one in (field.annotation, *get_args(field.annotation))
        if isinstance(one, type) and issubclass(one, Section)
    ]

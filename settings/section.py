"""The base class of every section of the settings."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Annotated, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Tag, ValidationInfo, field_validator
from pydantic.fields import FieldInfo

from settings.text import check_text


class Section(BaseModel):
    """A table of a settings file. It is frozen, and unknown keys are errors.

    Every string in it obeys `settings.text`, whatever the type of its field.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    @field_validator("*", mode="before")
    @classmethod
    def _text(cls, value: object, info: ValidationInfo) -> object:
        if not _contains_sections(cls, info.field_name or ""):
            check_text(value)
        return value


@cache
def _contains_sections(section: type[Section], name: str) -> bool:
    return bool(sections_of(section.model_fields[name]))


def leaves(section: type[Section], prefix: str = "") -> Iterator[tuple[str, FieldInfo]]:
    """Yield every setting that is not a section, with a key such as `services[].host`.

    A setting that several sections of a union have is yielded once per section.
    """
    for name, field in section.model_fields.items():
        sections = sections_of(field).values()
        many = "[]" if get_origin(field.annotation) is tuple else ""
        for below in sections:
            yield from leaves(below, f"{prefix}{name}{many}.")
        if not sections:
            yield prefix + name, field


def sections_of(field: FieldInfo) -> Mapping[str, type[Section]]:
    """The sections that a field can contain, directly or in a list.

    Returns:
        Sections by the tag that selects one of them. If there is only one, its tag is empty.
    """
    found: dict[str, type[Section]] = {}
    for annotation in (field.annotation, *get_args(field.annotation)):
        section, *metadata = (
            get_args(annotation) if get_origin(annotation) is Annotated else (annotation,)
        )
        if isinstance(section, type) and issubclass(section, Section):
            tags = [item.tag for item in metadata if isinstance(item, Tag)]
            found["".join(tags)] = section
    return found

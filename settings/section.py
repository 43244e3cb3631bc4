"""The base of every part of the settings."""

from collections.abc import Iterator, Mapping
from typing import Annotated, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Tag
from pydantic.fields import FieldInfo


class Section(BaseModel):
    """A frozen table of a settings file that knows all its keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def leaves(section: type[Section], prefix: str = "") -> Iterator[tuple[str, FieldInfo]]:
    """Yield every setting that is no section, by a key such as `services[].host`.

    What several sections of a union have in common comes once for each.
    """
    for name, field in section.model_fields.items():
        sections = sections_of(field).values()
        many = "[]" if get_origin(field.annotation) is tuple else ""
        for below in sections:
            yield from leaves(below, f"{prefix}{name}{many}.")
        if not sections:
            yield prefix + name, field


def sections_of(field: FieldInfo) -> Mapping[str, type[Section]]:
    """The sections that a field may hold, itself or in a list.

    Returns:
        Sections by the tag that chooses among them; the tag of an only one is empty.
    """
    found: dict[str, type[Section]] = {}
    for annotation in (field.annotation, *get_args(field.annotation)):
        section, *metadata = (
            get_args(annotation) if get_origin(annotation) is Annotated else (annotation,)
        )
        if isinstance(section, type) and issubclass(section, Section):
            tags = [one.tag for one in metadata if isinstance(one, Tag)]
            found["".join(tags)] = section
    return found

"""Describes a change as `attribute: before → after`."""

import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from operations.review.plan import Action, ResourceChange, is_planned

_LONGEST: Final = 60
_FORCES: Final = " (forces replacement)"

_NOISE: Final = {
    "effective_labels",
    "etag",
    "fingerprint",
    "generation",
    "label_fingerprint",
    "resource_version",
    "terraform_labels",
}
"""Attributes that Google or a provider updates with every change."""

_API: Final = re.compile(r"^https://[\w.-]+\.googleapis\.com/.*?(?=projects/)")
"""The part of a self link before the resource's path, which an ID does not have."""


class Difference(NamedTuple):
    """An attribute that differs: its path, such as `("allow", 0, "ports")`, and both values."""

    steps: tuple[str | int, ...]
    before: Any
    after: Any

    @property
    def names(self) -> tuple[str, ...]:
        """The path without the positions in lists."""
        return tuple(step for step in self.steps if isinstance(step, str))

    def __str__(self) -> str:
        """`attribute: before → after`."""
        path = "".join(
            f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.steps
        ).removeprefix(".")
        return f"{path}: {_shown(self.before)} → {_shown(self.after)}"


def details(change: ResourceChange) -> list[str]:
    """The differences of a changed or replaced resource."""
    if change.action not in {Action.CHANGE, Action.REPLACE}:
        return []
    return [
        f"{difference}{_FORCES if forces else ''}"
        for difference in differences(change.before, change.after)
        # Every replacement changes computed attributes: leave them out, unless one forces it.
        if (forces := _forces(change, difference)) or not is_planned(difference.after)
    ]


def differences(
    before: Any,  # noqa: ANN401 - JSON
    after: Any,  # noqa: ANN401 - JSON
    steps: tuple[str | int, ...] = (),
) -> Iterator[Difference]:
    """Every attribute that differs.

    null, "", [] and {} are equal, and so are a resource's self link and its ID: a refresh may write
    one where an apply wrote the other.
    """
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted({*before, *after} - _NOISE):
            yield from differences(before.get(key), after.get(key), (*steps, key))
    elif isinstance(before, list) and isinstance(after, list) and _is_deep(before + after):
        for number in range(max(len(before), len(after))):
            yield from differences(_at(before, number), _at(after, number), (*steps, number))
    elif not (_is_empty(before) and _is_empty(after)) and _path(before) != _path(after):
        yield Difference(steps, before, after)


def _forces(change: ResourceChange, difference: Difference) -> bool:
    path = ".".join(map(str, difference.steps))
    return any(path == name or path.startswith(f"{name}.") for name in change.forced_by)


def _is_deep(values: list[Any]) -> bool:
    return any(isinstance(value, dict) for value in values)


def _at(values: list[Any], number: int) -> Any:  # noqa: ANN401 - JSON
    return values[number] if number < len(values) else None


def _is_empty(value: Any) -> bool:  # noqa: ANN401 - JSON
    if isinstance(value, dict):
        return all(map(_is_empty, value.values()))
    if isinstance(value, list):
        return all(map(_is_empty, value))
    return value is None or value == ""


def _path(value: Any) -> Any:  # noqa: ANN401 - JSON
    """A self link reduced to the resource's path; any other value unchanged."""
    if isinstance(value, list):
        return [_path(element) for element in value]
    return _API.sub("", value) if isinstance(value, str) else value


def _shown(value: Any) -> str:  # noqa: ANN401 - JSON
    if _is_empty(value):
        return "nothing"
    if is_planned(value):
        return "(known after apply)"
    text = ", ".join(map(_shown, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"

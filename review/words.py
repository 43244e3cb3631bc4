"""A change in words: what it is to which value."""

from collections.abc import Iterator
from typing import Any, Final

from review.line import is_planned
from review.plan import Action, Change

_LONGEST: Final = 60
_FORCES: Final = " (forces the replacement)"

_NOISE: Final = {
    "effective_labels",
    "etag",
    "fingerprint",
    "generation",
    "label_fingerprint",
    "resource_version",
    "terraform_labels",
}
"""What Google or a provider counts up by itself at every change."""


def details(change: Change) -> list[str]:
    """What changes of a resource that is kept or replaced: `attribute: before → after`."""
    if change.action not in {Action.CHANGED, Action.REPLACED}:
        return []
    return [
        f"{path}: {_shown(before)} → {_shown(after)}" + (_FORCES if forces else "")
        for path, before, after in _differences("", change.before, change.after)
        # What Google makes anew at every replacement is no news, unless it is the reason for it.
        if (forces := _forces(change, path)) or not is_planned(after)
    ]


def _forces(change: Change, path: str) -> bool:
    plain = path.replace("[", ".").replace("]", "")
    return any(plain == one or plain.startswith(f"{one}.") for one in change.forced_by)


def _differences(path: str, before: Any, after: Any) -> Iterator[tuple[str, Any, Any]]:  # noqa: ANN401 - JSON
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted({*before, *after} - _NOISE):
            inner = f"{path}.{key}" if path else key
            yield from _differences(inner, before.get(key), after.get(key))
    elif isinstance(before, list) and isinstance(after, list) and _is_deep(before + after):
        for number in range(max(len(before), len(after))):
            inner = f"{path}[{number}]"
            yield from _differences(inner, _at(before, number), _at(after, number))
    elif (before or None) != (after or None):
        yield path, before, after


def _is_deep(values: list[Any]) -> bool:
    return any(isinstance(one, dict) for one in values)


def _at(values: list[Any], number: int) -> Any:  # noqa: ANN401 - JSON
    return values[number] if number < len(values) else None


def _shown(value: Any) -> str:  # noqa: ANN401 - JSON
    if value in (None, "", [], {}):
        return "nothing"
    if is_planned(value):
        return "known after the apply"
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"

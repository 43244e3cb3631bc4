"""A plan as `terraform show -json` tells it, made fit for people to see.

Whatever is sensitive is left out here, at the gate, so that no report can show it. A value that
only an apply can know gets a name of its own: `planned:STACK/ADDRESS.ATTRIBUTE`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from review.synthesized import Stack, Table

SENSITIVE: Final = "(sensitive)"
PLANNED: Final = "planned:"

_REFERENCE: Final = re.compile(r"\$\{([^${}]+)\}")

_SECRET_NAME: Final = re.compile(r"certificate|client_key|password|secret|token")


class Action(StrEnum):
    """What happens to a thing."""

    KEPT = "kept"
    NEW = "new"
    CHANGED = "changed"
    REPLACED = "replaced"
    DESTROYED = "destroyed"


_ACTIONS: Final[Mapping[tuple[str, ...], Action]] = {
    ("no-op",): Action.KEPT,
    ("create",): Action.NEW,
    ("update",): Action.CHANGED,
    ("delete", "create"): Action.REPLACED,
    ("create", "delete"): Action.REPLACED,
    ("delete",): Action.DESTROYED,
    ("forget",): Action.DESTROYED,
}


@dataclass(frozen=True, kw_only=True)
class Change:
    """A resource and what happens to it.

    Attributes:
        stack: name of its stack.
        address: its address there.
        kind: its type, such as `google_compute_network`.
        action: what happens to it.
        before: its values before; empty for a new one.
        after: its values after; empty for a destroyed one.
        forced_by: the attributes whose change makes a replacement of it.
    """

    stack: str
    address: str
    kind: str
    action: Action
    before: Table
    after: Table
    forced_by: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """Its own name, such as `private-connector`."""
        name = first(self.after or self.before, "name", "metadata.name")
        return self.address if name is None or name.startswith(PLANNED) else name


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What would happen to a stack.

    Attributes:
        stack: its name.
        changes: every resource, those that are kept included.
        drift: what somebody else changed, as the refresh found it.
        outputs: all outputs as they would be, by name.
    """

    stack: str
    changes: tuple[Change, ...]
    drift: tuple[Change, ...]
    outputs: Table


def plan_of(stack: Stack, shown: Table, placeholders: Mapping[str, str]) -> Plan:
    """Read what `terraform show -json` printed of a stack's plan.

    Args:
        stack: the stack.
        shown: what was printed.
        placeholders: what stands for what only an upstream apply can know.
    """
    shown = _named(shown, placeholders)
    return Plan(
        stack=stack.name,
        changes=tuple(_changes(stack, shown.get("resource_changes", []))),
        drift=tuple(_changes(stack, shown.get("resource_drift", []))),
        outputs=_outputs(stack, shown),
    )


def _named(value: Any, placeholders: Mapping[str, str]) -> Any:  # noqa: ANN401 - JSON
    """A value with names for placeholders."""
    if isinstance(value, dict):
        return {key: _named(one, placeholders) for key, one in value.items()}
    if isinstance(value, list):
        return [_named(one, placeholders) for one in value]
    return placeholders.get(value, value) if isinstance(value, str) else value


def _changes(stack: Stack, entries: list[Table]) -> Iterator[Change]:
    for entry in entries:
        change = entry["change"]
        action = _ACTIONS.get(tuple(change["actions"]))
        if entry["mode"] != "managed" or action is None:
            continue
        resources = stack.configuration.get("resource", {}).get(entry["type"], {})
        origin = f"{PLANNED}{stack.name}/"
        yield Change(
            stack=stack.name,
            address=entry["address"],
            kind=entry["type"],
            action=action,
            before=_shown(change["before"], change.get("before_sensitive")) or {},
            after=_shown(
                change["after"],
                change.get("after_sensitive"),
                change.get("after_unknown"),
                resources.get(entry["name"]),
                (origin, entry["address"]),
            )
            or {},
            forced_by=tuple(".".join(map(str, path)) for path in change.get("replace_paths", [])),
        )


def _shown(
    value: Any,  # noqa: ANN401 - JSON
    sensitive: Any,  # noqa: ANN401 - JSON
    unknown: Any = None,  # noqa: ANN401 - JSON
    written: Any = None,  # noqa: ANN401 - JSON
    origin: tuple[str, str] = ("", ""),
) -> Any:  # noqa: ANN401 - JSON
    """A value without what is sensitive, and with a name for what is unknown.

    Args:
        value: as the plan has it.
        sensitive: of the same shape, true where the value is sensitive.
        unknown: of the same shape, true where only an apply can know it.
        written: of the same shape, what stands in the configuration.
        origin: how names begin, and the place of the value.
    """
    if sensitive is True:
        return SENSITIVE
    beginning, place = origin
    if unknown is True:
        refers = isinstance(written, str) and "${" in written
        return _REFERENCE.sub(rf"{beginning}\1", written) if refers else f"{beginning}{place}"
    if isinstance(value, dict) or isinstance(unknown, dict):
        known, unknowns = value or {}, unknown or {}
        return {
            key: SENSITIVE
            if _SECRET_NAME.search(key) and (known.get(key) or unknowns.get(key))
            else _shown(
                known.get(key),
                _part(sensitive, key),
                unknowns.get(key),
                _part(written, key),
                (beginning, f"{place}.{key}"),
            )
            for key in {**known, **unknowns}
        }
    if isinstance(value, list) or isinstance(unknown, list):
        known, unknowns = value or [], unknown or []
        return [
            _shown(
                _part(known, n),
                _part(sensitive, n),
                _part(unknowns, n),
                _part(written, n),
                (beginning, f"{place}[{n}]"),
            )
            for n in range(max(len(known), len(unknowns)))
        ]
    return value


def _part(value: Any, key: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, list):
        return value[key] if isinstance(key, int) and key < len(value) else None
    if isinstance(value, dict):
        # A block that stands alone is written without a list around it.
        return value if key == 0 else value.get(key)
    return None


def _outputs(stack: Stack, shown: Table) -> Table:
    known = shown.get("planned_values", {}).get("outputs", {})
    outputs = {}
    for name, output in stack.configuration.get("output", {}).items():
        reference = _REFERENCE.fullmatch(str(output["value"]))
        placeholder = f"{PLANNED}{stack.name}/{reference[1] if reference else name}"
        value = known.get(name, {}).get("value")
        outputs[name] = placeholder if value is None else value
    return outputs


def found(values: object, path: str) -> list[Any]:
    """All values at a path such as `spec.port.port`, through lists, without what is empty."""
    holders = [values]
    for name in path.split("."):
        inner = [holder.get(name) for holder in holders if isinstance(holder, dict)]
        holders = [
            one for value in inner for one in (value if isinstance(value, list) else [value])
        ]
    return [one for one in holders if one is not None]


def first(values: object, *paths: str) -> Any:  # noqa: ANN401 - JSON
    """The first value at the first path that has one, else None."""
    return next((one for path in paths for one in found(values, path)), None)

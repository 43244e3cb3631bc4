"""The changes in a plan, in a form that can be compared with another plan and recorded."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from tests.line import Table

_NOTHING: Final = (["no-op"], ["read"])


def changes(shown: Table) -> dict[str, Table]:
    """All changes except no-ops, by address, or `output.NAME` for outputs.

    Each change has the keys `actions`, `replace_paths`, `before`, `after` and `unknown`.

    Args:
        shown: the output of `terraform show -json` for a plan.
    """
    resources = {
        change["address"]: change["change"] for change in shown.get("resource_changes", [])
    }
    outputs = {f"output.{name}": change for name, change in shown.get("output_changes", {}).items()}
    return {
        address: {
            "actions": change["actions"],
            "replace_paths": change.get("replace_paths", []),
            "before": change["before"],
            "after": change.get("after"),
            "unknown": change["after_unknown"],
        }
        for address, change in sorted({**resources, **outputs}.items())
        if change["actions"] not in _NOTHING
    }


def differences(fake: Mapping[str, Table], real: Mapping[str, Table]) -> Iterator[str]:
    """Each difference between two plans, as `type attribute: fake … real …`."""
    for address in sorted(fake.keys() | real.keys()):
        kind = address.partition(".")[0]
        ours, theirs = fake.get(address), real.get(address)
        if ours is None or theirs is None or ours["actions"] != theirs["actions"]:
            actions = (
                " and ".join(change["actions"]) if change else "no-op" for change in (ours, theirs)
            )
            yield _difference(address, "action", *actions)
            continue
        if (paths := ours.get("replace_paths")) != theirs.get("replace_paths"):
            yield _difference(kind, "replacement", paths, theirs.get("replace_paths"))
        ours, theirs = _values(ours), _values(theirs)
        for name in sorted(ours.keys() | theirs.keys()):
            if ours.get(name) != theirs.get(name):
                yield _difference(kind, name, ours.get(name), theirs.get(name))


def recordable(planned: Mapping[str, Table]) -> dict[str, Table]:
    """The part of the changes that a recording contains.

    Of a created resource, it contains the values that are not null, false, or empty. Of an updated
    resource, it contains every changed value, because the new value may be null or false.
    """
    return {address: _kept(change) for address, change in planned.items()}


def _kept(change: Table) -> Table:
    after = change["after"]
    if change["actions"] == ["update"] and isinstance(after, dict):
        before = change["before"]
        after = {name: value for name, value in after.items() if before.get(name) != value}
    else:
        after = _pruned(after)
    unknown = _pruned(change["unknown"])
    kept = {**change, "before": None, "after": after, "unknown": unknown}
    return {name: value for name, value in kept.items() if not _is_nothing(value)}


def _pruned(value: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, dict):
        pruned = {name: _pruned(inner) for name, inner in value.items()}
        return {name: inner for name, inner in pruned.items() if not _is_nothing(inner)}
    return [_pruned(inner) for inner in value] if isinstance(value, list) else value


def _is_nothing(value: object) -> bool:
    return value is None or value is False or value in ([], {})


def _values(change: Table) -> dict[str, object]:
    """All values by path; `unknown` means that it is known after the apply."""
    return dict(_flat("", change.get("after"), change.get("unknown")))


def _flat(path: str, value: Any, unknown: Any) -> Iterator[tuple[str, object]]:  # noqa: ANN401
    if unknown is True:
        yield path, "unknown"
    elif isinstance(value, dict) or isinstance(unknown, dict):
        values, unknowns = value or {}, unknown or {}
        for name in values.keys() | unknowns.keys():
            inner = f"{path}.{name}" if path else name
            yield from _flat(inner, values.get(name), unknowns.get(name))
    elif isinstance(value, list) and value:
        unknowns = unknown if isinstance(unknown, list) else [None] * len(value)
        for index, (element, its_unknown) in enumerate(zip(value, unknowns, strict=True)):
            yield from _flat(f"{path}[{index}]", element, its_unknown)
    else:
        yield path, value


def _difference(subject: str, attribute: str, fake: object, real: object) -> str:
    return f"{subject} {attribute}: fake {fake!r} real {real!r}"

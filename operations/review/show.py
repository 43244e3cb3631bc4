"""Reads the output of `terraform show -json` for a plan.

Sensitive values are removed here, so that no report can show them. A value that is known only after
apply is replaced by its name (see `plan.py`), which comes from the configuration.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from operations.review.drift import drifts
from operations.review.plan import PLANNED, Action, Plan, ResourceChange, UnreadablePlanError
from operations.review.resource_types import CLUSTER, CONNECTOR, NETWORK, SUBNET, ZONE
from operations.terraform.states import outputs_of
from operations.terraform.synthesized import Stack, Table

_SENSITIVE: Final = "(sensitive)"

_REFERENCE: Final = re.compile(r"\$\{([^${}]+)\}")

_SECRET_NAME: Final = re.compile(r"certificate|client_key|password|secret|token")

_ACTIONS: Final[Mapping[tuple[str, ...], Action]] = {
    ("no-op",): Action.NO_OP,
    ("create",): Action.ADD,
    ("update",): Action.CHANGE,
    ("delete", "create"): Action.REPLACE,
    ("create", "delete"): Action.REPLACE,
    ("delete",): Action.DESTROY,
    ("forget",): Action.FORGET,
}


_FOUND: Final = frozenset({NETWORK, SUBNET, CONNECTOR, CLUSTER, ZONE})
"""The data sources that find what exists already on the path of a call."""

_IDENTITY: Final = ("id", "name", "region", "location", "dns_name")
"""The values by which something new can be the same as what exists already."""


def plan_of(
    stack: Stack, shown: Table, placeholders: Mapping[str, str], state: Table | None = None
) -> Plan:
    """Read a stack's plan.

    Args:
        stack: the stack.
        shown: the output of `terraform show -json`.
        placeholders: the values that placeholders in the plan represent.
        state: the stack's state; None if it was never applied.
    """
    shown = _named(shown, placeholders)
    changes = tuple(_changes(stack, shown, "resource_changes"))
    refreshed = _changes(stack, shown, "resource_drift")
    return Plan(
        stack=stack.name,
        changes=changes,
        drift=tuple(drifts(refreshed, changes, stack.configuration)),
        outputs=_outputs(stack, shown),
        moves=tuple((block["from"], block["to"]) for block in stack.configuration.get("moved", [])),
        found=tuple(_found(stack, shown)),
        read_before=tuple(_read_before(stack, state or {})),
        outputs_now=outputs_of(state),
    )


def _found(stack: Stack, shown: Table) -> Iterator[ResourceChange]:
    """What the plan has read. A stack that reads what it creates has not found it."""
    resources = shown.get("prior_state", {}).get("values", {}).get("root_module", {})
    kinds = _FOUND - stack.configuration.get("resource", {}).keys()
    for entry in resources.get("resources", []):
        if entry.get("mode") == "data" and entry["type"] in kinds:
            values = _shown(entry["values"], entry.get("sensitive_values"))
            yield _read(stack, entry["type"], entry["address"], values)


def _read_before(stack: Stack, state: Table) -> Iterator[ResourceChange]:
    """What the last apply has found. The plan does not show what is no longer in the settings."""
    resources = state.get("resources", [])
    kinds = _FOUND - {entry["type"] for entry in resources if entry["mode"] == "managed"}
    for entry in resources:
        if entry["mode"] == "data" and entry["type"] in kinds:
            for instance in entry["instances"]:
                values = {key: instance["attributes"].get(key) for key in _IDENTITY}
                yield _read(stack, entry["type"], f"data.{entry['type']}.{entry['name']}", values)


def _read(stack: Stack, kind: str, address: str, values: Table) -> ResourceChange:
    return ResourceChange(
        stack=stack.name,
        address=address,
        kind=kind,
        action=Action.READ,
        before=values,
        after=values,
    )


def _named(value: Any, placeholders: Mapping[str, str]) -> Any:  # noqa: ANN401 - JSON
    """A value in which names replace the placeholders."""
    if isinstance(value, dict):
        return {key: _named(element, placeholders) for key, element in value.items()}
    if isinstance(value, list):
        return [_named(element, placeholders) for element in value]
    return placeholders.get(value, value) if isinstance(value, str) else value


@dataclass(frozen=True, kw_only=True)
class _Place:
    """The position of a value.

    Attributes:
        stack: name of the stack.
        path: address of the resource, then the path of the value.
        known: the known values of references in the stack's configuration.
    """

    stack: str
    path: str
    known: Mapping[str, object]

    def inner(self, step: str | int) -> "_Place":
        path = f"{self.path}[{step}]" if isinstance(step, int) else f"{self.path}.{step}"
        return replace(self, path=path)

    def planned(self, written: Any) -> Any:  # noqa: ANN401 - JSON
        """An unknown value as its configuration has it, with names instead of references.

        One unknown element makes a whole set unknown, including elements that are literals.
        """
        if isinstance(written, list):
            return [self._element(element, n) for n, element in enumerate(written)]
        if isinstance(written, dict):
            return {key: self._element(element, key) for key, element in written.items()}
        if isinstance(written, str) and _REFERENCE.search(written):
            return _REFERENCE.sub(self._target, written)
        return f"{PLANNED}{self.stack}/{self.path}"

    def _element(self, written: Any, step: str | int) -> Any:  # noqa: ANN401 - JSON
        refers = isinstance(written, str) and _REFERENCE.search(written)
        deep = isinstance(written, list | dict)
        return self.inner(step).planned(written) if refers or deep else written

    def _target(self, reference: re.Match[str]) -> str:
        name = f"{PLANNED}{self.stack}/{reference[1]}"
        return str(self.known.get(reference[1], name))


def _changes(stack: Stack, shown: Table, section: str) -> Iterator[ResourceChange]:
    known = _known(shown)
    for entry in shown.get(section, []):
        change = entry["change"]
        if entry["mode"] != "managed":
            continue
        moved_from = entry.get("previous_address", "")
        action = _ACTIONS.get(tuple(change["actions"]))
        if action is None:
            raise UnreadablePlanError(
                f"{stack.name}: {entry['address']}: unknown actions {change['actions']}"
            )
        if action is Action.NO_OP and moved_from:
            action = Action.MOVE
        resources = stack.configuration.get("resource", {}).get(entry["type"], {})
        before = _shown(change["before"], change.get("before_sensitive")) or {}
        after = _shown(
            change["after"],
            change.get("after_sensitive"),
            change.get("after_unknown"),
            resources.get(entry["name"]),
            _Place(stack=stack.name, path=entry["address"], known=known),
        )
        yield ResourceChange(
            stack=stack.name,
            address=entry["address"],
            kind=entry["type"],
            action=action,
            before=before,
            # Terraform no longer manages a forgotten resource, but Google keeps it.
            after=before if action is Action.FORGET else after or {},
            forced_by=tuple(".".join(map(str, path)) for path in change.get("replace_paths", [])),
            moved_from=moved_from,
        )


def _known(shown: Table) -> dict[str, object]:
    """The known values of resources and upstream outputs, by reference."""
    known: dict[str, object] = {}
    for entry in shown.get("resource_changes", []):
        change = entry["change"]
        secret = change.get("after_sensitive") or {}
        for name, value in (change["after"] or {}).items():
            if not (secret is True or secret.get(name) or _SECRET_NAME.search(name)):
                known[f"{entry['address']}.{name}"] = value
    state = shown.get("prior_state", {}).get("values", {}).get("root_module", {})
    for resource in state.get("resources", []):
        for name, value in (resource["values"].get("outputs") or {}).items():
            known[f"{resource['address']}.outputs.{name}"] = value
    return {name: value for name, value in known.items() if isinstance(value, str | int)}


def _shown(
    value: Any,  # noqa: ANN401 - JSON
    sensitive: Any,  # noqa: ANN401 - JSON
    unknown: Any = None,  # noqa: ANN401 - JSON
    written: Any = None,  # noqa: ANN401 - JSON
    place: _Place | None = None,
) -> Any:  # noqa: ANN401 - JSON
    """A value without sensitive parts, and with names instead of unknown parts.

    Args:
        value: as the plan has it.
        sensitive: of the same shape, true where the value is sensitive.
        unknown: of the same shape, true where the value is known only after apply.
        written: of the same shape, the value in the configuration.
        place: the position of the value; None for values before the apply, which are all known.
    """
    if sensitive is True:
        return _SENSITIVE
    if unknown is True and place:
        return place.planned(written)
    if isinstance(value, dict) or isinstance(unknown, dict):
        known, unknowns = value or {}, unknown or {}
        return {
            key: _SENSITIVE
            if _SECRET_NAME.search(key) and (known.get(key) or unknowns.get(key))
            else _shown(
                known.get(key),
                _part(sensitive, key),
                unknowns.get(key),
                _part(written, key),
                place and place.inner(key),
            )
            for key in {**known, **unknowns}
        }
    if isinstance(value, list) or isinstance(unknown, list):
        known, unknowns = value or [], unknown or []
        written = _aligned(written, known, unknowns)
        return [
            _shown(
                _part(known, n),
                _part(sensitive, n),
                _part(unknowns, n),
                _part(written, n),
                place and place.inner(n),
            )
            for n in range(max(len(known), len(unknowns)))
        ]
    return value


def _aligned(written: Any, known: list[Any], unknowns: list[Any]) -> Any:  # noqa: ANN401 - JSON
    """The blocks of a configuration in the order of the plan, since a set has no order."""
    if not isinstance(written, list) or len(written) != len(known):
        return written
    left, aligned = list(written), []
    for n, value in enumerate(known):
        unknown = _part(unknowns, n)
        block = max(left, key=lambda candidate: _likeness(candidate, value, unknown))
        left.remove(block)
        aligned.append(block)
    return aligned


def _likeness(block: Any, value: Any, unknown: Any) -> int:  # noqa: ANN401 - JSON
    """How many attributes of a planned block match a configured block; -1 if one differs."""
    if not isinstance(block, dict) or not isinstance(value, dict):
        return 0
    same = 0
    for key, text in block.items():
        refers = isinstance(text, str) and bool(_REFERENCE.search(text))
        if refers or not isinstance(text, str | int):
            continue
        if _part(unknown, key) is True or value.get(key) != text:
            return -1
        same += 1
    return same


def _part(value: Any, key: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, list):
        return value[key] if isinstance(key, int) and key < len(value) else None
    if isinstance(value, dict):
        # The configuration has a single block without a list around it.
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

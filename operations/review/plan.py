"""What a plan changes, and how to read its values.

A value that only an apply can know has a name of its own: `planned:STACK/ADDRESS.ATTRIBUTE`.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from operations.terraform.synthesized import Table, UnusableOutputError

PLANNED: Final = "planned:"


class UnreadablePlanError(UnusableOutputError):
    """A plan holds something else than its resource's schema says."""


class Action(StrEnum):
    """What happens to a resource."""

    KEPT = "kept"
    RENAMED = "renamed"
    NEW = "new"
    CHANGED = "changed"
    REPLACED = "replaced"
    FORGOTTEN = "forgotten"
    DESTROYED = "destroyed"


@dataclass(frozen=True, kw_only=True)
class Change:
    """A resource and what happens to it.

    Attributes:
        stack: name of its stack.
        address: its address there.
        kind: its type, such as `google_compute_network`.
        action: what happens to it.
        before: its values before; empty for a new one.
        after: its values after; empty for a destroyed one. A forgotten one stays as it is.
        forced_by: the attributes whose change makes a replacement of it.
        moved_from: its address before a `moved` block gave it another one; else empty.
    """

    stack: str
    address: str
    kind: str
    action: Action
    before: Table
    after: Table
    forced_by: tuple[str, ...] = ()
    moved_from: str = ""

    @property
    def now(self) -> Table:
        """Its values until the plan is applied; empty for a new one."""
        return self.after if self.action in {Action.KEPT, Action.RENAMED} else self.before

    @property
    def is_gone(self) -> bool:
        """Whether what is there now will not be; a replacement makes another one."""
        return self.action in {Action.REPLACED, Action.DESTROYED}

    @property
    def title(self) -> str:
        """Its own name, such as `private-connector`."""
        return self._named(self.after or self.before)

    @property
    def title_now(self) -> str:
        """Its own name until the plan is applied."""
        return self._named(self.now)

    def _named(self, values: Table) -> str:
        name = first(values, "name", "metadata.name")
        return self.address if name is None or is_planned(name) else name

    def elements(self, path: str, within: Table | None = None) -> list[Any]:
        """All elements of the lists at a path such as `spec.load_balancer_source_ranges`.

        A list that the configuration leaves to Google has none before an apply.

        Args:
            path: the way to the lists.
            within: the values to look in, such as one block; by default those after.

        Raises:
            UnreadablePlanError: something else stands where a list belongs.
        """
        values = self.after if within is None else within
        *blocks, name = path.split(".")
        holders = found(values, ".".join(blocks)) if blocks else [values]
        left_to_google = f"{PLANNED}{self.stack}/{self.address}."
        elements = []
        for value in (holder.get(name) for holder in holders if isinstance(holder, dict)):
            if isinstance(value, list):
                elements += value
            elif isinstance(value, str) and is_planned(value):
                elements += [] if value.startswith(left_to_google) else [value]
            elif value is not None:
                raise UnreadablePlanError(
                    f"{self.stack}: {path} of {self.address} is a list, the plan has {value!r}"
                )
        return elements


@dataclass(frozen=True, kw_only=True)
class Drift:
    """What somebody else did to a resource, as the refresh found it.

    Attributes:
        stack: name of its stack.
        address: its address there.
        action: changed or destroyed.
        details: `attribute: before → after`; empty for a destroyed one.
    """

    stack: str
    address: str
    action: Action
    details: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What would happen to a stack.

    Attributes:
        stack: its name.
        changes: every resource, those that are kept included.
        drift: what somebody else changed.
        outputs: all outputs as they would be, by name.
        moves: the addresses before and after of its `moved` blocks.
    """

    stack: str
    changes: tuple[Change, ...]
    drift: tuple[Drift, ...]
    outputs: Table
    moves: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Failure:
    """A stack that could not be planned.

    Attributes:
        stack: its name.
        phase: `state`, `init`, `plan` or `show`.
        words: what Terraform said.
    """

    stack: str
    phase: str
    words: str


def is_planned(value: object) -> bool:
    """Whether only an apply can know a value."""
    return str(value).startswith(PLANNED)


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

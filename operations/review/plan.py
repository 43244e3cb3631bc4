"""The plan of one stack, and functions that read its values.

A value that is known only after apply is written as `planned:STACK/ADDRESS.ATTRIBUTE`.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from operations.review.resource_types import NOUNS
from operations.terraform.synthesized import Table, UnusableOutputError
from settings.stack_names import environment_and_part

PLANNED: Final = "planned:"

PLAN_DESTROY: Final = "plan -destroy"
"""The phase of a stack that plans the destroy of its resources."""


class UnreadablePlanError(UnusableOutputError):
    """A plan does not match the schema of its resource."""


class Action(StrEnum):
    """What a plan does to a resource, from the least to the most severe.

    `READ` is for a data source: the resource exists, and no stack manages it.
    """

    READ = "read"
    NO_OP = "no-op"
    MOVE = "move"
    ADD = "add"
    CHANGE = "change"
    REPLACE = "replace"
    FORGET = "forget"
    DESTROY = "destroy"


@dataclass(frozen=True, kw_only=True)
class ResourceChange:
    """A resource and what a plan does to it, which may be nothing.

    Attributes:
        stack: name of its stack.
        address: its Terraform address in the stack.
        kind: its type, such as `google_compute_network`.
        action: what the plan does to it.
        before: its values before the apply; empty for an added resource.
        after: its values after the apply; empty for a destroyed resource. A forgotten resource
            keeps its values.
        forced_by: the attributes that force its replacement.
        moved_from: its address before a `moved` block changed it; else empty.
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
        """Its values until the plan is applied; empty for an added resource."""
        same = {Action.READ, Action.NO_OP, Action.MOVE}
        return self.after if self.action in same else self.before

    @property
    def part(self) -> str:
        """Its stack's name without the environment, such as `network`."""
        return environment_and_part(self.stack)[1]

    @property
    def exists(self) -> bool:
        """Whether it exists already, and is only read."""
        return self.action is Action.READ

    @property
    def is_gone(self) -> bool:
        """Whether the apply removes the existing resource, also if it creates a new one."""
        return self.action in {Action.REPLACE, Action.DESTROY}

    @property
    def removal(self) -> str:
        """For a sentence about a resource that is gone: "replaced" or "destroyed"."""
        return "replaced" if self.action is Action.REPLACE else "destroyed"

    @property
    def title(self) -> str:
        """Its name in the cloud, such as `private-connector`."""
        return self._named(self.after or self.before)

    @property
    def title_now(self) -> str:
        """Its name in the cloud until the plan is applied."""
        return self._named(self.now)

    @property
    def noun_and_title(self) -> str:
        """Its name with what it is, such as `cluster private-cluster`; else its address."""
        noun = NOUNS.get(self.kind)
        return f"{noun} {self.title}" if noun else self.address

    def _named(self, values: Table) -> str:
        name = first_value(values, "name", "metadata.name")
        return self.address if name is None or is_planned(name) else name

    def elements(self, path: str, within: Table | None = None) -> list[Any]:
        """All elements of the lists at a path such as `spec.load_balancer_source_ranges`.

        A list that the configuration leaves to Google has no elements before it is applied.

        Args:
            path: attribute names, joined by dots.
            within: the values to look in, such as one block; by default those after the apply.

        Raises:
            UnreadablePlanError: the value is not a list.
        """
        values = self.after if within is None else within
        *blocks, name = path.split(".")
        holders = values_at(values, ".".join(blocks)) if blocks else [values]
        left_to_google = f"{PLANNED}{self.stack}/{self.address}."
        elements = []
        for value in (holder.get(name) for holder in holders if isinstance(holder, dict)):
            if isinstance(value, list):
                elements += value
            elif isinstance(value, str) and is_planned(value):
                elements += [] if value.startswith(left_to_google) else [value]
            elif value is not None:
                raise UnreadablePlanError(
                    f"{self.stack}: {path} of {self.address} must be a list, the plan has {value!r}"
                )
        return elements


@dataclass(frozen=True, kw_only=True)
class Drift:
    """A change outside Terraform to one resource, as the refresh finds it.

    Attributes:
        stack: name of its stack.
        address: its Terraform address in the stack.
        action: change or destroy.
        details: `attribute: before → after`; empty for a destroyed resource.
    """

    stack: str
    address: str
    action: Action
    details: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The plan of a stack.

    Attributes:
        stack: its name.
        changes: every resource that the stack manages, including those that do not change.
        found: what exists already on the path of a call, which the stack only reads.
        read_before: what it read at its last apply, in the same form.
        drift: changes outside Terraform.
        outputs: all outputs as they are after the apply, by name.
        outputs_now: the outputs of its last apply, by name.
        moves: the addresses before and after of its `moved` blocks.
    """

    stack: str
    changes: tuple[ResourceChange, ...]
    drift: tuple[Drift, ...]
    outputs: Table
    moves: tuple[tuple[str, str], ...] = ()
    found: tuple[ResourceChange, ...] = ()
    read_before: tuple[ResourceChange, ...] = ()
    outputs_now: Table = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Failure:
    """A stack that could not be planned.

    Attributes:
        stack: its name.
        project: its Google Cloud project.
        phase: `state`, `init`, `plan`, `plan -destroy` or `show`.
        message: Terraform's error message.
    """

    stack: str
    project: str
    phase: str
    message: str


def is_planned(value: object) -> bool:
    """Whether a value is known only after apply."""
    return str(value).startswith(PLANNED)


def values_at(values: object, path: str) -> list[Any]:
    """All values at a path such as `spec.port.port`, through lists; null values are left out."""
    holders = [values]
    for name in path.split("."):
        inner = [holder.get(name) for holder in holders if isinstance(holder, dict)]
        holders = [
            element
            for value in inner
            for element in (value if isinstance(value, list) else [value])
        ]
    return [value for value in holders if value is not None]


def first_value(values: object, *paths: str) -> Any:  # noqa: ANN401 - JSON
    """The first value at the first path that has a value, else None."""
    return next((value for path in paths for value in values_at(values, path)), None)

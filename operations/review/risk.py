"""What a note on a plan says: how bad it is, why, and what comes next."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

from operations.review.plan import Change

DEPLOY: Final = "`make deploy ENV={env}`"

MADE_ANEW: Final = (
    'take the change back and take the environment down (docs/operations.md, "Destroy"); then make'
    f" the change again and run {DEPLOY}: everything is made anew"
)
"""The way to another VPC or node subnet, which hold everything else."""


class Risk(StrEnum):
    """How bad it can get; each one is worse than those before it."""

    NONE = "none"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    BROKEN = "broken"

    def reaches(self, other: "Risk") -> bool:
        """Whether this is as bad as another, or worse."""
        order = list(Risk)
        return order.index(self) >= order.index(other)


@dataclass(frozen=True, kw_only=True)
class Note:
    """A risk of one change.

    Attributes:
        risk: how bad.
        stack: name of the stack.
        address: the resource.
        reason: why.
        next: the command or the edit that comes next.
    """

    risk: Risk
    stack: str
    address: str
    reason: str
    next: str


class Explained(NamedTuple):
    """A note, and all changes that it is about: none of them needs a note of its own."""

    note: Note
    changes: Sequence[Change]


def explained(
    risk: Risk, of: Change, reason: str, next_step: str, *changes: Change, env: str
) -> Explained:
    """A note on a change.

    Args:
        risk: how bad.
        of: the change.
        reason: why.
        next_step: what comes next, with `{env}` for the environment's name.
        changes: more changes that the note is about.
        env: the environment's name.
    """
    note = Note(
        risk=risk,
        stack=of.stack,
        address=of.address,
        reason=reason,
        next=next_step.format(env=env),
    )
    return Explained(note, (of, *changes))

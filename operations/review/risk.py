"""A finding of the review: how severe it is, why, and what to do next."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

from operations.review.plan import ResourceChange

DEPLOY: Final = "`make deploy ENV={env}`"

REBUILD: Final = (
    'undo the change and destroy the environment (docs/operations.md, "Destroy"); then make the'
    f" change again and run {DEPLOY}, which creates everything again"
)
"""How to replace the VPC or the node subnet, which contain all other resources."""


class Risk(StrEnum):
    """How severe a finding is; each level is worse than those before it."""

    NONE = "none"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    BROKEN = "broken"

    def reaches(self, other: "Risk") -> bool:
        """Whether this risk is as severe as another, or more severe."""
        order = list(Risk)
        return order.index(self) >= order.index(other)


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One risk of a plan.

    Attributes:
        risk: how severe it is.
        stack: name of the stack.
        address: the Terraform address of the resource.
        reason: why.
        next: the command or the edit that comes next.
    """

    risk: Risk
    stack: str
    address: str
    reason: str
    next: str


class Explanation(NamedTuple):
    """A finding, and all changes that it explains: they need no finding of their own."""

    finding: Finding
    changes: Sequence[ResourceChange]


def explain(
    risk: Risk,
    main: ResourceChange,
    reason: str,
    next_step: str,
    *others: ResourceChange,
    env: str,
) -> Explanation:
    """A finding about a change.

    Args:
        risk: how severe it is.
        main: the change that the finding names.
        reason: why.
        next_step: what to do next, with `{env}` for the environment's name.
        others: more changes that the finding explains.
        env: the environment's name.
    """
    finding = Finding(
        risk=risk,
        stack=main.stack,
        address=main.address,
        reason=reason,
        next=next_step.format(env=env),
    )
    return Explanation(finding, (main, *others))

"""Finds changes outside Terraform among the differences that a refresh reports.

A refresh also reports differences that nobody caused: defaults that Google fills in, a cluster's
list of its node pools. So a difference counts only if the configuration sets the attribute, or if
the plan changes it back.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from operations.review.diff import differences
from operations.review.plan import Action, Drift, ResourceChange
from operations.terraform.synthesized import Table


def drifts(
    refreshed: Iterable[ResourceChange], planned: Iterable[ResourceChange], configuration: Table
) -> Iterator[Drift]:
    """The changes outside Terraform to a stack's resources.

    Args:
        refreshed: each resource as the state has it, and as the refresh finds it.
        planned: each resource as the refresh finds it, and as it is after the apply.
        configuration: the stack's JSON.
    """
    plans = {change.address: change for change in planned}
    for change in refreshed:
        if change.action is Action.DESTROY:
            details: tuple[str, ...] = ()
        else:
            kind, _, name = change.address.partition(".")
            written = configuration.get("resource", {}).get(kind, {}).get(name, {})
            back = _changed_back(plans.get(change.address))
            details = tuple(
                str(difference)
                for difference in differences(change.before, change.after)
                if difference.names in back or _is_set(written, difference.names)
            )
            if not details:
                continue
        yield Drift(
            stack=change.stack, address=change.address, action=change.action, details=details
        )


def _changed_back(planned: ResourceChange | None) -> set[tuple[str, ...]]:
    if planned is None or planned.action is Action.NO_OP:
        return set()
    return {difference.names for difference in differences(planned.before, planned.after)}


def _is_set(written: Any, names: tuple[str, ...]) -> bool:  # noqa: ANN401 - JSON
    """Whether the configuration sets an attribute, in any element of the lists on its path."""
    if isinstance(written, list):
        return any(_is_set(element, names) for element in written)
    if not names:
        return True
    return (
        isinstance(written, dict) and names[0] in written and _is_set(written[names[0]], names[1:])
    )

"""What somebody else changed, of all that a refresh finds other than the last apply left it.

A refresh also finds what nobody did: defaults that Google filled in, a cluster's list of its own
node pools. So a difference counts where the configuration sets the attribute, or where the plan
changes it back.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from operations.review.diff import differences
from operations.review.plan import Action, Change, Drift
from operations.terraform.synthesized import Table


def drifts(
    refreshed: Iterable[Change], planned: Iterable[Change], configuration: Table
) -> Iterator[Drift]:
    """What somebody else did to a stack's resources.

    Args:
        refreshed: each resource as the state has it, and as the refresh found it.
        planned: each resource as the refresh found it, and as the plan would leave it.
        configuration: the stack's JSON.
    """
    plans = {change.address: change for change in planned}
    for change in refreshed:
        if change.action is Action.DESTROYED:
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


def _changed_back(planned: Change | None) -> set[tuple[str, ...]]:
    if planned is None or planned.action is Action.KEPT:
        return set()
    return {one.names for one in differences(planned.before, planned.after)}


def _is_set(written: Any, names: tuple[str, ...]) -> bool:  # noqa: ANN401 - JSON
    """Whether the configuration sets an attribute, in whichever element of the lists on the way."""
    if isinstance(written, list):
        return any(_is_set(one, names) for one in written)
    if not names:
        return True
    return (
        isinstance(written, dict) and names[0] in written and _is_set(written[names[0]], names[1:])
    )

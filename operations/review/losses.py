"""What is replaced or destroyed, other than APIs and names."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from operations.review.line import Line
from operations.review.plan import Action, Change, found
from operations.review.resource_types import (
    ADDRESS,
    CLUSTER,
    CONNECTOR,
    NETWORK,
    NODE_POOL,
    SUBNET,
)
from operations.review.risk import DEPLOY, MADE_ANEW, Explained, Risk, explained


def losses(line: Line) -> Iterator[Explained]:
    """The risks of what the plans take away."""
    for change in line.changes:
        if subnet_of := _connector_on(line, change):
            yield from _connector_subnet(line, change, subnet_of)
        elif _moves_secondary_ranges(change):
            yield explained(
                Risk.HIGH,
                change,
                "secondary ranges change while the cluster is in them: Google rejects that, and the"
                " apply stops",
                MADE_ANEW,
                env=line.environment,
            )
        elif change.is_gone:
            rule = next((one for one in _RULES if one.is_for(change)), _ANY)
            reason = rule.reason.format(action=change.action)
            yield explained(rule.risk, change, reason, rule.next, env=line.environment)
        elif change.action is Action.FORGOTTEN:
            yield explained(
                Risk.LOW,
                change,
                "leaves Terraform's state and stays as it is: no later apply changes it",
                DEPLOY,
                env=line.environment,
            )


def _connector_on(line: Line, subnet: Change) -> Change | None:
    """The connector that is on a subnet now, if that one is replaced or destroyed."""
    if subnet.kind != SUBNET or not subnet.is_gone:
        return None
    return next(
        (
            one
            for one in line.changes
            if one.kind == CONNECTOR and subnet.now["name"] in found(one.now, "subnet.name")
        ),
        None,
    )


def _moves_secondary_ranges(subnet: Change) -> bool:
    path = "secondary_ip_range.ip_cidr_range"
    before, after = (set(found(values, path)) for values in (subnet.now, subnet.after))
    return subnet.kind == SUBNET and subnet.action is Action.CHANGED and not before <= after


def _connector_subnet(line: Line, subnet: Change, connector: Change) -> Iterator[Explained]:
    if connector.is_gone:
        return
    yield explained(
        Risk.HIGH,
        subnet,
        f'subnet {subnet.action} while {connector.title} stays on it: the apply stops ("already'
        ' being used by")',
        f"put `replace_triggered_by` the subnet's id back on the connector, then {DEPLOY}",
        env=line.environment,
    )


def _is_renamed(connector: Change) -> bool:
    """Whether app.yaml must name it otherwise."""
    return any(connector.now[key] != connector.after[key] for key in ("name", "region"))


def _is_protected(cluster: Change) -> bool:
    return cluster.now.get("deletion_protection") is True


def _always(_: Change) -> bool:
    return True


@dataclass(frozen=True, kw_only=True)
class _Rule:
    kinds: frozenset[str]
    reason: str
    next: str = DEPLOY
    risk: Risk = Risk.HIGH
    actions: frozenset[Action] = frozenset({Action.REPLACED, Action.DESTROYED})
    when: Callable[[Change], bool] = _always

    def is_for(self, change: Change) -> bool:
        return change.kind in self.kinds and change.action in self.actions and self.when(change)


_REPLACED: Final = frozenset({Action.REPLACED})
_DESTROYED: Final = frozenset({Action.DESTROYED})

_RULES: Final = (
    _Rule(
        kinds=frozenset({CONNECTOR}),
        actions=_REPLACED,
        when=_is_renamed,
        reason="connector replaced by one of another name: the app's calls fail for some minutes,"
        " and until app.yaml names the new one",
        next=f"{DEPLOY}, then `make app-yaml ENV={{env}} APP=path/to/app.yaml` and"
        " `gcloud app deploy`",
    ),
    _Rule(
        kinds=frozenset({CONNECTOR}),
        actions=_REPLACED,
        reason="connector replaced: the app's calls fail until the new one is there, minutes, and"
        " the app is deployed again",
        next=f"{DEPLOY}, then `gcloud app deploy`",
    ),
    _Rule(
        kinds=frozenset({CONNECTOR}),
        actions=_DESTROYED,
        reason="connector destroyed: the app's calls fail, and app.yaml names what is not there",
        next="`make app-yaml ENV={env} APP=path/to/app.yaml ARGS=--remove`, `gcloud app deploy`,"
        f" delete the app's older versions, then {DEPLOY}",
    ),
    _Rule(
        kinds=frozenset({CLUSTER}),
        when=_is_protected,
        reason="cluster {action} before `deletion_protection = false` is applied: the node pool is"
        " destroyed, then the apply stops",
        next=f"take the change back, set `deletion_protection = false` and run {DEPLOY}; then make"
        f" the change again and run {DEPLOY}",
    ),
    _Rule(
        kinds=frozenset({CLUSTER}),
        reason="cluster {action}: everything that runs in it is lost, with its volumes",
        next=f"save what its volumes hold, {DEPLOY}, then deploy the pods again",
    ),
    _Rule(
        kinds=frozenset({ADDRESS}),
        reason="address {action}: anybody may get it next, and it cannot be taken back",
    ),
    _Rule(
        kinds=frozenset({NETWORK, SUBNET}),
        reason="{action}, but everything else is in it: the apply stops",
        next=MADE_ANEW,
    ),
    _Rule(
        kinds=frozenset({"google_service_account"}),
        risk=Risk.MEDIUM,
        reason="a new account of the same name is another identity: roles given elsewhere are lost",
        next=f"{DEPLOY}, then give it those roles again",
    ),
    _Rule(
        kinds=frozenset({NODE_POOL}),
        risk=Risk.MEDIUM,
        reason="nodes taken down: their pods stop, and come back only where there is room",
    ),
    _Rule(
        kinds=frozenset({"terraform_data", "google_project_service", "google_project_iam_member"}),
        risk=Risk.LOW,
        reason="is {action}",
    ),
)

_ANY: Final = _Rule(kinds=frozenset(), risk=Risk.MEDIUM, reason="is {action}")

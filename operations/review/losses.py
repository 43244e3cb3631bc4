"""Replaced and destroyed resources, other than APIs and names."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from operations.review.environment import Environment
from operations.review.plan import Action, ResourceChange, values_at
from operations.review.resource_types import (
    ADDRESS,
    CLUSTER,
    CONNECTOR,
    NETWORK,
    NODE_POOL,
    SUBNET,
)
from operations.review.risk import DEPLOY, REBUILD, Explanation, Risk, explain


def losses(environment: Environment) -> Iterator[Explanation]:
    """The risks of replaced and destroyed resources."""
    for change in environment.changes:
        if connector := _connector_on(environment, change):
            yield from _connector_subnet(environment, change, connector)
        elif _changes_secondary_ranges(change):
            yield explain(
                Risk.HIGH,
                change,
                "secondary ranges change while the cluster uses them: Google rejects that, and the"
                " apply stops",
                REBUILD,
                env=environment.name,
            )
        elif change.is_gone:
            rule = next((rule for rule in _RULES if rule.matches(change)), _DEFAULT)
            reason = rule.reason.format(action=change.removal)
            yield explain(rule.risk, change, reason, rule.next, env=environment.name)


def _connector_on(environment: Environment, subnet: ResourceChange) -> ResourceChange | None:
    """The connector that uses a subnet now, if the subnet is replaced or destroyed."""
    if subnet.kind != SUBNET or not subnet.is_gone:
        return None
    return next(
        (
            change
            for change in environment.changes
            if change.kind == CONNECTOR
            and subnet.now["name"] in values_at(change.now, "subnet.name")
        ),
        None,
    )


def _changes_secondary_ranges(subnet: ResourceChange) -> bool:
    path = "secondary_ip_range.ip_cidr_range"
    before, after = (set(values_at(values, path)) for values in (subnet.now, subnet.after))
    return subnet.kind == SUBNET and subnet.action is Action.CHANGE and not before <= after


def _connector_subnet(
    environment: Environment, subnet: ResourceChange, connector: ResourceChange
) -> Iterator[Explanation]:
    if connector.is_gone:
        return
    yield explain(
        Risk.HIGH,
        subnet,
        f'subnet {subnet.removal} while {connector.title} uses it: the apply stops ("already'
        ' being used by")',
        f"put `replace_triggered_by` the subnet's id back on the connector, then {DEPLOY}",
        env=environment.name,
    )


def _is_renamed(connector: ResourceChange) -> bool:
    """Whether app.yaml must name the connector differently."""
    return any(connector.now[key] != connector.after[key] for key in ("name", "region"))


def _is_protected(cluster: ResourceChange) -> bool:
    return cluster.now.get("deletion_protection") is True


def _always(_: ResourceChange) -> bool:
    return True


@dataclass(frozen=True, kw_only=True)
class _Rule:
    kinds: frozenset[str]
    reason: str
    next: str = DEPLOY
    risk: Risk = Risk.HIGH
    actions: frozenset[Action] = frozenset({Action.REPLACE, Action.DESTROY})
    when: Callable[[ResourceChange], bool] = _always

    def matches(self, change: ResourceChange) -> bool:
        return change.kind in self.kinds and change.action in self.actions and self.when(change)


ANOTHER_CONNECTOR: Final = (
    "connector replaced by one with another name: the app's calls fail until app.yaml names the new"
    " one"
)
NAME_IN_APP: Final = (
    f"{DEPLOY}, then `make app-yaml ENV={{env}} APP=path/to/app.yaml` and `gcloud app deploy`"
)

_REPLACE: Final = frozenset({Action.REPLACE})
_DESTROY: Final = frozenset({Action.DESTROY})

_RULES: Final = (
    _Rule(
        kinds=frozenset({CONNECTOR}),
        actions=_REPLACE,
        when=_is_renamed,
        reason=ANOTHER_CONNECTOR,
        next=NAME_IN_APP,
    ),
    _Rule(
        kinds=frozenset({CONNECTOR}),
        actions=_REPLACE,
        reason="connector replaced: the app's calls fail until the new one is ready, which takes"
        " minutes, and the app is deployed again",
        next=f"{DEPLOY}, then `gcloud app deploy`",
    ),
    _Rule(
        kinds=frozenset({CONNECTOR}),
        actions=_DESTROY,
        reason="connector destroyed: the app's calls fail, and app.yaml names a connector that does"
        " not exist",
        next="`make app-yaml ENV={env} APP=path/to/app.yaml ARGS=--remove`, `gcloud app deploy`,"
        f" delete the app's older versions, then {DEPLOY}",
    ),
    _Rule(
        kinds=frozenset({CLUSTER}),
        when=_is_protected,
        reason="cluster {action} before `deletion_protection = false` is applied: the node pool is"
        " destroyed, then the apply stops",
        next=f"undo the change, set `deletion_protection = false` and run {DEPLOY}; then make"
        f" the change again and run {DEPLOY}",
    ),
    _Rule(
        kinds=frozenset({CLUSTER}),
        reason="cluster {action}: everything that runs in it is lost, including its volumes",
        next=f"save the data in its volumes, {DEPLOY}, then deploy the pods again",
    ),
    _Rule(
        kinds=frozenset({ADDRESS}),
        reason="address {action}: another resource may get it, and you cannot reclaim it",
    ),
    _Rule(
        kinds=frozenset({NETWORK, SUBNET}),
        reason="{action}, but other resources use it: the apply stops",
        next=REBUILD,
    ),
    _Rule(
        kinds=frozenset({"google_service_account"}),
        risk=Risk.MEDIUM,
        reason="a new account with the same name is another identity: roles that were granted"
        " elsewhere are lost",
        next=f"{DEPLOY}, then grant it those roles again",
    ),
    _Rule(
        kinds=frozenset({NODE_POOL}),
        risk=Risk.MEDIUM,
        reason="nodes {action}: their pods stop, and start again only where there is capacity",
    ),
    _Rule(
        kinds=frozenset({"google_project_service"}),
        actions=_DESTROY,
        risk=Risk.LOW,
        reason="no longer in Terraform's state; the API stays enabled",
    ),
    _Rule(
        kinds=frozenset({"terraform_data", "google_project_service", "google_project_iam_member"}),
        risk=Risk.LOW,
        reason="is {action}",
    ),
)

_DEFAULT: Final = _Rule(kinds=frozenset(), risk=Risk.MEDIUM, reason="is {action}")

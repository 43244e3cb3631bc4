"""What the plans do about what exists, when a section's `existing` changes."""

from collections.abc import Iterator
from typing import Final

from operations.review.environment import Environment
from operations.review.plan import Action, Plan, ResourceChange
from operations.review.resource_types import CLUSTER, CONNECTOR, FIREWALL
from operations.review.risk import DEPLOY, Explanation, Risk, explain


def existing_risks(environment: Environment) -> Iterator[Explanation]:
    """The risks of what Terraform forgets, what it creates though it exists, and of deny rules."""
    for plan in environment.plans:
        yield from _forgotten(environment, plan)
        yield from _created_again(environment, plan)
    connector = environment.only(CONNECTOR)
    if connector and connector.exists:
        yield from _deny_rules(environment, connector)


def _forgotten(environment: Environment, plan: Plan) -> Iterator[Explanation]:
    forgotten = [change for change in plan.changes if change.action is Action.FORGET]
    if forgotten:
        yield explain(
            Risk.LOW,
            forgotten[0],
            "removed from Terraform's state, and left in Google Cloud as it is:"
            f" {', '.join(change.noun_and_title for change in forgotten)}; later deploys neither"
            " change nor delete any of it",
            f"{DEPLOY}; what nobody needs any more, delete with gcloud",
            env=environment.name,
        )


def _created_again(environment: Environment, plan: Plan) -> Iterator[Explanation]:
    for change in plan.changes:
        for read in plan.read_before:
            if change.action is Action.ADD and _is_same(change, read):
                cluster = _OF_CLUSTER if change.kind == CLUSTER else ""
                yield explain(
                    Risk.HIGH,
                    change,
                    f"{change.noun_and_title} exists, and the stack has only read it: Google"
                    ' rejects a second one ("already exists"), and the apply stops',
                    "keep `existing = true`; or choose another name; or import it, then review"
                    f" again: `terraform -chdir=cdktf.out/stacks/{plan.stack} import"
                    f" {change.address} {read.after['id']}`{cluster}",
                    env=environment.name,
                )


_OF_CLUSTER: Final = (
    ". Terraform replaces an imported cluster, and all that runs in it, unless it has exactly the"
    " properties that the settings give it"
)


def _is_same(created: ResourceChange, read: ResourceChange) -> bool:
    return created.kind == read.kind and all(
        created.after.get(key) == read.after.get(key) for key in ("name", "region", "location")
    )


def _deny_rules(environment: Environment, connector: ResourceChange) -> Iterator[Explanation]:
    rules = [
        change
        for change in environment.changes
        if change.kind == FIREWALL
        and change.part == connector.part
        and (change.after or change.before).get("deny")
    ]
    if gone := [rule for rule in rules if rule.action is Action.DESTROY]:
        yield explain(
            Risk.HIGH,
            gone[0],
            f"the rules that deny {connector.title} all but the APIs are destroyed: from then on,"
            " every app that uses the connector reaches the whole VPC",
            "if only this environment's apps use it, keep the rules: `deny_rules = true` in"
            f" `[connector]` of `environments/{{env}}.toml`; if not, {DEPLOY}",
            *gone[1:],
            env=environment.name,
        )
    if added := [rule for rule in rules if rule.action is Action.ADD]:
        yield explain(
            Risk.MEDIUM,
            added[0],
            f"from then on, {connector.title} reaches only the APIs: calls of its other users fail",
            f"make sure that only this environment's apps use it, then {DEPLOY}",
            *added[1:],
            env=environment.name,
        )

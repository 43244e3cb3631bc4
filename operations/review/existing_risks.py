"""What the plans do about what exists, when a section's `existing` changes."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from operations.review.environment import Environment
from operations.review.losses import ANOTHER_CONNECTOR, NAME_IN_APP
from operations.review.plan import Action, Plan, ResourceChange
from operations.review.resource_types import CLUSTER, CONNECTOR, FIREWALL, SERVICE, SUBNET
from operations.review.risk import DEPLOY, Explanation, Risk, explain
from operations.review.unread import list_command


def existing_risks(environment: Environment) -> Iterator[Explanation]:
    """The risks of what Terraform forgets, what it creates though it exists, and of connectors."""
    for plan in environment.plans:
        yield from _forgotten(environment, plan)
        yield from _created_again(environment, plan)
    connector = environment.only(CONNECTOR)
    # If Terraform replaces a connector that it created, the old one does not remain.
    if connector and connector.action in {Action.READ, Action.ADD}:
        yield from _another_connector(environment, connector)
        yield from _deny_rules(environment, connector)


def _forgotten(environment: Environment, plan: Plan) -> Iterator[Explanation]:
    forgotten = [change for change in plan.changes if change.action is Action.FORGET]
    old = next((change for change in forgotten if change.kind == CLUSTER), None)
    new = next((found for found in plan.found if found.kind == CLUSTER), None)
    if old and new and not _is_same(old, new):
        yield _another_cluster(environment, old, new, forgotten)
    elif forgotten:
        yield explain(
            Risk.LOW,
            forgotten[0],
            "removed from Terraform's state, and left in Google Cloud as it is:"
            f" {', '.join(change.noun_and_title for change in forgotten)}; later deploys neither"
            " change nor delete any of it",
            f"{DEPLOY}; what nobody needs any more, delete with gcloud",
            env=environment.name,
        )


def _another_cluster(
    environment: Environment,
    old: ResourceChange,
    new: ResourceChange,
    forgotten: Sequence[ResourceChange],
) -> Explanation:
    """Terraform finds objects in a cluster by name only (docs/existing.md, "Another cluster")."""
    return explain(
        Risk.HIGH,
        old,
        f"the Services of this environment are in {_placed(old)}: Terraform would take over, change"
        f" or destroy objects of the same names in {_placed(new)}",
        f'write the old name and location in `environments/{{env}}.toml`: `name = "{old.title}"`'
        f' and `location = "{old.after["location"]}"` in `[cluster]`; then review again',
        *forgotten,
        env=environment.name,
    )


def _placed(cluster: ResourceChange) -> str:
    """A cluster with its location, because two locations can have clusters of one name."""
    return f"cluster {cluster.title} in {cluster.after['location']}"


def _created_again(environment: Environment, plan: Plan) -> Iterator[Explanation]:
    for change in plan.changes:
        if change.action is Action.ADD:
            same_kind = [read for read in plan.read_before if read.kind == change.kind]
            same = next((read for read in same_kind if _is_same(change, read)), None)
            if same:
                yield _exists(environment, change, same)
            elif same_kind and change.kind == CLUSTER and _has_services(environment):
                yield _left_behind(environment, change, same_kind[0])
            elif same_kind and change.kind != SUBNET:
                yield _may_exist(environment, change, same_kind[0])


def _exists(environment: Environment, change: ResourceChange, read: ResourceChange) -> Explanation:
    cluster = _OF_CLUSTER if change.kind == CLUSTER else ""
    return explain(
        Risk.HIGH,
        change,
        f"{change.noun_and_title} exists, and the stack has only read it: Google rejects a second"
        ' one ("already exists"), and the apply stops',
        "keep `existing = true`; or choose another name; or import it, then review again:"
        f" `terraform -chdir=cdktf.out/stacks/{change.stack} import {change.address}"
        f" {read.after['id']}`{cluster}",
        env=environment.name,
    )


def _has_services(environment: Environment) -> bool:
    return any(change.kind == SERVICE and change.now for change in environment.changes)


def _left_behind(
    environment: Environment, change: ResourceChange, read: ResourceChange
) -> Explanation:
    """The state of the service stack does not say in which cluster its objects are."""
    return explain(
        Risk.HIGH,
        change,
        f"the Services stay in {_placed(read)}, and no stack manages them any more; their addresses"
        " stay in use, so the apply stops",
        "undo the change, and with the old settings run `make destroy ENV={env} STACK=dns` and"
        " `make destroy ENV={env} STACK=service`; then make the change again and run"
        f" {DEPLOY}",
        env=environment.name,
    )


def _may_exist(
    environment: Environment, change: ResourceChange, read: ResourceChange
) -> Explanation:
    """Before the stack read another one, it may have created this one, and then forgotten it."""
    project = str(read.after["id"]).split("/")[1]
    command = list_command(change.kind, project, str(change.after.get("region")))
    return explain(
        Risk.LOW,
        change,
        f"{change.noun_and_title} is created, and before, the stack has read {read.title}: if"
        f" {change.title} exists, too, because an earlier deploy made Terraform forget it, Google"
        ' rejects a second one ("already exists"), and the apply stops',
        f"make sure that {change.title} does not exist: `{command}`; then {DEPLOY}",
        env=environment.name,
    )


_OF_CLUSTER: Final = (
    ". Terraform replaces an imported cluster, and all that runs in it, unless it has exactly the"
    " properties that the settings give it"
)


def _is_same(change: ResourceChange, read: ResourceChange) -> bool:
    """Whether two resources of one type are the same in Google Cloud."""
    return all(
        change.after.get(key) == read.after.get(key) for key in ("name", "region", "location")
    )


def _another_connector(
    environment: Environment, connector: ResourceChange
) -> Iterator[Explanation]:
    """A change of what the output for app.yaml names. On the first day, there is no output yet."""
    named = environment.output_now("connector_id")
    location = f"/locations/{connector.after['region']}/connectors/{connector.after['name']}"
    if named is not None and not str(named).endswith(location):
        yield explain(Risk.HIGH, connector, ANOTHER_CONNECTOR, NAME_IN_APP, env=environment.name)


def _deny_rules(environment: Environment, connector: ResourceChange) -> Iterator[Explanation]:
    """What happens to a connector that remains, or is there before its rules are."""
    rules = [
        change
        for change in environment.changes
        if change.kind == FIREWALL
        and change.part == connector.part
        and (change.after or change.before).get("deny")
    ]
    moved = [rule for rule in rules if rule.now and rule.after and _moves(rule)]
    gone = moved + [rule for rule in rules if rule.action is Action.DESTROY]
    if gone and _are_of(environment, gone):
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
    elif gone:
        old = _old_connector(gone)
        yield explain(
            Risk.HIGH,
            gone[0],
            f"the rules that deny {old} all but the APIs no longer apply to it: it reaches the"
            " whole VPC, as long as an app uses it",
            f"{DEPLOY}, then deploy every app and version that uses {old} with {connector.title},"
            " or delete it",
            *gone[1:],
            env=environment.name,
        )
    added = moved + [rule for rule in rules if rule.action is Action.ADD]
    if added and connector.exists:
        yield explain(
            Risk.HIGH,
            added[0],
            f"from then on, {connector.title} reaches only the APIs: calls of its other users fail",
            f"make sure that only this environment's apps use it, then {DEPLOY}",
            *added[1:],
            env=environment.name,
        )


def _moves(rule: ResourceChange) -> bool:
    """Whether a rule applies to another connector. Its range can change without that."""
    before = _tags([rule])
    return bool(before) and before.isdisjoint(rule.elements("target_tags"))


def _are_of(environment: Environment, rules: Sequence[ResourceChange]) -> bool:
    """Whether rules apply to the connector until the plan is applied."""
    tags, sources = _tags(rules), _sources(rules)
    if tags:
        return not tags.isdisjoint(environment.connector_tags())
    return not sources or environment.connector_range() in sources


def _old_connector(rules: Sequence[ResourceChange]) -> str:
    """The connector that rules apply to until the plan is applied, by its name or its range."""
    names = {_BEFORE_NAME.sub("", tag) for tag in _tags(rules)}
    return f"connector {', '.join(sorted(names) or _sources(rules))}"


_BEFORE_NAME: Final = re.compile(r"^vpc-connector-[a-z]+-[a-z]+\d+-")
"""What precedes the name in the tag of a connector's instances.

https://cloud.google.com/vpc/docs/configure-serverless-vpc-access.
"""


def _tags(rules: Iterable[ResourceChange]) -> set[str]:
    return {tag for rule in rules for tag in rule.elements("target_tags", rule.now)}


def _sources(rules: Iterable[ResourceChange]) -> list[str]:
    return [source for rule in rules for source in rule.elements("source_ranges", rule.now)]

"""What blocks a destroy, in the order in which to clear it (docs/operations.md, "Destroy").

Deployed versions of an app, and records that others added to the zone, are in no Terraform state: a
finding says so and names the command that lists them.
"""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from operations.app_yaml.file import AppYaml
from operations.review.environment import Environment
from operations.review.plan import ResourceChange
from operations.review.resource_types import (
    CLUSTER,
    CONNECTOR,
    NETWORK,
    RECORD,
    ZONE,
)
from operations.review.risk import Finding, Risk
from operations.terraform.synthesized import Stack, Table


def obstacles(
    environment: Environment, stacks: Sequence[Stack], apps: Sequence[AppYaml]
) -> Iterator[Finding]:
    """The obstacles of one environment.

    Args:
        environment: its plans, which destroy everything.
        stacks: its synthesized stacks.
        apps: the app.yaml files that may name its connector.
    """
    if not (environment.changes or environment.failures):
        return
    by_part = {stack.part: stack for stack in stacks}
    project = by_part["network"].project
    yield from _still_managed(environment, stacks)
    connectors = _connectors(environment, by_part["connector"].configuration, project)
    if connectors:
        keeps_vpc = NETWORK in by_part["network"].configuration.get("resource", {})
        effects = _KEEPS_VPC if keeps_vpc else _CALLS_FAIL
        for app in apps:
            if app.connector in connectors:
                yield _app(environment, project, app, effects.of_app)
        yield _versions(project, apps, effects.of_versions)
    yield from _zones(environment, project)
    yield from _protection(environment, stacks)


def _still_managed(environment: Environment, stacks: Sequence[Stack]) -> Iterator[Finding]:
    """What a deploy would forget. A destroy ignores `removed` blocks, and destroys it."""
    for stack in stacks:
        forgotten = {block["from"] for block in stack.configuration.get("removed", [])}
        destroyed = [
            change
            for change in environment.changes
            if change.stack == stack.name and change.is_gone and change.address in forgotten
        ]
        if destroyed:
            yield Finding(
                risk=Risk.HIGH,
                stack=stack.name,
                address=destroyed[0].address,
                reason=f"Terraform still manages {_titles(destroyed)}, and destroys it although it"
                " exists on its own according to the settings",
                next=f"`make deploy ENV={environment.name}`, which makes Terraform forget it",
            )


class _Effects(NamedTuple):
    """What it means that apps and deployed versions name the connector."""

    of_app: str
    of_versions: str


_KEEPS_VPC: Final = _Effects(
    of_app="Google does not delete the VPC as long as a deployed version names it",
    of_versions="Google does not delete the VPC as long as one of them names the connector, even"
    " if it serves no traffic",
)
_CALLS_FAIL: Final = _Effects(
    of_app="its calls fail once the connector is destroyed",
    of_versions="the calls of those that name the connector fail once it is destroyed",
)
"""The VPC exists on its own: it is not deleted."""


def _app(environment: Environment, project: str, app: AppYaml, effect: str) -> Finding:
    return Finding(
        risk=Risk.HIGH,
        stack="",
        address="",
        reason=f"{app.path} names the connector: {effect}",
        next=f"`make app-yaml ENV={environment.name} APP={app.path} ARGS=--remove`, then"
        f" `gcloud app deploy {app.path} --project={project}`",
    )


def _connectors(environment: Environment, configuration: Table, project: str) -> set[str]:
    """The IDs by which an app.yaml may name the connector: as applied, and as configured.

    A destroyed connector counts, too: a version that names it still blocks the VPC's deletion. An
    existing one is not destroyed.
    """
    created = configuration.get("resource", {}).get(CONNECTOR, {}).values()
    configured = (
        f"projects/{project}/locations/{connector['region']}/connectors/{connector['name']}"
        for connector in created
    )
    return {*configured, *(change.now["id"] for change in environment.gone(CONNECTOR))}


def _versions(project: str, apps: Sequence[AppYaml], effect: str) -> Finding:
    unnamed = "" if apps else "no app.yaml was given (`--app path/to/app.yaml`), and "
    return Finding(
        risk=Risk.LOW,
        stack="",
        address="",
        reason=f"{unnamed}Terraform does not know the deployed versions: {effect}",
        next=f"`gcloud app versions list --project={project}`, then `gcloud app versions delete`"
        " the older ones",
    )


def _zones(environment: Environment, project: str) -> Iterator[Finding]:
    known = ", ".join(["NS", "SOA", *(record.now["name"] for record in environment.gone(RECORD))])
    for zone in environment.gone(ZONE):
        yield Finding(
            risk=Risk.LOW,
            stack=zone.stack,
            address=zone.address,
            reason="Terraform does not know the records that others added: Google does not delete a"
            " zone that holds one",
            next=f"`gcloud dns record-sets list --zone={zone.now['name']} --project={project}`,"
            f" then delete the records other than {known}",
        )


def _protection(environment: Environment, stacks: Sequence[Stack]) -> Iterator[Finding]:
    """Terraform checks the protection in the settings, Google's provider the applied protection."""
    rejected = [
        change
        for change in environment.changes
        # The address of a `for_each` instance ends with its key.
        if change.address.partition("[")[0] in _protected(stacks, change.stack)
    ]
    applied = [
        cluster for cluster in environment.gone(CLUSTER) if cluster.now.get("deletion_protection")
    ]
    if not (rejected or applied):
        return
    first = (applied or rejected)[0]
    steps = []
    if rejected:
        steps.append(f"set `deletion_protection = false` in `environments/{environment.name}.toml`")
    if applied:
        steps.append(f"`make deploy ENV={environment.name}`")
    yield Finding(
        risk=Risk.HIGH,
        stack=first.stack,
        address=first.address,
        reason=f"protected from being destroyed: {_titles([*applied, *rejected])}",
        next=", then ".join(steps),
    )


def _protected(stacks: Sequence[Stack], name: str) -> set[str]:
    """The addresses in a stack that `prevent_destroy` protects."""
    return {
        f"{kind}.{key}"
        for stack in stacks
        if stack.name == name
        for kind, resources in stack.configuration.get("resource", {}).items()
        for key, resource in resources.items()
        if resource.get("lifecycle", {}).get("prevent_destroy")
    }


def _titles(changes: Sequence[ResourceChange]) -> str:
    return ", ".join(dict.fromkeys(change.noun_and_title for change in changes))

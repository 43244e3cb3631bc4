"""What blocks a destroy, in the order in which to clear it (docs/operations.md, "Destroy").

Deployed versions of an app, and records that others added to the zone, are in no Terraform state: a
finding says so and names the command that lists them.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from operations.app_yaml.file import AppYaml
from operations.review.environment import Environment
from operations.review.plan import ResourceChange
from operations.review.resource_types import (
    CLUSTER,
    CONNECTOR,
    NAMESPACE,
    NETWORK,
    RECORD,
    SUBNET,
    ZONE,
)
from operations.review.risk import Finding, Risk
from operations.terraform.synthesized import Stack, Table

_NOUNS: Final = {
    CLUSTER: "cluster",
    NAMESPACE: "namespace",
    NETWORK: "VPC",
    SUBNET: "subnet",
}


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
    configurations = {stack.part: stack.configuration for stack in stacks}
    project = configurations["network"]["provider"]["google"][0]["project"]
    connectors = _connectors(environment, configurations["connector"], project)
    for app in apps:
        if app.connector in connectors:
            yield Finding(
                risk=Risk.HIGH,
                stack="",
                address="",
                reason=f"{app.path} names the connector: Google does not delete the VPC as long as"
                " a deployed version names it",
                next=f"`make app-yaml ENV={environment.name} APP={app.path} ARGS=--remove`, then"
                f" `gcloud app deploy {app.path} --project={project}`",
            )
    yield _versions(project, apps)
    yield from _zones(environment, project)
    yield from _protection(environment, stacks)


def _connectors(environment: Environment, configuration: Table, project: str) -> set[str]:
    """The IDs by which an app.yaml may name the connector: as applied, and as configured.

    A destroyed connector counts, too: a version that names it still blocks the VPC's deletion.
    """
    (connector,) = configuration["resource"][CONNECTOR].values()
    configured = (
        f"projects/{project}/locations/{connector['region']}/connectors/{connector['name']}"
    )
    return {configured, *(change.now["id"] for change in environment.gone(CONNECTOR))}


def _versions(project: str, apps: Sequence[AppYaml]) -> Finding:
    unnamed = "" if apps else "no app.yaml was given (`--app path/to/app.yaml`), and "
    return Finding(
        risk=Risk.LOW,
        stack="",
        address="",
        reason=f"{unnamed}Terraform does not know the deployed versions: Google does not delete the"
        " VPC as long as one of them names the connector, even if it serves no traffic",
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
    titles = (f"{_NOUNS.get(change.kind, change.kind)} {change.title}" for change in changes)
    return ", ".join(dict.fromkeys(titles))

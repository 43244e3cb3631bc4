"""What stands in the way of a destroy, in the order to clear it (docs/operations.md, "Destroy").

Deployed versions of an app, and records that Terraform does not own, are in no state: a note says
so and names the command that lists them.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from operations.app_yaml.file import AppYaml
from operations.review.line import Line
from operations.review.plan import Change
from operations.review.resource_types import (
    CLUSTER,
    CONNECTOR,
    NAMESPACE,
    NETWORK,
    RECORD,
    SUBNET,
    ZONE,
)
from operations.review.risk import Note, Risk
from operations.terraform.synthesized import Stack, Table

_NOUNS: Final = {
    CLUSTER: "cluster",
    NAMESPACE: "namespace",
    NETWORK: "VPC",
    SUBNET: "subnet",
}


def obstacles(line: Line, stacks: Sequence[Stack], apps: Sequence[AppYaml]) -> Iterator[Note]:
    """The obstacles of one environment.

    Args:
        line: its plans, which destroy everything.
        stacks: its stacks as they were synthesized.
        apps: the app.yaml files that may name its connector.
    """
    if not (line.changes or line.failures):
        return
    configurations = {stack.part: stack.configuration for stack in stacks}
    project = configurations["network"]["provider"]["google"][0]["project"]
    connectors = _connectors(line, configurations["connector"], project)
    for app in apps:
        if app.connector in connectors:
            yield Note(
                risk=Risk.HIGH,
                stack="",
                address="",
                reason=f"{app.path} names the connector: Google keeps the VPC as long as a deployed"
                " version does",
                next=f"`make app-yaml ENV={line.environment} APP={app.path} ARGS=--remove`, then"
                f" `gcloud app deploy {app.path} --project={project}`",
            )
    yield _versions(project, apps)
    yield from _zones(line, project)
    yield from _protection(line, stacks)


def _connectors(line: Line, configuration: Table, project: str) -> set[str]:
    """The ids by which an app.yaml may name the connector: as applied, and as configured.

    One that is destroyed already counts, too: a version that names it still keeps the VPC.
    """
    (made,) = configuration["resource"][CONNECTOR].values()
    configured = f"projects/{project}/locations/{made['region']}/connectors/{made['name']}"
    return {configured, *(one.now["id"] for one in line.gone(CONNECTOR))}


def _versions(project: str, apps: Sequence[AppYaml]) -> Note:
    unnamed = "" if apps else "no app.yaml was given (`--app path/to/app.yaml`), and "
    return Note(
        risk=Risk.LOW,
        stack="",
        address="",
        reason=f"{unnamed}deployed versions cannot be seen from here: Google keeps the VPC as long"
        " as one of them names the connector, also if it serves nothing",
        next=f"`gcloud app versions list --project={project}`, then `gcloud app versions delete`"
        " the older ones",
    )


def _zones(line: Line, project: str) -> Iterator[Note]:
    known = ", ".join(["NS", "SOA", *(record.now["name"] for record in line.gone(RECORD))])
    for zone in line.gone(ZONE):
        yield Note(
            risk=Risk.LOW,
            stack=zone.stack,
            address=zone.address,
            reason="records of somebody else cannot be seen from here: Google keeps a zone that"
            " holds one",
            next=f"`gcloud dns record-sets list --zone={zone.now['name']} --project={project}`,"
            f" then delete what is listed beside {known}",
        )


def _protection(line: Line, stacks: Sequence[Stack]) -> Iterator[Note]:
    """Terraform rejects what the settings protect, and Google's provider what is applied so."""
    rejected = [
        one
        for one in line.changes
        # An instance of `for_each` has its key in its address.
        if one.address.partition("[")[0] in _protected(stacks, one.stack)
    ]
    applied = [one for one in line.gone(CLUSTER) if one.now.get("deletion_protection")]
    if not (rejected or applied):
        return
    first = (applied or rejected)[0]
    environment = line.environment
    steps = []
    if rejected:
        steps.append(f"set `deletion_protection = false` in `environments/{environment}.toml`")
    if applied:
        steps.append(f"`make deploy ENV={environment}`")
    yield Note(
        risk=Risk.HIGH,
        stack=first.stack,
        address=first.address,
        reason=f"protected from a destroy: {_titles([*applied, *rejected])}",
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


def _titles(changes: Sequence[Change]) -> str:
    titles = (f"{_NOUNS.get(change.kind, change.kind)} {change.title}" for change in changes)
    return ", ".join(dict.fromkeys(titles))

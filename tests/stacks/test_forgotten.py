"""Stacks forget what becomes existing, so that no deploy destroys what another owner takes over."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import pytest

from tests.line import STACKS, Line, Table, changed
from tests.support import COMBINATIONS, DEV_TABLE, REPORTS, ROOT, Synthesize, existing

PARTS: Final = ("connector", "cluster", "dns")

FIRST: Final[Table] = DEV_TABLE["services"][0]

CREATED: Final[Table] = {
    "network.nat": True,
    "services": [FIRST, REPORTS],
    "cluster.namespaces": ["apis"],
    "cluster.control_plane": "private",
    "cluster.authorized_networks": ["10.100.0.0/16"],
    "connector.extra_destinations": ["10.99.0.0/24"],
}
"""Settings of an environment that creates every resource that the stacks can create."""

KEPT: Final[Mapping[str, Mapping[str, object]]] = {
    "connector": {"connector.deny_rules": True, "connector.extra_destinations": ["10.99.0.0/24"]},
    "cluster": {"cluster.namespaces": ["apis"], "cluster.control_plane": "private"},
    "dns": {},
}
"""Settings with which a section of what exists keeps all resources of its own."""


def resources(line: Line, part: str) -> set[str]:
    """The addresses of a stack's resources."""
    kinds = line.stacks[part].get("resource", {})
    return {f"{kind}.{name}" for kind, found in kinds.items() for name in found}


def removed(line: Line, part: str) -> list[str]:
    """The addresses that a stack forgets."""
    blocks = line.stacks[part].get("removed", [])
    assert all(block["lifecycle"] == {"destroy": False} for block in blocks)
    return [block["from"] for block in blocks]


def forgetting(line: Line) -> set[str]:
    return {part for part in STACKS if removed(line, part)}


@pytest.mark.parametrize("parts", COMBINATIONS, ids=str)
def test_a_stack_requires_terraform_1_7_if_and_only_if_it_forgets(
    synthesize: Synthesize, parts: Sequence[str]
) -> None:
    line = synthesize(changed(DEV_TABLE, existing(*parts)))
    assert forgetting(line) == {"network", *parts}
    for part, stack in line.stacks.items():
        version = ">= 1.7" if part in forgetting(line) else ">= 1.4"
        assert stack["terraform"]["required_version"] == version


def test_an_environment_that_creates_everything_forgets_nothing(
    synthesize: Synthesize, table: Table
) -> None:
    assert forgetting(synthesize(table)) == set()


def test_what_becomes_existing_is_forgotten_and_everything_else_is_kept(
    synthesize: Synthesize,
) -> None:
    """If a construct creates a new resource, add the resource to stacks/forgotten.py."""
    created = synthesize(changed(DEV_TABLE, CREATED))
    kept = {key: value for part in PARTS for key, value in KEPT[part].items()}
    exists = synthesize(
        changed(DEV_TABLE, {"services": [FIRST, REPORTS], **existing(*PARTS), **kept})
    )
    promised = (ROOT / "tests" / "ids.txt").read_text(encoding="utf-8").splitlines()
    for part in STACKS:
        gone = resources(created, part) - resources(exists, part) - set(unowned(created, part))
        assert sorted(gone) == sorted(removed(exists, part)), part
        assert all(f"{part}: {address}" in promised for address in gone)
        assert resources(exists, part) <= resources(created, part)


def unowned(line: Line, part: str) -> Iterator[str]:
    """What a destroy does not change in Google Cloud: APIs stay on, and a wait only waits."""
    for name, api in line.all(part, "google_project_service").items():
        assert api["disable_on_destroy"] is False
        yield f"google_project_service.{name}"
    for name in line.all(part, "terraform_data"):
        yield f"terraform_data.{name}"


def test_a_connector_subnet_that_becomes_existing_is_forgotten(synthesize: Synthesize) -> None:
    line = synthesize(changed(DEV_TABLE, existing(connector_subnet="serverless")))
    created = synthesize(changed(DEV_TABLE, existing()))
    gone = resources(created, "connector") - resources(line, "connector")
    assert removed(line, "connector") == sorted(gone)


@pytest.mark.parametrize(
    "exists",
    [
        *(existing(*parts) for parts in COMBINATIONS),
        *(
            existing(*parts, connector_subnet="serverless")
            for parts in COMBINATIONS
            if "connector" not in parts
        ),
    ],
    ids=lambda exists: " ".join([*exists, exists["network"].get("connector_subnet", "")]),
)
def test_no_stack_forgets_what_it_creates(synthesize: Synthesize, exists: Table) -> None:
    """Terraform rejects a `removed` block for a resource of the configuration."""
    line = synthesize(changed(DEV_TABLE, exists))
    for part in STACKS:
        assert not resources(line, part) & set(removed(line, part))

"""docs/existing.md: its settings are valid, its tables complete, its errors those of the stacks."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from settings.existing import (
    ExistingCluster,
    ExistingConnector,
    ExistingDns,
    ExistingNetwork,
)
from settings.load import load
from settings.section import Section
from tests.line import Line, Table, changed
from tests.pages import blocks, page, section
from tests.support import DEV, ROOT, Synthesize
from tools.reference import SCHEMA

PAGE: Final = page("docs/existing.md")
ERRORS: Final = section(PAGE, "Errors")
EXAMPLES: Final = {
    path.name: path.read_text(encoding="utf-8")
    for path in sorted((ROOT / "examples").glob("existing-*.toml"))
}
NEW_CONNECTOR, NEW_API = "existing-network.toml", "existing-cluster.toml"
OF_BLOCKS: Final = [NEW_CONNECTOR, NEW_API, NEW_CONNECTOR]
"""The example that each block of settings on the page is a part of, or a change of."""

PERMISSIONS: Final = {
    "google_compute_network": {"compute.networks.get"},
    "google_compute_subnetwork": {"compute.subnetworks.get"},
    "google_vpc_access_connector": {"vpcaccess.connectors.get"},
    # The provider also reads the instance groups of the node pools.
    "google_container_cluster": {"container.clusters.get", "compute.instanceGroupManagers.get"},
    "google_dns_managed_zone": {"dns.managedZones.get"},
}
"""The permissions that each data source needs."""


def example(name: str) -> Table:
    return tomllib.loads(EXAMPLES[name])


def shown() -> list[Table]:
    """The settings of an example, with the sections of one block instead of its own, per block."""
    parts = [tomllib.loads(block) for block in blocks("toml", PAGE)]
    return [{**example(name), **part} for name, part in zip(OF_BLOCKS, parts, strict=True)]


@pytest.fixture
def lines(synthesize: Synthesize) -> list[Line]:
    """Synthesized stacks that together read everything that can exist, and require everything."""
    new_cluster = shown()[-1]
    ranges = {
        "network.nodes": "10.10.0.0/20",
        "network.pods": "10.64.0.0/14",
        "network.services": "10.11.0.0/20",
    }
    return [
        *(synthesize(example(name)) for name in EXAMPLES),
        synthesize(new_cluster),
        synthesize(changed(new_cluster, ranges)),
        synthesize(changed(new_cluster, {"services[0].address": "10.10.0.9"})),
    ]


def rules(lines: list[Line]) -> Iterator[str]:
    """The rules of all postconditions, with `…` for what depends on the settings or on Google."""
    for line in lines:
        for stack in line.stacks.values():
            for sources in stack.get("data", {}).values():
                for source in sources.values():
                    for condition in source.get("lifecycle", {}).get("postcondition", []):
                        (rule,) = re.findall("rule: (.*)", condition["error_message"])
                        yield re.sub(r"\$\{.*?\}", "…", rule)


def data_sources(lines: list[Line]) -> set[str]:
    return {
        kind
        for line in lines
        for stack in line.stacks.values()
        for kind in stack.get("data", {})
        if kind not in {"google_client_config", "terraform_remote_state"}
    }


def test_the_examples_and_the_first_environment_can_be_in_one_checkout(tmp_path: Path) -> None:
    for name, text in {**EXAMPLES, "dev.toml": DEV}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert [settings.environment for settings in load(tmp_path)] == [
        "dev",
        "existing-cluster",
        "existing-network",
    ]


def test_one_example_gives_no_range_and_the_other_has_some_checked() -> None:
    ranges = {"nodes", "pods", "services", "connector"}
    assert not ranges & example(NEW_API)["network"].keys()
    assert ranges & example(NEW_CONNECTOR)["network"].keys() == {"nodes", "connector"}


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_page_shows_sections_of_the_examples(name: str) -> None:
    assert example(name) == shown()[OF_BLOCKS.index(name)]
    assert f"(../examples/{name})" in PAGE


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_refers_to_the_schema_and_to_the_page(name: str) -> None:
    first = EXAMPLES[name].splitlines()[0].removeprefix("#:schema ")
    assert (ROOT / "examples" / first).samefile(ROOT / SCHEMA)
    assert "docs/existing.md" in EXAMPLES[name]


@pytest.mark.parametrize("table", shown(), ids=["connector", "api", "cluster"])
def test_every_block_of_settings_is_synthesized(table: Table, synthesize: Synthesize) -> None:
    assert synthesize(table).stacks


@pytest.mark.parametrize(
    "existing", [ExistingNetwork, ExistingConnector, ExistingCluster, ExistingDns]
)
def test_the_page_has_every_setting_of_what_exists(existing: type[Section]) -> None:
    named = set(re.findall(r"`(\w+)(?: = \w+)?`", PAGE))
    assert existing.model_fields.keys() <= named


def test_the_page_lists_every_rule_for_what_exists(lines: list[Line]) -> None:
    listed = re.findall(r"^\| `(\w.*?)` \|", ERRORS.split("Other errors")[0], flags=re.MULTILINE)
    patterns = {text: re.escape(text).replace("…", ".+") for text in listed}
    found = set(rules(lines))
    for rule in found:
        assert [text for text, pattern in patterns.items() if re.fullmatch(pattern, rule)], rule
    for text, pattern in patterns.items():
        assert [rule for rule in found if re.fullmatch(pattern, rule)], text


def test_the_error_on_the_page_is_that_of_a_postcondition(lines: list[Line]) -> None:
    (text,) = blocks("text", ERRORS)
    rule = re.findall("rule: (.*)", text)[0]
    assert rule in rules(lines)


def test_the_page_lists_the_permissions_to_read_what_exists(lines: list[Line]) -> None:
    table = section(PAGE, "Permissions")
    listed = set(re.findall(r"\| (\w+\.\w+\.get) \|", table))
    used = data_sources(lines)
    assert used == PERMISSIONS.keys()
    assert listed == {permission for kind in used for permission in PERMISSIONS[kind]}


def test_make_has_the_targets_of_the_commands() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    commands = [line for block in blocks("sh cloud", PAGE) for line in block.splitlines()]
    targets = [line.split()[1] for line in commands if line.startswith("make ")]
    assert targets
    for target in targets:
        assert f"\n{target}: " in makefile

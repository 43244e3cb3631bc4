"""What must hold for what exists: each condition, evaluated by Terraform for values that are read.

The postconditions are those of the synthesized stacks. A local value takes the place of `self`, so
that no provider is needed. tests/deploy covers how a data source of the provider fails.
"""

import json
import re
import subprocess
from ipaddress import IPv4Network
from pathlib import Path
from typing import Final

import pytest

from private_line import limits
from private_line.requirement import listed, overlap, within
from settings.environment import Settings
from stacks.app import synthesize
from tests.line import Line, Table, changed, errors_in
from tests.private_line.postconditions import CASES, NODES, PRIVATE
from tests.support import DEV_TABLE

pytestmark = pytest.mark.terraform

RANGES: Final = (
    *("10.0.0.0/8", "10.255.255.0/24", "9.255.255.0/24", "11.0.0.0/8", "10.0.0.0/7", "8.0.0.0/5"),
    *("172.16.0.0/12", "172.15.255.0/24", "172.16.0.0/28", "172.31.255.240/28", "172.32.0.0/24"),
    *("172.0.0.0/11", "100.63.255.0/24", "100.64.0.0/10", "100.127.255.0/24", "100.128.0.0/9"),
    *("192.167.255.0/24", "192.168.0.0/16", "192.168.0.0/15", "192.168.255.0/24", "192.169.0.0/24"),
    *("0.0.0.0/0", "240.0.0.0/4", "198.18.0.0/15", "198.20.0.0/24", "255.255.255.255/32"),
)
"""On both sides of each border of the private ranges."""


def evaluated(folder: Path, locals_: Table, values: Table) -> Table:
    """The values of expressions, which are outputs of a configuration without resources."""
    outputs = {name: {"value": value} for name, value in values.items()}
    configuration = json.dumps({"locals": locals_, "output": outputs})
    (folder / "main.tf.json").write_text(configuration, encoding="utf-8")
    for command in (["plan", "-input=false", "-out=plan"], ["show", "-json", "plan"]):
        done = subprocess.run(  # noqa: S603 - our own command, no shell
            ["terraform", *command],  # noqa: S607 - that of the checkout
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    planned: Table = json.loads(done.stdout)["planned_values"]["outputs"]
    return {name: output.get("value") for name, output in planned.items()}


def postconditions(line: Line, part: str, kind: str) -> list[dict[str, str]]:
    """The postconditions of the only data source of a type."""
    (data,) = line.stacks[part]["data"][kind].values()
    found: list[dict[str, str]] = data["lifecycle"]["postcondition"]
    return found


def without_references(expression: str, self_: str) -> str:
    """An expression with a local value in place of `self`, and IDs in place of references."""
    for pattern, replacement in (
        (r"\bself\.", f"local.{self_}."),
        (r"data\.google_compute_network\.network\.id", "local.network_id"),
        (
            r"data\.terraform_remote_state\.[-\w]+\.outputs\.[-\w]+_nodes_\w+",
            "local.nodes_id",
        ),
        (r"data\.terraform_remote_state\.[-\w]+\.outputs\.[-\w]+", "local.network_id"),
    ):
        expression = re.sub(pattern, replacement, expression)
    return expression


def test_a_postcondition_fails_for_the_values_that_it_names_and_its_message_says_what_to_do(
    tmp_path: Path,
) -> None:
    """Terraform evaluates every message, also if its condition holds."""
    environments: dict[str, Settings] = {}
    for _, _, changes, _, _ in CASES:
        table = changed(DEV_TABLE, changes)
        assert errors_in(table) == []
        environments.setdefault(repr(changes), Settings.of(table, f"case{len(environments)}"))
    synthesize(environments.values(), outdir=tmp_path)
    locals_: Table = {"network_id": PRIVATE, "nodes_id": NODES}
    values: Table = {}
    for number, (part, kind, changes, read, _) in enumerate(CASES):
        self_ = f"read_{number}"
        locals_[self_] = read
        line = Line(tmp_path, environments[repr(changes)].environment)
        for index, found in enumerate(postconditions(line, part, kind)):
            for name, expression in found.items():
                values[f"{name}_{number}_{index}"] = without_references(expression, self_)
    result = evaluated(tmp_path, locals_, values)
    untested = {text.split("\n")[1] for name, text in result.items() if "message" in name}
    for number, (*case, expected) in enumerate(CASES):
        failed = [
            result[name.replace("condition", "error_message")]
            for name, holds in result.items()
            if name.startswith(f"condition_{number}_") and holds is not True
        ]
        assert len(failed) == len(expected), (case, failed)
        for message, (key, hint) in zip(sorted(failed), sorted(expected), strict=True):
            setting, rule, advice = message.split("\n")
            assert setting.startswith(f"{key} = "), (case, message)
            assert re.match("    rule: (must|names) ", rule), message
            assert advice.startswith("    hint: "), message
            assert hint in advice, (case, message)
            untested.discard(rule)
    assert untested == set(), "add a case to postconditions.py in which it fails"


def test_a_range_is_within_networks_or_overlaps_them_as_python_says(tmp_path: Path) -> None:
    networks = listed(limits.PRIVATE_RANGES)
    expressions = {}
    for number, range_ in enumerate(RANGES):
        expressions[f"within_{number}"] = f"${{{within(json.dumps(range_), networks)}}}"
        expressions[f"overlap_{number}"] = f"${{{overlap(json.dumps(range_), networks)}}}"
    result = evaluated(tmp_path, {}, expressions)
    for number, network in enumerate(map(IPv4Network, RANGES)):
        private = limits.PRIVATE_RANGES
        assert result[f"within_{number}"] is any(map(network.subnet_of, private)), network
        assert result[f"overlap_{number}"] is any(map(network.overlaps, private)), network

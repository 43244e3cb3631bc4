"""Reads the synthesized stacks of an environment as Terraform does: from consumer to producer."""

import copy
import json
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from settings.checks import check
from settings.environment import Settings
from settings.errors import SettingError
from settings.explain import explain
from settings.stack_names import PARTS, environment_and_part

Table = dict[str, Any]
"""A parsed JSON object or TOML table."""

STACKS = PARTS

BACKENDS: dict[str, Table] = {
    "local": {"backend": "local"},
    "gcs": {"backend": "gcs", "bucket": "my-project-tfstate", "prefix": "lines"},
    "cloud": {
        "backend": "cloud",
        "organization": "my-organization",
        "workspace_prefix": "line-",
        "project": "networking",
    },
}
"""One `[state]` section per backend."""

ACCESSES: dict[str, Table] = {
    "dns": {},
    "private": {"cluster.authorized_networks": ["10.100.0.0/16"]},
    "public": {"cluster.authorized_networks": ["203.0.113.0/29"]},
}
"""The settings that each kind of access to the control plane requires."""


def errors_in(table: Table) -> list[SettingError]:
    """All errors of one settings table."""
    try:
        return list(check(Settings.of(table, "dev")))
    except ValidationError as error:
        return explain(error)


def settings_from(table: Table) -> Settings:
    """The settings of a table; fails if the table has an error."""
    assert errors_in(table) == []
    return Settings.of(table, "dev")


def changed(table: Table, changes: Mapping[str, object]) -> Table:
    """A copy of a table with some values set, by keys such as `services[0].host`.

    A value of None removes the key or the list element.
    """
    result = copy.deepcopy(table)
    for key, value in changes.items():
        *parts, last = re.findall(r"[^.\[\]]+", key)
        parent: Any = result
        for part in parts:
            parent = parent[int(part)] if part.isdigit() else parent.setdefault(part, {})
        if value is None and last.isdigit():
            del parent[int(last)]
        elif value is None:
            parent.pop(last, None)
        elif last.isdigit():
            parent[int(last)] = copy.deepcopy(value)
        else:
            parent[last] = copy.deepcopy(value)
    return result


class Line:
    """The Terraform JSON of one environment's stacks."""

    def __init__(self, outdir: Path, environment: str = "dev") -> None:
        """Read the output folder of a synthesis."""
        self.outdir = outdir
        self._environment = environment

    @cached_property
    def manifest(self) -> Table:
        """The manifest that the cdktf command reads: the stacks and their dependencies."""
        return _read(self.outdir / "manifest.json")

    @cached_property
    def stacks(self) -> dict[str, Table]:
        """The Terraform JSON of each stack, by part, such as `network`."""
        return {
            part: _read(self.outdir / "stacks" / f"{self._environment}-{part}" / "cdk.tf.json")
            for part in STACKS
        }

    def all(self, part: str, kind: str) -> dict[str, Table]:
        """All resources of a type in a stack, by name in the configuration."""
        found: dict[str, Table] = self.stacks[part].get("resource", {}).get(kind, {})
        return found

    def one(self, part: str, kind: str) -> Table:
        """The only resource of a type in a stack."""
        (found,) = self.all(part, kind).values()
        return found

    def named(self, part: str, kind: str, name: str) -> Table:
        """The resource of a type whose `name` argument is `name`."""
        (found,) = (
            resource for resource in self.all(part, kind).values() if resource["name"] == name
        )
        return found

    def source(self, part: str, value: str) -> str:
        """The origin of a value, followed through remote states: `STACK: NAME TYPE.ATTRIBUTE`.

        Fails if the value is not a reference, or if its target does not exist.
        """
        reference = re.fullmatch(r"\$\{(.+)\}", value)
        assert reference, f"{value} is not a reference"
        remote = re.fullmatch(
            rf"data\.terraform_remote_state\.cross-stack-reference-input-{self._environment}-(\w+)"
            r"\.outputs\.(.+)",
            reference[1],
        )
        if remote:
            producer, output = remote.groups()
            assert producer in self.dependencies(part)
            return self.source(producer, self.stacks[producer]["output"][output]["value"])
        read, path = re.fullmatch(r"(data\.)?(.+)", reference[1]).groups()  # type: ignore[union-attr] # matches all
        kind, name, attribute = path.split(".", 2)
        all_ = self.stacks[part].get("data" if read else "resource", {}).get(kind, {})
        assert name in all_, f"{part} has no {kind}.{name}"
        title = name if read else all_[name].get("name", name)
        return f"{part}: {title} {read or ''}{kind}.{attribute}"

    def dependencies(self, part: str) -> set[str]:
        """The stacks that a stack depends on."""
        stack = self.manifest["stacks"][f"{self._environment}-{part}"]
        return {environment_and_part(name)[1] for name in stack["dependencies"]}

    def everything(self) -> Iterator[tuple[str, object]]:
        """Every key and value of every stack, at every depth."""
        for part, stack in self.stacks.items():
            yield from _walk(part, stack)


def _walk(path: str, value: object) -> Iterator[tuple[str, object]]:
    yield path, value
    if isinstance(value, dict):
        for key, nested in value.items():
            yield from _walk(f"{path}.{key}", nested)
    elif isinstance(value, list):
        for element in value:
            yield from _walk(f"{path}[]", element)


def _read(path: Path) -> Table:
    read: Table = json.loads(path.read_text(encoding="utf-8"))
    return read

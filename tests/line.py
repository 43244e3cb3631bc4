"""A synthesized line, read the way Terraform reads it: from consumer to producer."""

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
"""JSON or TOML as it comes: the tests assert on what is in it."""

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
"""A state section a backend."""

ACCESSES: dict[str, Table] = {
    "dns": {},
    "private": {"cluster.authorized_networks": ["10.100.0.0/16"]},
    "public": {"cluster.authorized_networks": ["203.0.113.0/29"]},
}
"""What else must change with the control plane's access."""


def errors_in(table: Table) -> list[SettingError]:
    """All errors of one settings table."""
    try:
        return list(check(Settings.of(table, "dev")))
    except ValidationError as error:
        return explain(error)


def settings_from(table: Table) -> Settings:
    """The settings of a table that must hold no error."""
    assert errors_in(table) == []
    return Settings.of(table, "dev")


def changed(table: Table, changes: Mapping[str, object]) -> Table:
    """A copy of a table with some values set, by keys such as `services[0].host`.

    A value of None takes the key, or the element, away.
    """
    result = copy.deepcopy(table)
    for key, value in changes.items():
        *parts, last = re.findall(r"[^.\[\]]+", key)
        place: Any = result
        for part in parts:
            place = place[int(part)] if part.isdigit() else place.setdefault(part, {})
        if value is None and last.isdigit():
            del place[int(last)]
        elif value is None:
            place.pop(last, None)
        elif last.isdigit():
            place[int(last)] = copy.deepcopy(value)
        else:
            place[last] = copy.deepcopy(value)
    return result


class Line:
    """The Terraform JSON of one environment's stacks."""

    def __init__(self, outdir: Path, environment: str = "dev") -> None:
        """Read from the output folder of a synthesis."""
        self.outdir = outdir
        self._environment = environment

    @cached_property
    def manifest(self) -> Table:
        """What the cdktf command reads: stacks and the order among them."""
        return _read(self.outdir / "manifest.json")

    @cached_property
    def stacks(self) -> dict[str, Table]:
        """Each stack's Terraform JSON, by the part it plays."""
        return {
            part: _read(self.outdir / "stacks" / f"{self._environment}-{part}" / "cdk.tf.json")
            for part in STACKS
        }

    def all(self, part: str, kind: str) -> dict[str, Table]:
        """All resources of a kind in a stack, by id."""
        found: dict[str, Table] = self.stacks[part].get("resource", {}).get(kind, {})
        return found

    def one(self, part: str, kind: str) -> Table:
        """The only resource of a kind in a stack."""
        (found,) = self.all(part, kind).values()
        return found

    def named(self, part: str, kind: str, name: str) -> Table:
        """The resource of a kind with a name."""
        (found,) = (one for one in self.all(part, kind).values() if one["name"] == name)
        return found

    def source(self, part: str, value: str) -> str:
        """Where a value comes from: `STACK: ADDRESS.ATTRIBUTE`, through the remote state.

        Fails when the value is no reference, or refers to something that does not exist.
        """
        reference = re.fullmatch(r"\$\{(.+)\}", value)
        assert reference, f"{value} is no reference"
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
        """The stacks that a stack waits for."""
        stack = self.manifest["stacks"][f"{self._environment}-{part}"]
        return {environment_and_part(name)[1] for name in stack["dependencies"]}

    def everything(self) -> Iterator[tuple[str, object]]:
        """Every key and value of every stack, however deep."""
        for part, stack in self.stacks.items():
            yield from _walk(part, stack)


def _walk(path: str, value: object) -> Iterator[tuple[str, object]]:
    yield path, value
    if isinstance(value, dict):
        for key, one in value.items():
            yield from _walk(f"{path}.{key}", one)
    elif isinstance(value, list):
        for one in value:
            yield from _walk(f"{path}[]", one)


def _read(path: Path) -> Table:
    read: Table = json.loads(path.read_text(encoding="utf-8"))
    return read

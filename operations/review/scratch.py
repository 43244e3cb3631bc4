"""Writes temporary copies of stacks to plan; `cdktf.out` does not change."""

import base64
import copy
import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import replace
from ipaddress import IPv4Network
from pathlib import Path
from typing import Final

from operations.review.plan import is_planned
from operations.terraform.checksums import LOCK_FILE
from operations.terraform.synthesized import Stack, Table, remote_states

_EMPTY_STATE: Final[Table] = {
    "version": 4,
    "terraform_version": "1.0.0",
    "serial": 1,
    "lineage": "empty",
}

_UPSTREAM: Final = "upstream.tfstate"

_NOWHERE: Final = ".invalid"
"""A top-level domain that does not exist (RFC 2606)."""

_RANGE: Final = re.compile(r"_range(_[0-9A-F]{8})?$")
"""The end of a range's name: of an attribute, or of a local value with the hash of its path."""

_ADDRESSES: Final = IPv4Network("198.18.0.0/15")
"""A range that is reserved for tests (RFC 2544): no load balancer has an address in it."""


def stack_inputs(stack: Stack) -> dict[str, set[str]]:
    """The outputs that a stack reads, by the name of the stack that has them."""
    return {name: _read(name, stack.configuration) for name in stack.upstream}


def provider_inputs(stack: Stack) -> dict[str, set[str]]:
    """The outputs that the stack's provider blocks read, such as a host, by stack."""
    return {name: _read(name, stack.configuration.get("provider", {})) for name in stack.upstream}


def _read(upstream: str, configuration: object) -> set[str]:
    pattern = rf"reference-input-{upstream}\.outputs\.([\w-]+)"
    return set(re.findall(pattern, json.dumps(configuration)))


def write_requirements(stack: Stack, folder: Path) -> str:
    """Write only what `terraform init` needs to install a stack's providers.

    Returns:
        The written text: stacks with the same text need the same providers.
    """
    _write(folder / "cdk.tf.json", {"terraform": {"required_providers": stack.providers}})
    lock = stack.folder / LOCK_FILE
    if lock.exists():
        shutil.copy(lock, folder)
    return "".join(path.read_text(encoding="utf-8") for path in sorted(folder.iterdir()))


def reuse_installed(installed: Path, folder: Path) -> None:
    """Use the providers that `terraform init` installed in another folder."""
    (folder / ".terraform").symlink_to(installed / ".terraform")
    if (installed / LOCK_FILE).exists():
        shutil.copy(installed / LOCK_FILE, folder)


def without_protection(stack: Stack) -> Stack:
    """A copy of a stack without `prevent_destroy`, with which Terraform rejects a destroy plan."""
    configuration = copy.deepcopy(stack.configuration)
    for resources in configuration.get("resource", {}).values():
        for resource in resources.values():
            resource.get("lifecycle", {}).pop("prevent_destroy", None)
    return replace(stack, configuration=configuration)


def prepare(
    stack: Stack, state: Table | None, inputs: Mapping[str, Table], folder: Path
) -> dict[str, str]:
    """Write a copy of a stack that can be planned before its upstream stacks exist.

    The copy has a local state. It reads an empty upstream state, with all outputs as `defaults`;
    a placeholder represents a value that is known only after apply. A postcondition that reads such
    a value is left out, because it does not hold for a placeholder.

    Args:
        stack: the stack.
        state: its state; None if it was never applied.
        inputs: the values of the outputs that it reads, by the name of the stack that has them.
        folder: the copy's folder.

    Returns:
        The value that each placeholder represents, as `planned:STACK/ADDRESS.ATTRIBUTE`.
    """
    placeholders: dict[str, str] = {}
    configuration = copy.deepcopy(stack.configuration)
    for place in ("backend", "cloud"):
        configuration["terraform"].pop(place, None)
    if state:
        _write(folder / "terraform.tfstate", state)
    for name, remote in remote_states(configuration).items():
        remote.pop("workspace", None)
        remote["backend"] = "local"
        remote["config"] = {"path": _UPSTREAM}
        remote["defaults"] = {
            output: _default(name, value, placeholders) for output, value in inputs[name].items()
        }
    _leave_out_postconditions(configuration, inputs)
    # Without a state file, Terraform reports an error in spite of the defaults.
    _write(folder / _UPSTREAM, _EMPTY_STATE)
    _write(folder / "cdk.tf.json", configuration)
    return placeholders


def _leave_out_postconditions(configuration: Table, inputs: Mapping[str, Table]) -> None:
    """Remove the postconditions that read an input which is known only after apply."""
    unknown = {
        f"{name}.{output}"
        for name, outputs in inputs.items()
        for output, value in outputs.items()
        if is_planned(value)
    }
    for sources in configuration.get("data", {}).values():
        for source in sources.values():
            lifecycle = source.get("lifecycle", {})
            lifecycle["postcondition"] = [
                condition
                for condition in lifecycle.get("postcondition", [])
                if unknown.isdisjoint(
                    f"{name}.{output}" for name in inputs for output in _read(name, condition)
                )
            ]


def _write(path: Path, table: Table) -> None:
    path.write_text(json.dumps(table, indent=2), encoding="utf-8")


def is_host(placeholder: str) -> bool:
    """Whether a placeholder represents a host, which does not exist yet."""
    return placeholder.endswith(_NOWHERE)


def _default(stack: str, value: object, placeholders: dict[str, str]) -> object:
    if isinstance(value, str) and is_planned(value):
        placeholder = _placeholder(stack, value, len(placeholders))
        placeholders[placeholder] = value
        return placeholder
    return value


def _placeholder(stack: str, value: str, number: int) -> str:
    """A text in the format that Terraform or a provider expects of the value."""
    attribute = re.split(r"\W", value)[-1]
    if attribute.endswith("endpoint"):
        return f"planned-{stack}-{number}{_NOWHERE}"
    if attribute.endswith("certificate"):
        return base64.b64encode(value.encode()).decode()
    if attribute.endswith("address"):
        return str(_ADDRESSES[number + 1])
    if _RANGE.search(attribute):
        return f"{_ADDRESSES[16 * number]}/28"
    return value

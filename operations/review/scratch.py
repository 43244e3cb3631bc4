"""A stack's scratch copy, in which it is planned; what stands in `cdktf.out` is never touched."""

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
"""RFC 2606: no name ends so."""

_ADDRESSES: Final = IPv4Network("198.18.0.0/15")
"""RFC 2544 keeps these for tests; nobody's load balancer has one."""


def wanted(stack: Stack) -> dict[str, set[str]]:
    """The outputs that a stack reads, by the name of the stack that has them."""
    return {name: _read(name, stack.configuration) for name in stack.upstream}


def connecting(stack: Stack) -> dict[str, set[str]]:
    """Those of them that a provider connects by, such as a host."""
    return {name: _read(name, stack.configuration.get("provider", {})) for name in stack.upstream}


def _read(upstream: str, configuration: object) -> set[str]:
    pattern = rf"reference-input-{upstream}\.outputs\.([\w-]+)"
    return set(re.findall(pattern, json.dumps(configuration)))


def require(stack: Stack, folder: Path) -> str:
    """Write what `terraform init` needs to install a stack's providers, and no more.

    Returns:
        What was written: where it is the same, the same is installed.
    """
    _write(folder / "cdk.tf.json", {"terraform": {"required_providers": stack.providers}})
    lock = stack.folder / LOCK_FILE
    if lock.exists():
        shutil.copy(lock, folder)
    return "".join(path.read_text(encoding="utf-8") for path in sorted(folder.iterdir()))


def take_installed(installed: Path, folder: Path) -> None:
    """Use in a folder what `terraform init` installed in another one."""
    (folder / ".terraform").symlink_to(installed / ".terraform")
    if (installed / LOCK_FILE).exists():
        shutil.copy(installed / LOCK_FILE, folder)


def without_protection(stack: Stack) -> Stack:
    """A stack whose destroy can be planned; with `prevent_destroy`, Terraform plans none."""
    configuration = copy.deepcopy(stack.configuration)
    for resources in configuration.get("resource", {}).values():
        for resource in resources.values():
            resource.get("lifecycle", {}).pop("prevent_destroy", None)
    return replace(stack, configuration=configuration)


def prepare(
    stack: Stack, state: Table | None, inputs: Mapping[str, Table], folder: Path
) -> dict[str, str]:
    """Write a copy of a stack that can be planned before its upstream exists.

    The copy keeps its state in a file beside it. Of its upstream it finds an empty state, and all
    outputs that it reads as `defaults`; a placeholder stands for what only an apply can know.

    Args:
        stack: the stack.
        state: its state; None where it was never applied.
        inputs: the outputs that it reads, by the name of the stack that has them.
        folder: the copy's folder.

    Returns:
        What each placeholder stands for, as `planned:STACK/ADDRESS.ATTRIBUTE`.
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
    # A state that was never written is an error whatever the defaults are.
    _write(folder / _UPSTREAM, _EMPTY_STATE)
    _write(folder / "cdk.tf.json", configuration)
    return placeholders


def _write(path: Path, table: Table) -> None:
    path.write_text(json.dumps(table, indent=2), encoding="utf-8")


def is_host(placeholder: str) -> bool:
    """Whether a placeholder stands for a host, which is nowhere yet."""
    return placeholder.endswith(_NOWHERE)


def _default(stack: str, value: object, placeholders: dict[str, str]) -> object:
    if isinstance(value, str) and is_planned(value):
        placeholder = _placeholder(stack, value, len(placeholders))
        placeholders[placeholder] = value
        return placeholder
    return value


def _placeholder(stack: str, value: str, number: int) -> str:
    """A text that passes for what it stands for, where Terraform or a provider looks at it."""
    attribute = re.split(r"\W", value)[-1]
    if attribute.endswith("endpoint"):
        return f"planned-{stack}-{number}{_NOWHERE}"
    if attribute.endswith("certificate"):
        return base64.b64encode(value.encode()).decode()
    if attribute.endswith("address"):
        return str(_ADDRESSES[number + 1])
    if attribute.endswith("cidr_range"):
        return f"{_ADDRESSES[16 * number]}/28"
    return value

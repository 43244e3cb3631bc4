"""A stack's scratch copy, in which it is planned; what stands in `cdktf.out` is never touched."""

import base64
import copy
import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network
from pathlib import Path
from typing import Final

from review.plan import PLANNED
from review.synthesized import Stack, Table, remote_states

_EMPTY_STATE: Final = {"version": 4, "terraform_version": "1.0.0", "serial": 1, "lineage": "empty"}


_NOWHERE: Final = ".invalid"
"""RFC 2606: no name ends so."""

_ADDRESSES: Final = IPv4Network("198.18.0.0/15")
"""RFC 2544 keeps these for tests; nobody's load balancer has one."""


@dataclass(frozen=True, kw_only=True)
class Upstream:
    """What a stack can be told of one that it reads.

    Attributes:
        stored: names of the outputs that its state holds.
        planned: all outputs as its plan would leave them; empty where nobody had to wait for it.
    """

    stored: frozenset[str] = frozenset()
    planned: Table = field(default_factory=dict)


def wanted(stack: Stack) -> dict[str, set[str]]:
    """The outputs that a stack reads, by the name of the stack that has them."""
    text = json.dumps(stack.configuration)
    return {
        name: set(re.findall(rf"reference-input-{name}\.outputs\.([\w-]+)", text))
        for name in stack.upstream
    }


def prepare(stack: Stack, upstream: Mapping[str, Upstream], folder: Path) -> dict[str, str]:
    """Write a copy of a stack that can be planned before its upstream exists.

    Outputs that an upstream state lacks get `defaults`, which Terraform takes only for those: the
    value that the upstream's plan knows, else a placeholder.

    Args:
        stack: the stack.
        upstream: what there is of each stack that it reads.
        folder: the copy's folder.

    Returns:
        What each placeholder stands for, as `planned:STACK/ADDRESS.ATTRIBUTE`.
    """
    placeholders: dict[str, str] = {}
    configuration = copy.deepcopy(stack.configuration)
    _make_path_absolute(configuration["terraform"].get("backend", {}).get("local"), stack.folder)
    outputs = wanted(stack)
    for name, state in remote_states(configuration).items():
        if state["backend"] == "local":
            _make_path_absolute(state["config"], stack.folder)
        there = upstream[name]
        lacking = sorted(outputs[name] - there.stored)
        if lacking:
            state["defaults"] = {
                output: _default(name, output, there.planned, placeholders) for output in lacking
            }
        if not there.stored:
            # A state that was never written is an error whatever the defaults are.
            path = folder / f"{name}.tfstate"
            path.write_text(json.dumps(_EMPTY_STATE), encoding="utf-8")
            state.update(backend="local", config={"path": str(path)})
            state.pop("workspace", None)
    (folder / "cdk.tf.json").write_text(json.dumps(configuration, indent=2), encoding="utf-8")
    lock = stack.folder / ".terraform.lock.hcl"
    if lock.exists():
        shutil.copy(lock, folder)
    return placeholders


def is_host(placeholder: str) -> bool:
    """Whether a placeholder stands for a host, which is nowhere yet."""
    return placeholder.endswith(_NOWHERE)


def _make_path_absolute(config: Table | None, folder: Path) -> None:
    if config:
        config["path"] = str((folder / config["path"]).resolve())


def _default(stack: str, output: str, planned: Table, placeholders: dict[str, str]) -> object:
    value = planned.get(output, f"{PLANNED}{stack}/{output}")
    if isinstance(value, str) and value.startswith(PLANNED):
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

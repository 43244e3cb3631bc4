"""Keeps a destroy from what exists on its own, now or after another deploy.

A deploy forgets what still is in Terraform's state, by a `removed` block. A destroy ignores these
blocks: it would destroy it.
"""

import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Final

from operations.lifecycle.request import BadRequestError, Request
from operations.review.resource_types import CLUSTER, CONNECTOR, NETWORK, SERVICE, SUBNET, ZONE
from operations.terraform.process import terraform
from operations.terraform.states import pull
from operations.terraform.synthesized import Stack, Table, read

_OUTDIR: Final = Path("cdktf.out")

_KINDS: Final = {"network": NETWORK, "connector": CONNECTOR, "cluster": CLUSTER, "dns": ZONE}
"""The type of what a stack would destroy, by the part that exists already."""


async def check_forgotten(request: Request) -> None:
    """Check that no state contains what exists on its own according to the settings.

    The stack of an existing cluster must be destroyed after the Services in it.

    Raises:
        BadRequestError: a state contains it, or Services are left.
        UnusableOutputError: the stacks are not synthesized, so their states are not known.
        TerraformError: a state cannot be read.
    """
    kinds = _existing_kinds(request)
    if not kinds:
        return
    environment = request.settings.environment
    for stack in read(_OUTDIR, [environment]):
        if stack.part == "service" and "cluster" in kinds and "service" not in request.parts:
            _check_left(stack, await _state(stack))
        if stack.part not in kinds:
            continue
        if managed := list(_managed(await _state(stack), kinds[stack.part])):
            raise BadRequestError(
                f"environments/{environment}.toml says that {', '.join(managed)} exists on its own,"
                f" but the state of {stack.name} still contains it, so a destroy would destroy it:"
                f" run make deploy ENV={environment} first, and Terraform forgets it"
            )


async def _state(stack: Stack) -> Table:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        state = await pull(stack, folder, partial(terraform, folder=folder, variables={}))
    return state or {}


def _check_left(service: Stack, state: Table) -> None:
    """Check that no Service is left in the cluster, of which the cluster stack holds the id.

    Without it, the next deploy could connect to another cluster, where Terraform would take over
    objects of the same names.
    """
    if any(_managed(state, SERVICE)):
        raise BadRequestError(
            f"the state of {service.name} still contains Services in the existing cluster:"
            f" run make destroy ENV={service.environment} STACK=dns, then STACK=service, first"
        )


def _existing_kinds(request: Request) -> dict[str, str]:
    """The type of what exists in each requested stack."""
    settings = request.settings
    kinds = {part: _KINDS[part] for part in settings.existing_parts}
    if settings.existing_connector_subnet is not None:
        kinds["connector"] = SUBNET
    return {part: kind for part, kind in kinds.items() if part in request.parts}


def _managed(state: Table, kind: str) -> Iterator[str]:
    for resource in state.get("resources", []):
        if resource["mode"] == "managed" and resource["type"] == kind and resource["instances"]:
            yield f"{resource['type']}.{resource['name']}"

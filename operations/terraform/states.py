"""Reads a stack's state without changing the backend: no lock, no new workspace."""

import json
from collections.abc import Awaitable, Mapping
from pathlib import Path
from typing import Final, Protocol

from operations.terraform.process import TerraformError
from operations.terraform.synthesized import Stack, Table

_LIMIT_SECONDS: Final = 120
"""Reading a state takes seconds; for an unreachable bucket, Terraform waits forever."""


class Run(Protocol):
    """Runs Terraform in the folder for reading a state, as `terraform` does."""

    def __call__(
        self, *arguments: str, variables: Mapping[str, str] | None = None, limit: float
    ) -> Awaitable[str]:
        """Run Terraform, and return its output."""
        ...


async def pull(stack: Stack, folder: Path, run: Run) -> Table | None:
    """The latest state of a stack; None if it was never applied.

    Args:
        stack: the stack.
        folder: an empty folder, in which `run` runs Terraform. It gets a configuration with only
            the backend, so that no provider is needed.
        run: how to run Terraform.

    Raises:
        TerraformError: the state cannot be read.
    """
    settings = stack.configuration["terraform"]
    if "cloud" in settings:
        return await _pull_workspace(settings["cloud"], folder, run)
    local = settings["backend"].get("local")
    if local is not None:
        path = stack.folder / local["path"]
        try:
            return _read(path.read_bytes()) if path.exists() else None
        except OSError as error:
            raise TerraformError(f"{path} cannot be read: {error.strerror}") from error
    _write(folder, settings["backend"])
    await run("init", "-no-color", limit=_LIMIT_SECONDS)
    return _read(await run("state", "pull", limit=_LIMIT_SECONDS))


def outputs_of(state: Table | None) -> Table:
    """The values of a state's outputs, by name."""
    outputs = state["outputs"] if state else {}
    return {name: output["value"] for name, output in outputs.items()}


async def _pull_workspace(cloud: Table, folder: Path, run: Run) -> Table | None:
    """The state of a workspace in HCP Terraform, with any execution mode.

    With a name, `terraform init` creates a missing workspace. With a prefix, Terraform lists the
    existing ones, so the prefix is the name without its last character.
    """
    name = cloud["workspaces"]["name"]
    location = {key: cloud[key] for key in ("hostname", "organization") if key in cloud}
    _write(folder, {"remote": {**location, "workspaces": {"prefix": name[:-1]}}})
    failed = None
    try:
        await run("init", "-no-color", limit=_LIMIT_SECONDS)
    except TerraformError as error:
        # It also fails if it cannot choose among several workspaces, or if none exists.
        failed = error
    try:
        listed = await run("workspace", "list", "-no-color", limit=_LIMIT_SECONDS)
    except TerraformError as error:
        raise failed or error from None
    if name[-1] not in {line.strip("* ") for line in listed.splitlines()}:
        return None
    chosen = {"TF_WORKSPACE": name[-1]}
    return _read(await run("state", "pull", variables=chosen, limit=_LIMIT_SECONDS))


def _write(folder: Path, backend: Table) -> None:
    configuration = json.dumps({"terraform": {"backend": backend}})
    (folder / "cdk.tf.json").write_text(configuration, encoding="utf-8")


def _read(text: str | bytes) -> Table | None:
    if not text.strip():
        return None
    try:
        state = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise TerraformError(f"the state is damaged: {error}") from error
    outputs = state.get("outputs") if isinstance(state, dict) else None
    if not isinstance(outputs, dict):
        raise TerraformError("the state is damaged: it has no table of outputs")
    for name, output in outputs.items():
        if not (isinstance(output, dict) and "value" in output):
            raise TerraformError(f"the state is damaged: its output {name} has no value")
    return state  # type: ignore[no-any-return] # JSON; its outputs are checked

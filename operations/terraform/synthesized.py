"""Reads the output of `cdktf synth`: the stacks and their dependencies."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from settings.stack_names import environment_and_part

Table = dict[str, Any]
"""A JSON object."""

MANIFEST: Final = "manifest.json"
"""The file of cdktf that lists the stacks."""

UNFINISHED: Final = "manifest.unfinished.json"
"""The name of the previous manifest while a synthesis replaces the stacks."""

_INPUT: Final = "cross-stack-reference-input-"


class UnusableOutputError(Exception):
    """The output of cdktf is missing or damaged; the text says what to do."""


@dataclass(frozen=True, kw_only=True)
class Stack:
    """One synthesized stack.

    Attributes:
        name: such as `dev-network`.
        folder: the folder of its JSON.
        configuration: the JSON.
        upstream: the stacks whose outputs it reads.
    """

    name: str
    folder: Path
    configuration: Table
    upstream: tuple[str, ...]

    @property
    def environment(self) -> str:
        """The environment's name, such as `dev`."""
        return environment_and_part(self.name)[0]

    @property
    def providers(self) -> Table:
        """The required providers, by name."""
        providers: Table = self.configuration["terraform"]["required_providers"]
        return providers

    @property
    def project(self) -> str:
        """The Google Cloud project."""
        return str(self.configuration["provider"]["google"][0]["project"])

    @property
    def part(self) -> str:
        """The stack's name without the environment, such as `network`."""
        return environment_and_part(self.name)[1]


def remote_states(configuration: Table) -> dict[str, Table]:
    """The remote states that a stack reads, by the name of their stack."""
    states = configuration.get("data", {}).get("terraform_remote_state", {})
    return {name.removeprefix(_INPUT): state for name, state in states.items()}


def read(outdir: Path, environments: list[str]) -> list[Stack]:
    """The stacks of some environments, by default of all; upstream stacks come first.

    Raises:
        UnusableOutputError: the output is missing or damaged, or an environment is unknown.
    """
    if not (outdir / MANIFEST).exists() and (outdir / UNFINISHED).exists():
        raise UnusableOutputError(
            f"{outdir} is a mix of two syntheses, because the last one did not finish:"
            " run `make synth`"
        )
    manifest = _json(outdir / MANIFEST)
    try:
        entries = {name: _stack(outdir, name, entry) for name, entry in manifest["stacks"].items()}
        known = sorted({stack.environment for stack in entries.values()})
    except (KeyError, TypeError, AttributeError):
        raise _damaged(outdir / MANIFEST) from None
    except ValueError as error:
        raise UnusableOutputError(f"{outdir / MANIFEST}: {error}") from None
    if not entries:
        raise _damaged(outdir / MANIFEST)
    if unknown := sorted(set(environments) - set(known)):
        raise UnusableOutputError(
            f"no environment named {', '.join(unknown)}: {outdir} has {', '.join(known)}"
        )
    names = environments or known
    return _upstream_first([stack for stack in entries.values() if stack.environment in names])


def _stack(outdir: Path, name: str, entry: Table) -> Stack:
    path = outdir / entry["synthesizedStackPath"]
    configuration = _json(path)
    terraform = configuration.get("terraform")
    if not isinstance(terraform, dict) or "required_providers" not in terraform:
        raise _damaged(path)
    if terraform.keys().isdisjoint({"backend", "cloud"}):
        raise _damaged(path)
    return Stack(
        name=name,
        folder=path.parent,
        configuration=configuration,
        upstream=tuple(sorted(remote_states(configuration))),
    )


def _json(path: Path) -> Table:
    try:
        table: Table = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UnusableOutputError(f"{path} does not exist: run `make synth`") from None
    except (OSError, ValueError) as error:
        raise UnusableOutputError(f"{path} cannot be read ({error}): run `make synth`") from error
    if not isinstance(table, dict):
        raise _damaged(path)
    return table


def _damaged(path: Path) -> UnusableOutputError:
    return UnusableOutputError(f"{path} is not valid cdktf output: run `make synth`")


def _upstream_first(stacks: list[Stack]) -> list[Stack]:
    ordered: list[Stack] = []
    left = list(stacks)
    while left:
        done = {stack.name for stack in ordered}
        ready = [stack for stack in left if done.issuperset(stack.upstream)]
        if not ready:
            names = ", ".join(stack.name for stack in left)
            raise UnusableOutputError(
                f"{names} depend on each other, or on a stack that does not exist"
            )
        ordered += ready
        left = [stack for stack in left if stack not in ready]
    return ordered

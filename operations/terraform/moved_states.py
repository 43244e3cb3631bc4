"""Prints how to move the states when the `[state]` of an environment has changed.

`terraform init` records the location of a stack's state in `.terraform`, which a synthesis does not
change. After a change the next deploy stops with "Backend configuration changed", or, between two
workspaces of HCP Terraform, starts with an empty state without a warning.
"""

import os
from pathlib import Path
from typing import Final

from operations.terraform.backends import Backend, initialized, synthesized
from operations.terraform.synthesized import Stack, read

_EACH: Final = "`for stack in {stacks}; do {terraform} -chdir={folder}/$stack init%s; done`"

_PAGE: Final = 'To move them, see "States move" in docs/environments.md'


def moved_states(outdir: Path) -> list[str]:
    """Compare the synthesized backends with the initialized ones.

    Args:
        outdir: the folder that cdktf writes to.

    Returns:
        One line per environment whose `[state]` has changed: the command that moves its states,
        and the command that starts with empty states.
    """
    changes: dict[tuple[str, str], list[Stack]] = {}
    for stack in read(outdir, []):
        old, new = initialized(stack.folder), synthesized(stack)
        if old and old != new:
            changes.setdefault((stack.environment, _steps(old, new)), []).append(stack)
    return [
        _instructions(environment, text, stacks) for (environment, text), stacks in changes.items()
    ]


def _instructions(environment: str, text: str, stacks: list[Stack]) -> str:
    filled = text.format(
        stacks=" ".join(stack.name for stack in stacks),
        terraform=os.environ.get("TERRAFORM_BINARY_NAME", "terraform"),
        folder=os.path.relpath(stacks[0].folder.parent),
    )
    return f"{environment}: {filled}"


def _steps(old: Backend, new: Backend) -> str:
    """The steps in Terraform and OpenTofu; `cloud` supports neither of the two options."""
    change = f"[state] has changed ({old.kind} -> {new.kind}). "
    if old.place == new.place:
        return f"{change}The states stay where they are: {_EACH % ' -reconfigure'}"
    match old.kind, new.kind:
        case "cloud", "cloud":
            return f"{change}The next deploy starts with empty states. {_PAGE}"
        case "cloud", _:
            return f"{change}To start with empty states: {_EACH % ' -reconfigure'}. {_PAGE}"
        case _, "cloud":
            return f"{change}{_EACH % ''} asks: yes moves the states, no starts with empty states"
        case _:
            return (
                f"{change}To move the states: {_EACH % ' -migrate-state'}."
                " To start with empty states: the same with -reconfigure"
            )

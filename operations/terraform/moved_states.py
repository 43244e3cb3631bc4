"""Says what to do with the states when the `[state]` of an environment has changed.

`terraform init` notes in a stack's `.terraform` where its state is, and a synthesis does not touch
that folder. After a change the next deploy stops with "Backend configuration changed", or, where
both are workspaces of HCP Terraform, starts with an empty state without a word.
"""

import os
from pathlib import Path
from typing import Final

from operations.terraform.backends import Backend, initialized, synthesized
from operations.terraform.synthesized import Stack, read

_EACH: Final = "`for stack in {stacks}; do {terraform} -chdir={folder}/$stack init%s; done`"

_PAGE: Final = 'To move them, see "States move" in docs/environments.md'


def moved_states(outdir: Path) -> list[str]:
    """Compare what was synthesized with what was initialized.

    Args:
        outdir: the folder that cdktf writes to.

    Returns:
        One line per environment with another `[state]` than before: the command that moves its
        states, and the one that starts with empty states.
    """
    changes: dict[tuple[str, str], list[Stack]] = {}
    for stack in read(outdir, []):
        old, new = initialized(stack.folder), synthesized(stack)
        if old and old != new:
            changes.setdefault((stack.environment, _what_to_do(old, new)), []).append(stack)
    return [_line(environment, text, stacks) for (environment, text), stacks in changes.items()]


def _line(environment: str, text: str, stacks: list[Stack]) -> str:
    said = text.format(
        stacks=" ".join(stack.name for stack in stacks),
        terraform=os.environ.get("TERRAFORM_BINARY_NAME", "terraform"),
        folder=os.path.relpath(stacks[0].folder.parent),
    )
    return f"{environment}: {said}"


def _what_to_do(old: Backend, new: Backend) -> str:
    """What Terraform and OpenTofu take; `cloud` takes neither of the two options."""
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

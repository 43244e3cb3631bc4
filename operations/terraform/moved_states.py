"""Prints how to move the states when the `[state]` of an environment has changed.

`terraform init` records the location of a stack's state in `.terraform`, which a synthesis does not
change. After a change the next deploy stops with "Backend configuration changed", or, between two
workspaces of HCP Terraform, starts with an empty state without a warning.
"""

import json
import os
from pathlib import Path
from typing import Final, NamedTuple

from operations.terraform.synthesized import Stack, Table, read

_PLACE: Final = {
    "local": ("path",),
    "gcs": ("bucket", "prefix"),
    "cloud": ("hostname", "organization", "workspace"),
}
"""The keys of a backend that determine the location of a state."""

_EACH: Final = "`for stack in {stacks}; do {terraform} -chdir={folder}/$stack init%s; done`"

_PAGE: Final = 'To move them, see "States move" in docs/operations.md'


class _Backend(NamedTuple):
    """The location of a state, and the service account that Terraform impersonates."""

    kind: str
    place: tuple[object, ...]
    account: object


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
        old, new = _initialized(stack), _synthesized(stack)
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


def _steps(old: _Backend, new: _Backend) -> str:
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


def _initialized(stack: Stack) -> _Backend | None:
    """The backend that `terraform init` recorded; None if it has not run, or cannot be read."""
    record = stack.folder / ".terraform" / "terraform.tfstate"
    try:
        backend = json.loads(record.read_text(encoding="utf-8"))["backend"]
        return _backend(backend["type"], backend["config"])
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None


def _synthesized(stack: Stack) -> _Backend:
    settings = stack.configuration["terraform"]
    backends = settings.get("backend") or {"cloud": settings["cloud"]}
    ((kind, config),) = backends.items()
    return _backend(kind, config)


def _backend(kind: str, config: Table) -> _Backend:
    values = {**config, "workspace": config.get("workspaces", {}).get("name")}
    place = tuple(values.get(key) for key in _PLACE[kind])
    return _Backend(kind, place, values.get("impersonate_service_account"))

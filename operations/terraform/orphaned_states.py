"""Reports states of environments without a settings file, for example after a rename of the file.

The name of the file is the name of the environment, and stacks, states and workspaces are named
after it. After a rename the next deploy starts with empty states under the new name, and stops at
the first resource that exists under its name already.

Every synthesis finds states in a folder by their names. It does not search a bucket or HCP
Terraform, but reads what `terraform init` recorded in the old stacks' folders. The cdktf command
removes these folders after the synthesis, so such states are reported only once.
"""

import json
import os
from collections.abc import Iterable, Mapping, Sequence, Set
from pathlib import Path
from typing import Final

from operations.terraform.backends import initialized, synthesized
from operations.terraform.synthesized import Stack, read
from settings.stack_names import PARTS, environment_and_part, stack_name

_PAGE: Final = 'see "Rename an environment" in docs/environments.md'

_MOVE: Final = (
    "`for part in {parts}; do mv {folder}/{old}-$part.tfstate {folder}/{new}-$part.tfstate; done`"
)

_ELSEWHERE: Final = {"gcs": "a bucket", "cloud": "HCP Terraform"}


def orphaned_states(outdir: Path) -> list[str]:
    """Find states of environments that were not synthesized.

    Args:
        outdir: the folder that cdktf writes to.

    Returns:
        One line per such environment and location of its states. If exactly one environment has
        no states yet, the line contains the command that moves them there.
    """
    stacks = read(outdir, [])
    known = {stack.environment for stack in stacks}
    return [*_in_folders(stacks, known), *_elsewhere(outdir, known)]


def _in_folders(stacks: Sequence[Stack], known: Set[str]) -> list[str]:
    environments: dict[Path, set[str]] = {}
    for stack in stacks:
        backend = synthesized(stack)
        if backend.kind == "local":
            folder = (stack.folder / str(backend.place[0])).parent.resolve()
            environments.setdefault(folder, set()).add(stack.environment)
    lines = []
    for folder, neighbors in environments.items():
        found = _by_environment(
            path.stem for path in folder.glob("*.tfstate") if _has_resources(path)
        )
        new = sorted(neighbors - found.keys())
        lines += [_warning(old, found[old], folder, new) for old in sorted(found.keys() - known)]
    return lines


def _warning(old: str, parts: Sequence[str], folder: Path, new: Sequence[str]) -> str:
    shown = os.path.relpath(folder)
    names = ", ".join(stack_name(old, part) for part in parts)
    line = f"{old}: environments/ has no {old}.toml, but {shown}/ has the states of {names}. "
    if len(new) != 1:
        return line + f"To move them, {_PAGE}"
    move = _MOVE.format(parts=" ".join(parts), folder=shown, old=old, new=new[0])
    return line + f"If {new[0]} is its new name, move them: {move}. If not, {_PAGE}"


def _elsewhere(outdir: Path, known: Set[str]) -> list[str]:
    lines = []
    folders = {path.name: path for path in (outdir / "stacks").iterdir()}
    for old, parts in _by_environment(folders).items():
        recorded = (initialized(folders[stack_name(old, part)]) for part in parts)
        kinds = {backend.kind for backend in recorded if backend} if old not in known else set()
        lines += [
            f"{old}: environments/ no longer has {old}.toml, but its states were in"
            f" {_ELSEWHERE[kind]}. If you renamed it, move them before you deploy: {_PAGE}"
            for kind in sorted(kinds & _ELSEWHERE.keys())
        ]
    return lines


def _by_environment(names: Iterable[str]) -> Mapping[str, Sequence[str]]:
    """The parts in names of stacks, by environment; other names are left out."""
    found: dict[str, set[str]] = {}
    for name in names:
        try:
            environment, part = environment_and_part(name)
        except ValueError:
            continue
        found.setdefault(environment, set()).add(part)
    return {old: [part for part in PARTS if part in parts] for old, parts in found.items()}


def _has_resources(path: Path) -> bool:
    """Whether a state has resources; Terraform reports an unreadable state."""
    try:
        return bool(json.loads(path.read_text(encoding="utf-8"))["resources"])
    except (OSError, ValueError, LookupError, TypeError):
        return False

"""Where a stack keeps its state: as synthesized, and as `terraform init` noted it."""

import json
from pathlib import Path
from typing import Final, NamedTuple

from operations.terraform.synthesized import Stack, Table

_PLACE: Final = {
    "local": ("path",),
    "gcs": ("bucket", "prefix"),
    "cloud": ("hostname", "organization", "workspace"),
}
"""The keys that say where a backend keeps a state."""


class Backend(NamedTuple):
    """Where a state is, and whom Terraform acts as to reach it."""

    kind: str
    place: tuple[object, ...]
    account: object


def initialized(folder: Path) -> Backend | None:
    """What `terraform init` noted; None where it has not run, or its note cannot be read.

    Args:
        folder: the folder of a stack. A synthesis does not touch the note in it.
    """
    note = folder / ".terraform" / "terraform.tfstate"
    try:
        backend = json.loads(note.read_text(encoding="utf-8"))["backend"]
        return _backend(backend["type"], backend["config"])
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None


def synthesized(stack: Stack) -> Backend:
    """What the settings say."""
    settings = stack.configuration["terraform"]
    backends = settings.get("backend") or {"cloud": settings["cloud"]}
    ((kind, config),) = backends.items()
    return _backend(kind, config)


def _backend(kind: str, config: Table) -> Backend:
    values = {**config, "workspace": config.get("workspaces", {}).get("name")}
    place = tuple(values.get(key) for key in _PLACE[kind])
    return Backend(kind, place, values.get("impersonate_service_account"))

"""The backend of a stack: as synthesized, and as `terraform init` recorded it."""

import json
from pathlib import Path
from typing import Final, NamedTuple

from operations.terraform.synthesized import Stack, Table

_PLACE: Final = {
    "local": ("path",),
    "gcs": ("bucket", "prefix"),
    "cloud": ("hostname", "organization", "workspace"),
}
"""The keys of a backend that determine the location of a state."""


class Backend(NamedTuple):
    """The location of a state, and the service account that Terraform impersonates."""

    kind: str
    place: tuple[object, ...]
    account: object


def initialized(folder: Path) -> Backend | None:
    """The backend that `terraform init` recorded; None if it has not run, or cannot be read.

    Args:
        folder: the folder of a stack. A synthesis does not change the record in it.
    """
    record = folder / ".terraform" / "terraform.tfstate"
    try:
        backend = json.loads(record.read_text(encoding="utf-8"))["backend"]
        return _backend(backend["type"], backend["config"])
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None


def synthesized(stack: Stack) -> Backend:
    """The backend in the synthesized configuration."""
    settings = stack.configuration["terraform"]
    backends = settings.get("backend") or {"cloud": settings["cloud"]}
    ((kind, config),) = backends.items()
    return _backend(kind, config)


def _backend(kind: str, config: Table) -> Backend:
    values = {**config, "workspace": config.get("workspaces", {}).get("name")}
    place = tuple(values.get(key) for key in _PLACE[kind])
    return Backend(kind, place, values.get("impersonate_service_account"))

"""The resources that exist in the fake cloud: a JSON file that all fake providers share.

Several providers run at the same time. So each request locks the file, and replaces it in one step.
"""

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.fake_cloud.provider.values import Values

EMPTY: dict[str, dict[str, Values]] = {"namespace": {"default": {"name": "default"}}}
"""The world before the first deploy. Every cluster has the namespace `default`.

The key `namespace` is for namespaces that Kubernetes or people created. Terraform's namespaces are
resources of the type `kubernetes_namespace_v1`.
"""


class World:
    """All resources that exist, by type and key."""

    def __init__(self, resources: dict[str, dict[str, Values]]) -> None:
        """Hold the contents of a world file."""
        self.resources = resources

    def all(self, kind: str) -> list[Values]:
        """All resources of a type."""
        return list(self.resources.get(kind, {}).values())

    def get(self, kind: str, key: str) -> Values | None:
        """The resource of a type with a key, or None."""
        return self.resources.get(kind, {}).get(key)

    def put(self, kind: str, key: str, values: Values) -> None:
        """Create or replace a resource."""
        self.resources.setdefault(kind, {})[key] = values

    def remove(self, kind: str, key: str) -> None:
        """Delete a resource, if it exists."""
        self.resources.get(kind, {}).pop(key, None)


@contextmanager
def opened(path: Path) -> Iterator[World]:
    """Open the world for one request; write it back unless the request raises an error."""
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        text = path.read_text(encoding="utf-8") if path.exists() else json.dumps(EMPTY)
        world = World(json.loads(text))
        yield world
        written = path.with_suffix(".new")
        written.write_text(json.dumps(world.resources, indent=1), encoding="utf-8")
        written.replace(path)

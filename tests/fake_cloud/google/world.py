"""What exists: one JSON file that every fake provider provider of a cloud reads and writes.

Several providers run at once, as several stacks do, so the file is held under a lock for the length
of one request, and written aside before it takes its place.
"""

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.fake_cloud.provider.values import Values

EMPTY: dict[str, dict[str, Values]] = {"namespace": {"default": {"name": "default"}}}
"""A world before the first deploy: a cluster, once there is one, has the default namespace.

A namespace that Terraform made is a resource; here are those that Kubernetes or people made.
"""


class World:
    """Everything that exists, by kind and key."""

    def __init__(self, resources: dict[str, dict[str, Values]]) -> None:
        """Hold what a file says."""
        self.resources = resources

    def all(self, kind: str) -> list[Values]:
        """Everything of a kind."""
        return list(self.resources.get(kind, {}).values())

    def get(self, kind: str, key: str) -> Values | None:
        """The resource of a kind with a key, None where there is none."""
        return self.resources.get(kind, {}).get(key)

    def put(self, kind: str, key: str, values: Values) -> None:
        """Make a resource, or change it."""
        self.resources.setdefault(kind, {})[key] = values

    def remove(self, kind: str, key: str) -> None:
        """Take a resource away; nothing happens where it is gone already."""
        self.resources.get(kind, {}).pop(key, None)


@contextmanager
def opened(path: Path) -> Iterator[World]:
    """The world for one request; what it leaves is kept unless it raises."""
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        text = path.read_text(encoding="utf-8") if path.exists() else json.dumps(EMPTY)
        world = World(json.loads(text))
        yield world
        aside = path.with_suffix(".new")
        aside.write_text(json.dumps(world.resources, indent=1), encoding="utf-8")
        aside.replace(path)

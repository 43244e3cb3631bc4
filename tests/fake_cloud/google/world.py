"""The resources that exist in the fake cloud: a JSON file that all fake providers share.

Several providers run at the same time. So each request locks the file, and replaces it in one step.
"""

import fcntl
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from tests.fake_cloud.provider.values import Values

EMPTY: dict[str, dict[str, Values]] = {"namespace": {"default": {"name": "default"}}}
"""The world before the first deploy. Every cluster has the namespace `default`.

The key `namespace` is for namespaces that Kubernetes created in every cluster, or people in one,
whose ID then precedes the name. Terraform's namespaces are of the type `kubernetes_namespace_v1`.
"""


Step = Sequence[Any]
"""A question to the world with a digest of its answer, or a change of it: `[action, ...]`."""

_READ: Final = ("get", "items")
LOST: Final[Step] = ["lost"]
"""Stands for a change that was taken back, which steps cannot express."""


class DifferentWorldError(Exception):
    """Another world gives another answer."""


class World:
    """All resources that exist, by type and key.

    Attributes:
        resources: the contents of a world file.
        notes: lines for the journal: all changes of resources that Terraform manages.
        steps: everything that was read and changed, in order; see `follow`.
    """

    def __init__(self, resources: dict[str, dict[str, Values]]) -> None:
        """Hold the contents of a world file."""
        self.resources = resources
        self.notes: list[str] = []
        self.steps: list[Step] = []

    def all(self, kind: str) -> list[Values]:
        """All resources of a type."""
        return list(self.items(kind).values())

    def items(self, kind: str) -> Mapping[str, Values]:
        """All resources of a type, by key."""
        found = self.resources.get(kind, {})
        self.steps.append(["items", kind, _digest(list(found.items()))])
        return found

    def get(self, kind: str, key: str) -> Values | None:
        """The resource of a type with a key, or None."""
        found = self.resources.get(kind, {}).get(key)
        self.steps.append(["get", kind, key, _digest(found)])
        return found

    def put(self, kind: str, key: str, values: Values) -> None:
        """Create or replace a resource."""
        self.resources.setdefault(kind, {})[key] = values
        self.steps.append(["put", kind, key, values])

    def remove(self, kind: str, key: str) -> None:
        """Delete a resource, if it exists."""
        self.resources.get(kind, {}).pop(key, None)
        self.steps.append(["remove", kind, key])

    def note(self, line: str) -> None:
        """Add a line to the journal."""
        self.notes.append(line)
        self.steps.append(["note", line])

    def follow(self, steps: Sequence[Step]) -> None:
        """Ask and change the same as another world.

        Raises:
            DifferentWorldError: an answer is different.
        """
        for action, *arguments in steps:
            getattr(self, action)(*arguments[:-1] if action in _READ else arguments)
            if action in _READ and self.steps[-1][-1] != arguments[-1]:
                raise DifferentWorldError(self.steps[-1])


def _digest(answer: object) -> str:
    return hashlib.sha256(json.dumps(answer).encode()).hexdigest()[:16]


def trace_of(path: Path) -> Path:
    """The file that collects the steps of all requests to a world, if it exists."""
    return path.with_name("trace")


def contents(path: Path) -> World:
    """The world in a file, which may not exist."""
    return World(json.loads(_text(path)))


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else json.dumps(EMPTY)


@contextmanager
def opened(path: Path) -> Iterator[World]:
    """Open the world for one request; write it back unless the request raises an error."""
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        before = _text(path)
        world = World(json.loads(before))
        try:
            yield world
        except BaseException:
            read = [step for step in world.steps if step[0] in _READ]
            _trace(path, world.steps if read == world.steps else [LOST])
            raise
        _trace(path, world.steps)
        # Without an indent, which only the slow encoder in Python can write.
        after = json.dumps(world.resources)
        if after != before or not path.exists():
            written = path.with_suffix(".new")
            written.write_text(after, encoding="utf-8")
            written.replace(path)
        if world.notes:
            with path.with_name("journal").open("a", encoding="utf-8") as journal:
                journal.writelines(f"{line}\n" for line in world.notes)


def _trace(path: Path, steps: Sequence[Step]) -> None:
    trace = trace_of(path)
    if trace.exists():
        with trace.open("a", encoding="utf-8") as file:
            file.writelines(f"{json.dumps(step)}\n" for step in steps)

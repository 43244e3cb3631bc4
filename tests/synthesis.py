"""Synthesizes settings for tests. All processes of a run share the results."""

import fcntl
import hashlib
import threading
from pathlib import Path

from stacks.app import synthesize
from tests.line import Line, Table, settings_from


class Synthesis:
    """Synthesizes the stacks of the environment `dev`, once per settings table."""

    def __init__(self, folder: Path) -> None:
        """Store results in a folder, which several processes may share."""
        self._folder = folder
        self._folder.mkdir(parents=True, exist_ok=True)
        self._known: dict[str, Line] = {}
        # jsii has one Node process for all threads.
        self._lock = threading.Lock()

    def __call__(self, table: Table) -> Line:
        """The synthesized stacks of a settings table."""
        key = hashlib.sha256(repr(table).encode()).hexdigest()[:16]
        with self._lock:
            if key not in self._known:
                self._known[key] = Line(self._synthesized(key, table))
            return self._known[key]

    def _synthesized(self, key: str, table: Table) -> Path:
        outdir = self._folder / key
        with outdir.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not outdir.exists():
                unfinished = outdir.with_suffix(".new")
                synthesize([settings_from(table)], outdir=unfinished)
                unfinished.rename(outdir)
        return outdir

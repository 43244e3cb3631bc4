"""Synthesizes settings for tests. All processes share the results, and so do later runs."""

import hashlib
import threading
from typing import Final

from stacks.app import synthesize
from tests.line import Line, Table, settings_from
from tests.results import Results

SOURCES: Final = ("constructs", "settings", "stacks", "tests/line.py", "tests/synthesis.py")
"""The code of this repository that a synthesis runs."""


class Synthesis:
    """Synthesizes the stacks of the environment `dev`, once per settings table."""

    def __init__(self) -> None:
        """Store results where every process and later runs find them."""
        self._results = Results("synthesis", SOURCES)
        self._known: dict[str, Line] = {}
        # jsii has one Node process for all threads.
        self._lock = threading.Lock()

    def __call__(self, table: Table) -> Line:
        """The synthesized stacks of a settings table."""
        key = hashlib.sha256(repr(table).encode()).hexdigest()[:16]
        with self._lock:
            if key not in self._known:
                outdir = self._results.stored(
                    key, lambda outdir: synthesize([settings_from(table)], outdir=outdir)
                )
                self._known[key] = Line(outdir)
            return self._known[key]

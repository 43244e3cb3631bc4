"""Prints progress while plans run."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Progress:
    """Prints one line per finished phase of a stack to stderr, with its duration in seconds."""

    @contextmanager
    def phase(self, stack: str, name: str) -> Iterator[None]:
        """Time a phase, and print its line when it ends."""
        begin = time.monotonic()
        try:
            yield
        finally:
            sys.stderr.write(f"{stack:<20} {name:<5} {time.monotonic() - begin:5.1f} s\n")
            sys.stderr.flush()

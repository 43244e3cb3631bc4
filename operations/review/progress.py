"""What a person sees while plans run."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Progress:
    """One line a finished phase of a stack, with its seconds, on stderr."""

    @contextmanager
    def phase(self, stack: str, name: str) -> Iterator[None]:
        """Tell when a phase has ended, and how long it took."""
        begin = time.monotonic()
        try:
            yield
        finally:
            sys.stderr.write(f"{stack:<20} {name:<5} {time.monotonic() - begin:5.1f} s\n")
            sys.stderr.flush()

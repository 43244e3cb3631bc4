"""What a person is told."""

import sys
from functools import cache


@cache
def tell(sentence: str) -> None:
    """Write one line to stderr; the same sentence only once."""
    sys.stderr.write(f"slim bindings: {' '.join(sentence.split())}\n")

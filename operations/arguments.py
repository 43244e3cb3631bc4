"""Parses the arguments of a command."""

import argparse
import sys
from typing import Final, NoReturn

_INVALID: Final = 1


class Parser(argparse.ArgumentParser):
    """A parser whose errors have the exit status 1, as all errors of a command.

    The status of `argparse` is 2, with which commands report what they found: a risk, or a file
    that would change.
    """

    def error(self, message: str) -> NoReturn:
        """Print usage and error, and exit."""
        self.print_usage(sys.stderr)
        self.exit(_INVALID, f"{self.prog}: error: {message}\n")

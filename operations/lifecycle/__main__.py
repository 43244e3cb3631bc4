"""`python -m operations.lifecycle`: see command.py."""

import sys

from operations.interrupts import interruptible

if __name__ == "__main__":
    outcome = "to continue, run the same command again"
    sys.exit(interruptible("operations.lifecycle.command", outcome))

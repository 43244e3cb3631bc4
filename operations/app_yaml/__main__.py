"""`python -m operations.app_yaml`: see command.py."""

import sys

from operations.interrupts import interruptible

if __name__ == "__main__":
    outcome = "to continue, run the same command again"
    sys.exit(interruptible("operations.app_yaml.command", outcome))

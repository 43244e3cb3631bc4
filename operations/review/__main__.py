"""`python -m operations.review`: see command.py."""

import sys

from operations.interrupts import interruptible

if __name__ == "__main__":
    outcome = "Terraform has stopped, nothing was changed"
    sys.exit(interruptible("operations.review.command", outcome))

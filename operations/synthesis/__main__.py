"""`python -m operations.synthesis [OPTION ...]`: see command.py."""

import sys

from operations.interrupts import interruptible

if __name__ == "__main__":
    sys.exit(interruptible("operations.synthesis.command", "run `make synth` again"))

"""Synthesizes every environment in `environments/` into Terraform JSON."""

import sys

from operations.interrupts import interruptible

if __name__ == "__main__":
    sys.exit(interruptible("operations.synthesis.app", "run `make synth` again"))

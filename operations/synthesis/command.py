"""`python -m operations.synthesis [OPTION ...]`: `cdktf synth`, after a check of its inputs.

cdktf puts a frame around what its app prints. An error that this command finds has none.
"""

import sys

from operations.cdktf import cdktf
from operations.synthesis.inputs import inputs
from operations.terraform.process import TerraformError
from settings.errors import InvalidSettingsError


def main() -> int:
    """Check the inputs, run cdktf with all options, and return its exit status."""
    try:
        inputs()
    except (InvalidSettingsError, TerraformError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return cdktf("synth", *sys.argv[1:])

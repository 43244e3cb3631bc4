"""Synthesizes every environment in `environments/` into Terraform JSON."""

import sys
from pathlib import Path

from settings.errors import InvalidSettingsError
from settings.load import load

try:
    environments = load(Path("environments"))
except InvalidSettingsError as error:
    sys.exit(str(error))

from operations.terraform.moved_states import moved_states
from stacks.app import synthesize

for line in moved_states(synthesize(environments)):
    sys.stderr.write(f"{line}\n")

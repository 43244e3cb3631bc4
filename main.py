"""Synthesizes every environment in `environments/` into Terraform JSON."""

import sys
from pathlib import Path

from settings.errors import InvalidSettingsError
from settings.load import load
from stacks.app import synthesize

try:
    synthesize(load(Path("environments")))
except InvalidSettingsError as error:
    sys.exit(str(error))

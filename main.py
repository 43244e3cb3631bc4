"""Synthesizes every environment in `environments/` into Terraform JSON."""

import sys
from pathlib import Path

from settings.load import InvalidSettings, load
from stacks.app import synthesize

try:
    synthesize(load(Path("environments")))
except InvalidSettings as mistakes:
    sys.exit(str(mistakes))

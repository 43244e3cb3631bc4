"""Synthesizes every environment in `environments/` into Terraform JSON."""

import sys
from pathlib import Path

from stacks.app import synthesize
from stacks.load import InvalidSettings, load

try:
    synthesize(load(Path("environments")))
except InvalidSettings as mistakes:
    sys.exit(str(mistakes))

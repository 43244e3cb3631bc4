"""Synthesizes every environment in `environments/` into Terraform JSON."""

import sys
from pathlib import Path

from cdktf import App

from stacks.app import build
from stacks.load import InvalidSettings, load

try:
    environments = load(Path("environments"))
except InvalidSettings as mistakes:
    sys.exit(str(mistakes))

app = App()
for settings in environments:
    build(app, settings=settings)
app.synth()

"""Synthesizes every environment in `environments/` into Terraform JSON."""

import sys
from pathlib import Path

from settings.errors import InvalidSettingsError
from settings.load import load

try:
    environments = load(Path("environments"))
except InvalidSettingsError as error:
    sys.exit(str(error))

from operations.terraform.checksums import LOCK_FILE, MissingChecksumsError, copy_checksums
from operations.terraform.moved_states import moved_states
from operations.terraform.orphaned_states import orphaned_states
from stacks.app import synthesize

outdir = synthesize(environments)
for line in [*moved_states(outdir), *orphaned_states(outdir)]:
    sys.stderr.write(f"{line}\n")
try:
    copy_checksums(Path(LOCK_FILE), outdir)
except MissingChecksumsError as error:
    sys.exit(str(error))

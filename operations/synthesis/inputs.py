"""What a synthesis needs: valid settings, and for HCP Terraform the `terraform` command."""

from collections.abc import Sequence
from pathlib import Path

from operations import interrupts
from operations.terraform.process import check_version
from settings.environment import Settings
from settings.load import load
from settings.state import CloudState


def inputs() -> Sequence[Settings]:
    """The settings of all environments.

    Raises:
        InvalidSettingsError: a settings file contains an error.
        TerraformError: an environment keeps its states in HCP Terraform, for which cdktf asks
            Terraform for its version (`ValidateTerraformVersion` in its `CloudBackend`), and
            Terraform is missing or too old.
    """
    environments = load(Path("environments"))
    if any(isinstance(settings.state, CloudState) for settings in environments):
        interrupts.run(check_version())
    return environments

"""The Terraform that the stacks require."""

from typing import Final

MINIMUM_TERRAFORM: Final = (1, 4)
"""1.1 introduced `moved`, 1.2 `replace_triggered_by`, and 1.4 `terraform_data`."""

TERRAFORM_WITH_REMOVED: Final = (1, 7)
"""1.7 introduced `removed`, which stacks with `existing = true` contain."""

"""What to do about a stack that could not be planned, where Terraform does not say it."""

import re

from operations.review.plan import Failure
from operations.review.risk import DEPLOY, MADE_ANEW
from settings.stack_names import environment_and_part


def remedy(failure: Failure) -> str:
    """The command or the edit that comes next; empty where Terraform's words have it."""
    environment, part = environment_and_part(failure.stack)
    if re.search(r"default credentials|No credentials", failure.words):
        return "Log in: `gcloud auth application-default login`."
    # Terraform: "has lifecycle.prevent_destroy set"; OpenTofu: "has prevent_destroy set".
    if "prevent_destroy" in failure.words:
        way = _PROTECTED.get(part, "")
        return way.format(env=environment)
    return ""


_PROTECTED = {
    "network": "The VPC and its node subnet hold everything else, so neither is replaced alone. If"
    f" you want another one, {MADE_ANEW}.",
    "cluster": "To replace or destroy the cluster, with all that runs in it, take the change back,"
    f" set `deletion_protection = false` and run {DEPLOY}; then make the change again and run"
    f" {DEPLOY}.",
}

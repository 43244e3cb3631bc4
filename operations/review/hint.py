"""What to do about a stack that could not be planned, where Terraform does not say it."""

import re
from typing import Final

from operations.review.plan import Failure
from operations.review.resource_types import NAMESPACE
from operations.review.risk import DEPLOY, MADE_ANEW
from settings.stack_names import environment_and_part


def remedy(failure: Failure) -> str:
    """The command or the edit that comes next; empty where Terraform's words have it."""
    environment, part = environment_and_part(failure.stack)
    if re.search(r"default credentials|No credentials", failure.words):
        return "Log in: `gcloud auth application-default login`."
    # Terraform: "has lifecycle.prevent_destroy set"; OpenTofu: "has prevent_destroy set".
    if "prevent_destroy" in failure.words:
        namespaces = sorted(set(re.findall(rf"{NAMESPACE}\.\S+\]", failure.words)))
        way = _NAMESPACE if namespaces else _PROTECTED.get(part, "")
        return way.format(env=environment, addresses=" ".join(f"'{one}'" for one in namespaces))
    return ""


_NAMESPACE: Final = (
    "A namespace is destroyed with everything in it, so one that was made stays in"
    " `cluster.namespaces`. To keep it and manage it no longer, run"
    " `terraform -chdir=cdktf.out/stacks/{env}-service state rm {addresses}`, then"
    f" {DEPLOY}; after that you can delete it with kubectl, if nobody needs what is in it."
)


_PROTECTED: Final = {
    "network": "The VPC and its node subnet hold everything else, so neither is replaced alone. If"
    f" you want another one, {MADE_ANEW}.",
    "cluster": "To replace or destroy the cluster, with all that runs in it, take the change back,"
    f" set `deletion_protection = false` and run {DEPLOY}; then make the change again and run"
    f" {DEPLOY}.",
}

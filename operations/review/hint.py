"""How to fix a stack that could not be planned, where Terraform's message does not say it."""

import re
from typing import Final

from operations.review.environment import Environment
from operations.review.plan import Failure
from operations.review.resource_types import CLUSTER, NAMESPACE
from operations.review.risk import DEPLOY, REBUILD
from operations.review.unread import misses, unread_hints
from settings.stack_names import environment_and_part


def hint(failure: Failure, environment: Environment) -> str:
    """The command or the edit that fixes a failure; empty where Terraform's message says it.

    Args:
        failure: the failure.
        environment: the environment of its stack.
    """
    name, part = environment_and_part(failure.stack)
    if re.search(r"default credentials|No credentials", failure.message):
        return "Log in: `gcloud auth application-default login`."
    # Terraform: "has lifecycle.prevent_destroy set"; OpenTofu: "has prevent_destroy set".
    if "prevent_destroy" in failure.message:
        namespaces = sorted(set(re.findall(rf"{NAMESPACE}\.\S+\]", failure.message)))
        text = _NAMESPACE if namespaces else _PROTECTED.get(part, "")
        addresses = " ".join(f"'{address}'" for address in namespaces)
        return text.format(env=name, addresses=addresses)
    cluster = environment.only(CLUSTER)
    # Terraform wraps long lines.
    unanswered = _NO_ANSWER.search(" ".join(failure.message.split()))
    if part == "service" and unanswered:
        if cluster and cluster.exists:
            return _MOVED_ENDPOINT.format(cluster=cluster.title, env=name)
        if any(misses(other, CLUSTER) for other in environment.failures):
            return _DELETED_CLUSTER
    return " ".join(dict.fromkeys(unread_hints(failure)))


_NO_ANSWER: Final = re.compile(r"\bdial tcp\b.*(no such host|connection refused|i/o timeout)")
"""Go's messages, as the kubernetes provider repeats them (https://pkg.go.dev/net)."""

_MOVED_ENDPOINT: Final = (
    "The endpoint of the existing cluster {cluster} does not answer. If its owner has changed the"
    " endpoint or recreated the cluster, `make deploy ENV={env} STACK=cluster` reads it again; then"
    " review again. If not, run the review where the endpoint is reachable."
)

_DELETED_CLUSTER: Final = (
    "The existing cluster is not found either. If its owner has deleted it, remove its objects from"
    ' the state, and destroy without reading: docs/existing.md, "Destroy".'
)

_NAMESPACE: Final = (
    "Destroying a namespace destroys everything in it, so Terraform does not remove a namespace"
    " that leaves `cluster.namespaces`. Put it back. To keep the namespace but stop managing it,"
    " run `terraform -chdir=cdktf.out/stacks/{env}-service state rm {addresses}`, then"
    f" {DEPLOY}; after that you can delete it with kubectl if nothing in it is needed."
)


_PROTECTED: Final = {
    "network": "The VPC and its node subnet contain all other resources and cannot be replaced on"
    f" their own. To change them, {REBUILD}.",
    "cluster": "To replace or destroy the cluster and everything that runs in it, undo the change,"
    f" set `deletion_protection = false` and run {DEPLOY}; then make the change again and run"
    f" {DEPLOY}.",
}

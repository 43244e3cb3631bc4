"""What the plans do to namespaces, and to the Services in them."""

from collections.abc import Iterator, Sequence

from operations.review.line import Line
from operations.review.plan import Action, Change, first
from operations.review.resource_types import NAMESPACE, SERVICE
from operations.review.risk import DEPLOY, Explained, Risk, explained


def namespace_risks(line: Line) -> Iterator[Explained]:
    """The risks of namespaces that go, and of Services in a namespace that nobody makes here."""
    services = [change for change in line.changes if change.kind == SERVICE]
    for namespace in line.changes:
        if namespace.kind == NAMESPACE and namespace.is_gone:
            inside = [one for one in services if namespace_now(one) == namespace.title_now]
            yield _destroyed(line, namespace, inside)
    for service in services:
        if service.action is Action.NEW and not is_sure(line, namespace_after(service)):
            yield _unsure(line, service)


def namespace_now(service: Change) -> str:
    """The namespace of a Service until the plan is applied; empty for a new one."""
    return first(service.now, "metadata.namespace") or ""


def namespace_after(service: Change) -> str:
    """The namespace of a Service once the plan is applied; empty for a destroyed one."""
    return first(service.after, "metadata.namespace") or ""


def is_sure(line: Line, namespace: str) -> bool:
    """Whether a namespace exists in every cluster, or these plans make or keep it."""
    return namespace == "default" or any(one.title == namespace for one in line.all(NAMESPACE))


def _destroyed(line: Line, namespace: Change, inside: Sequence[Change]) -> Explained:
    name, env = namespace.title_now, line.environment
    everything = "pods, volumes and secrets, whoever made them"
    if inside:
        everything += f", and {', '.join(one.title_now for one in inside)} of this environment"
    reason = f"namespace {name} destroyed with everything in it: {everything}"
    if kept := [one.title for one in inside if namespace_after(one) == name]:
        return explained(
            Risk.BROKEN,
            namespace,
            f"{reason}; the settings keep {', '.join(kept)} there: calls get no answer, and the"
            " next apply stops",
            f'put "{name}" back into `cluster.namespaces`, or take its services out or elsewhere;'
            f" then {DEPLOY}",
            env=env,
        )
    return explained(
        Risk.HIGH,
        namespace,
        reason,
        f"make sure that nobody needs what is in it (`kubectl get all --namespace {name}`), then"
        f" {DEPLOY}",
        env=env,
    )


def _unsure(line: Line, service: Change) -> Explained:
    name = namespace_after(service)
    return explained(
        Risk.LOW,
        service,
        f"{service.title} is made in namespace {name}, which `cluster.namespaces` does not list:"
        " the apply stops unless it exists",
        f"`kubectl get namespace {name}`, or list it; then {DEPLOY}",
        env=line.environment,
    )

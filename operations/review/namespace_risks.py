"""What the plans do to namespaces, and to the Services in them."""

from collections.abc import Iterator, Sequence

from operations.review.environment import Environment
from operations.review.plan import Action, ResourceChange, first_value
from operations.review.resource_types import CLUSTER, NAMESPACE, SERVICE
from operations.review.risk import DEPLOY, Explanation, Risk, explain


def namespace_risks(environment: Environment) -> Iterator[Explanation]:
    """The risks of destroyed and added namespaces, and of Services in those that may not exist."""
    services = [change for change in environment.changes if change.kind == SERVICE]
    for namespace in environment.changes:
        if namespace.kind == NAMESPACE and namespace.is_gone:
            inside = [
                service for service in services if namespace_now(service) == namespace.title_now
            ]
            yield _destroyed(environment, namespace, inside)
    cluster = environment.only(CLUSTER)
    if cluster and cluster.exists:
        for namespace in environment.all(NAMESPACE):
            if namespace.action is Action.ADD:
                yield _added(environment, namespace)
    for service in services:
        if service.action is Action.ADD and not is_sure(environment, namespace_after(service)):
            yield _unsure(environment, service)


def namespace_now(service: ResourceChange) -> str:
    """The namespace of a Service until the plan is applied; empty for an added Service."""
    return first_value(service.now, "metadata.namespace") or ""


def namespace_after(service: ResourceChange) -> str:
    """The namespace of a Service after the plan is applied; empty for a destroyed Service."""
    return first_value(service.after, "metadata.namespace") or ""


def is_sure(environment: Environment, namespace: str) -> bool:
    """Whether a namespace is in every cluster, or in these plans."""
    return namespace == "default" or any(
        change.title == namespace for change in environment.all(NAMESPACE)
    )


def _destroyed(
    environment: Environment, namespace: ResourceChange, inside: Sequence[ResourceChange]
) -> Explanation:
    name = namespace.title_now
    contents = "pods, volumes and secrets, whoever created them"
    if inside:
        services = ", ".join(service.title_now for service in inside)
        contents += f", and {services} of this environment"
    reason = f"namespace {name} destroyed with everything in it: {contents}"
    if kept := [service.title for service in inside if namespace_after(service) == name]:
        return explain(
            Risk.BROKEN,
            namespace,
            f"{reason}; the settings keep {', '.join(kept)} there: calls fail, and the next apply"
            " stops",
            f'put "{name}" back into `cluster.namespaces`, or remove or move its services; then'
            f" {DEPLOY}",
            env=environment.name,
        )
    return explain(
        Risk.HIGH,
        namespace,
        reason,
        f"make sure that nothing in it is needed (`kubectl get all --namespace {name}`), then"
        f" {DEPLOY}",
        env=environment.name,
    )


def _added(environment: Environment, namespace: ResourceChange) -> Explanation:
    name = namespace.title
    return explain(
        Risk.LOW,
        namespace,
        f'if namespace {name} exists in the cluster, the apply stops with "already exists", after'
        " it has changed other resources of the stack",
        "`kubectl get namespaces` lists those that exist: if it is one of them, take it out of"
        f" `cluster.namespaces`; then {DEPLOY}",
        env=environment.name,
    )


def _unsure(environment: Environment, service: ResourceChange) -> Explanation:
    name = namespace_after(service)
    return explain(
        Risk.LOW,
        service,
        f"{service.title} is added in namespace {name}, which `cluster.namespaces` does not list:"
        " the apply stops unless it exists",
        f"`kubectl get namespace {name}`, or list it; then {DEPLOY}",
        env=environment.name,
    )

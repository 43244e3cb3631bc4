"""Remembers the cluster of the last deploy."""

from dataclasses import dataclass

from cdktf import DataResource
from constructs import Construct

from private_line.interfaces import AnyCluster
from private_line.requirement import Requirement, lifecycle


@dataclass(frozen=True, kw_only=True)
class ClusterIdentityProps:
    """Properties of the record.

    Attributes:
        cluster: the cluster.
        name: its name in the settings, for messages.
        fixed: whether the plan fails if the cluster becomes another one. If a created cluster
            does, Terraform destroys it, and with it all objects in it.
    """

    cluster: AnyCluster
    name: str
    fixed: bool


class ClusterIdentity(Construct):
    """The id of the cluster, in the state of the stack that creates or reads the cluster.

    The ids of Kubernetes objects are unique only within a cluster. If the provider connected to
    another cluster, Terraform would take objects of the same names there for its own, and change or
    destroy them. The plan of this stack fails first, so its outputs still lead to the old cluster.
    """

    def __init__(self, scope: Construct, construct_id: str, *, props: ClusterIdentityProps) -> None:
        """Create the record."""
        super().__init__(scope, construct_id)
        cluster = props.cluster.cluster_id
        same = Requirement(
            condition=f"self.output.id == {cluster}",
            key="cluster.name",
            value=props.name,
            rule="must be the cluster of the last deploy: ${self.output.id}",
            hint="write the old name and location; to change them, destroy the stacks dns, service,"
            " and cluster first, in this order",
        )
        DataResource(
            self,
            "Default",
            input={"id": cluster},
            lifecycle=lifecycle([same], ignore_changes=["input"]) if props.fixed else None,
        )

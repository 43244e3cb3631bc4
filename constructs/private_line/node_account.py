"""The service account of the nodes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from cdktf import ITerraformDependable
from cdktf_cdktf_provider_google.project_iam_member import ProjectIamMember
from cdktf_cdktf_provider_google.service_account import ServiceAccount
from constructs import Construct

from private_line import names

NODE_ROLES: Final = {
    "node": "roles/container.defaultNodeServiceAccount",
    "images": "roles/artifactregistry.reader",
}
"""Roles by construct id: write logs and metrics, and pull images from the same project."""


@dataclass(frozen=True, kw_only=True)
class NodeAccountProps:
    """Properties of the service account.

    Attributes:
        account_id: the ID of the account, 6 to 30 characters, unique in the project.
        project: the project in which the roles are granted.
        depends_on: resources to create first, such as the project's APIs. Default: none.

    Raises:
        InvalidValueError: `account_id` or `project` is invalid.
    """

    account_id: str
    project: str
    depends_on: Sequence[ITerraformDependable] = ()

    def __post_init__(self) -> None:
        """Validate the props."""
        names.service_account_id(self.account_id)
        names.project(self.project)


class NodeAccount(Construct):
    """A service account with the minimum roles of a node.

    By default, GKE uses the Compute Engine default service account. It often has the Editor role,
    and organizations often disable it. See
    https://cloud.google.com/kubernetes-engine/docs/how-to/hardening-your-cluster.
    """

    def __init__(self, scope: Construct, construct_id: str, *, props: NodeAccountProps) -> None:
        """Create the account and grant its roles."""
        super().__init__(scope, construct_id)
        self._account = ServiceAccount(
            self,
            "Default",
            account_id=props.account_id,
            display_name="Nodes of the private line's cluster",
            depends_on=list(props.depends_on) or None,
        )
        self._roles = tuple(
            ProjectIamMember(
                self, name, project=props.project, role=role, member=self._account.member
            )
            for name, role in NODE_ROLES.items()
        )

    @property
    def email(self) -> str:
        """The email address of the account."""
        return self._account.email

    @property
    def dependables(self) -> tuple[ITerraformDependable, ...]:
        """For the nodes' `depends_on`: without the roles, new nodes never become ready."""
        return self._roles

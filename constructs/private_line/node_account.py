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
"""Construct id to role: logs and metrics, and pulling images of the same project."""


@dataclass(frozen=True, kw_only=True)
class NodeAccountProps:
    """An account for nodes.

    Attributes:
        account_id: 6 to 30 characters, unique in the project.
        project: the project that grants the roles.
        depends_on: what must exist first, such as the project's APIs.

    Raises:
        InvalidValueError: `account_id` or `project` breaks its rule.
    """

    account_id: str
    project: str
    depends_on: Sequence[ITerraformDependable] = ()

    def __post_init__(self) -> None:
        """Reject what Google would reject."""
        names.service_account_id(self.account_id)
        names.project(self.project)


class NodeAccount(Construct):
    """A service account with what a node needs and no more.

    The project's default account, which GKE takes otherwise, often holds the Editor role, and
    organizations often disable it.
    """

    def __init__(self, scope: Construct, construct_id: str, *, props: NodeAccountProps) -> None:
        """Make the account and grant its roles."""
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
        """The account's e-mail address."""
        return self._account.email

    @property
    def dependables(self) -> tuple[ITerraformDependable, ...]:
        """What nodes wait for: an account without its roles boots nodes that never get ready."""
        return self._roles

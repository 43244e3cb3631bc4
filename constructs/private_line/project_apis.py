"""The Google APIs of a project."""

from collections.abc import Sequence
from dataclasses import dataclass

from cdktf import ITerraformDependable
from cdktf_cdktf_provider_google.project_service import ProjectService
from constructs import Construct


@dataclass(frozen=True, kw_only=True)
class ProjectApisProps:
    """Properties of the APIs.

    Attributes:
        apis: the service names to enable, such as `compute.googleapis.com`.
    """

    apis: Sequence[str]


class ProjectApis(Construct):
    """Enables APIs, and never disables one.

    By default, the provider disables an API on destroy, for all users of the project. Here
    `disable_on_destroy` is false.
    """

    def __init__(self, scope: Construct, construct_id: str, *, props: ProjectApisProps) -> None:
        """Create one resource per API; its id is the first part of the service name."""
        super().__init__(scope, construct_id)
        self._services = tuple(
            ProjectService(
                self,
                api.partition(".")[0],
                service=api,
                disable_on_destroy=False,
                disable_dependent_services=False,
            )
            for api in props.apis
        )

    @property
    def dependables(self) -> tuple[ITerraformDependable, ...]:
        """For `depends_on` of resources that need the APIs."""
        return self._services

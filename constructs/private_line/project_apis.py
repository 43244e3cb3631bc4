"""The Google APIs that a stack's resources need."""

from collections.abc import Sequence
from dataclasses import dataclass

from cdktf import ITerraformDependable
from cdktf_cdktf_provider_google.project_service import ProjectService
from constructs import Construct


@dataclass(frozen=True, kw_only=True)
class ProjectApisProps:
    """What to enable.

    Attributes:
        apis: service names such as `compute.googleapis.com`.
    """

    apis: Sequence[str]


class ProjectApis(Construct):
    """Enables APIs, and never disables one.

    The provider disables an API on destroy unless told otherwise; other users of the project
    would lose it with us.
    """

    def __init__(self, scope: Construct, construct_id: str, *, props: ProjectApisProps) -> None:
        """Make one resource an API; its id is the first word of the service name."""
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
        """What a resource lists in `depends_on` to wait for the APIs."""
        return self._services

"""The base of every stack: its state backend and its google provider."""

from collections.abc import Sequence

from cdktf import (
    CloudBackend,
    GcsBackend,
    LocalBackend,
    NamedCloudWorkspace,
    TerraformOutput,
    TerraformStack,
)
from cdktf_cdktf_provider_google.provider import GoogleProvider, GoogleProviderBatching
from constructs import Construct

from settings.environment import Settings
from settings.state import CloudState, GcsState, LocalState
from settings.terraform import MINIMUM_TERRAFORM, TERRAFORM_WITH_REMOVED


class EnvironmentStack(TerraformStack):
    """One stack of an environment: a unit of apply with its own state."""

    def __init__(self, scope: Construct, part: str, *, settings: Settings) -> None:
        """Create the stack `ENVIRONMENT-part`.

        Args:
            scope: the app.
            part: one of `settings.stack_names.PARTS`.
            settings: the settings of the environment.
        """
        self._name = settings.stack(part)
        super().__init__(scope, self._name)
        self._settings = settings
        self._require_terraform(MINIMUM_TERRAFORM)
        self._add_backend()
        GoogleProvider(
            self,
            "google",
            project=settings.project,
            region=settings.region,
            impersonate_service_account=settings.impersonate_service_account,
            # Batching delays each request for an API or an IAM member by seconds, to combine it
            # with others. A stack has at most three, so it only slows down the plan. The provider
            # serializes changes of one IAM policy without it, too (provider reference,
            # `batching`; tpgiamresource/iam.go).
            batching=[GoogleProviderBatching(enable_batching=False)],
        )

    def _add_backend(self) -> None:
        match self._settings.state:
            case LocalState(path=path):
                # Relative to cdktf.out/stacks/NAME, where Terraform runs.
                LocalBackend(self, path=f"../../../{path}/{self._name}.tfstate")
            case GcsState(bucket=bucket, prefix=prefix):
                GcsBackend(
                    self,
                    bucket=bucket,
                    prefix=f"{prefix}/{self._name}",
                    impersonate_service_account=self._settings.impersonate_service_account,
                )
            case CloudState() as cloud:
                CloudBackend(
                    self,
                    hostname=cloud.hostname,
                    organization=cloud.organization,
                    workspaces=NamedCloudWorkspace(
                        cloud.workspace_prefix + self._name, cloud.project
                    ),
                )

    def _require_terraform(self, version: tuple[int, int]) -> None:
        self.add_override("terraform.required_version", ">= " + ".".join(map(str, version)))

    def forget(self, addresses: Sequence[str]) -> None:
        """Let Terraform forget resources instead of destroying them.

        Args:
            addresses: their addresses in this stack; those that its state does not contain have no
                effect.
        """
        self._require_terraform(TERRAFORM_WITH_REMOVED)
        self.add_override(
            "removed",
            [{"from": address, "lifecycle": {"destroy": False}} for address in addresses],
        )

    def add_output(self, name: str, value: object, description: str) -> None:
        """Add an output for people and scripts.

        Stacks do not read these outputs: they pass constructs to each other, and cdktf writes the
        outputs and remote states that those need.
        """
        TerraformOutput(self, name, value=value, description=description)

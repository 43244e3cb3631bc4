"""What every stack has: its place for state and its google provider."""

from typing import Final

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

REQUIRED_TERRAFORM: Final = ">= 1.4"
"""`moved` came with 1.1, `replace_triggered_by` with 1.2, `terraform_data` with 1.4."""


class LineStack(TerraformStack):
    """One unit of apply, with a state of its own."""

    def __init__(self, scope: Construct, part: str, *, settings: Settings) -> None:
        """Make the stack `ENVIRONMENT-part`."""
        self._name = settings.stack(part)
        super().__init__(scope, self._name)
        self._settings = settings
        self.add_override("terraform.required_version", REQUIRED_TERRAFORM)
        self._keep_state()
        GoogleProvider(
            self,
            "google",
            project=settings.project,
            region=settings.region,
            impersonate_service_account=settings.impersonate_service_account,
            # A batcher holds each request on an API or an IAM member for seconds, to send those
            # that come meanwhile with it; a stack has three at most. Members of one policy take
            # turns without it too (provider reference, `batching`; tpgiamresource/iam.go).
            batching=[GoogleProviderBatching(enable_batching=False)],
        )

    def _keep_state(self) -> None:
        match self._settings.state:
            case LocalState(path=path):
                # From cdktf.out/stacks/NAME, where Terraform runs, back to the checkout.
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

    def tell(self, name: str, value: object, description: str) -> None:
        """Make an output for people; stacks hand each other constructs instead."""
        TerraformOutput(self, name, value=value, description=description)

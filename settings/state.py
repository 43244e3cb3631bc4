"""Where a settings file says that states live: a section per backend."""

from collections.abc import Mapping
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Discriminator, Field, Tag

from private_line import names
from settings import fields
from settings.section import Section


class LocalState(Section):
    """State in a folder of this checkout, for one person."""

    backend: Literal["local"] = Field(
        default="local", description="Where states live: `local`, `gcs` or `cloud`."
    )
    path: Annotated[str, AfterValidator(fields.relative_path)] = Field(
        default="state", description="`local`: folder, relative to the checkout."
    )


class GcsState(Section):
    """State in a Cloud Storage bucket."""

    backend: Literal["gcs"]
    bucket: Annotated[str, AfterValidator(names.bucket)] = Field(
        description="`gcs`: name of the bucket, which must exist.", examples=["my-project-tfstate"]
    )
    prefix: Annotated[str, AfterValidator(fields.relative_path)] = Field(
        default="private-line", description="`gcs`: folder in the bucket."
    )


class CloudState(Section):
    """State in HCP Terraform or Terraform Enterprise, one workspace a stack."""

    backend: Literal["cloud"]
    organization: Annotated[str, AfterValidator(fields.word)] = Field(
        description="`cloud`: organization.", examples=["my-organization"]
    )
    hostname: Annotated[str, AfterValidator(names.dns_name)] = Field(
        default="app.terraform.io",
        description="`cloud`: host of HCP Terraform or Terraform Enterprise.",
    )
    workspace_prefix: Annotated[str, AfterValidator(fields.word_or_nothing)] = Field(
        default="", description="`cloud`: what workspace names start with, before the stack's."
    )
    project: Annotated[str, AfterValidator(fields.project)] | None = Field(
        default=None,
        description="`cloud`: project of new workspaces. Default: the organization's own.",
    )


BACKEND: Final = "backend"
"""The key that chooses the section of the state."""


def _backend(state: object) -> object:
    """The tag of a state's section; a table that names no backend keeps states locally."""
    if isinstance(state, Mapping):
        return state.get(BACKEND, "local")
    return getattr(state, BACKEND, "local")


State = Annotated[
    Annotated[LocalState, Tag("local")]
    | Annotated[GcsState, Tag("gcs")]
    | Annotated[CloudState, Tag("cloud")],
    Discriminator(_backend),
]

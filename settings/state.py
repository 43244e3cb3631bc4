"""The settings for the backend that stores the states: one section per backend."""

from collections.abc import Mapping
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Discriminator, Field, Tag

from private_line import names
from settings import fields, paths
from settings.section import Section


class LocalState(Section):
    """State in a folder of the checkout, for a single user."""

    backend: Literal["local"] = Field(
        default="local", description="Where Terraform stores the states: `local`, `gcs` or `cloud`."
    )
    path: Annotated[str, AfterValidator(paths.folder)] = Field(
        default="state", description="`local`: folder for the states, relative to the checkout."
    )


class GcsState(Section):
    """State in a Cloud Storage bucket."""

    backend: Literal["gcs"]
    bucket: Annotated[str, AfterValidator(names.bucket)] = Field(
        description="`gcs`: name of an existing bucket.", examples=["my-project-tfstate"]
    )
    prefix: Annotated[str, AfterValidator(paths.prefix)] = Field(
        default="private-line", description="`gcs`: folder in the bucket."
    )


class CloudState(Section):
    """State in HCP Terraform or Terraform Enterprise, with one workspace per stack."""

    backend: Literal["cloud"]
    organization: Annotated[str, AfterValidator(fields.word)] = Field(
        description="`cloud`: name of the organization.", examples=["my-organization"]
    )
    hostname: Annotated[str, AfterValidator(fields.hostname)] = Field(
        default="app.terraform.io",
        description="`cloud`: hostname of HCP Terraform or Terraform Enterprise; a port other than "
        "443 follows a colon.",
        examples=["app.terraform.io", "tfe.example.com:8443"],
    )
    workspace_prefix: Annotated[str, AfterValidator(fields.word_or_nothing)] = Field(
        default="", description="`cloud`: prefix of workspace names, before the stack name."
    )
    project: Annotated[str, AfterValidator(fields.project)] | None = Field(
        default=None,
        description="`cloud`: project of new workspaces. Default: the organization's default.",
    )


BACKEND: Final = "backend"
"""The key that selects the section."""


def _backend(state: object) -> object:
    """The tag of a section. The default backend is `local`."""
    if isinstance(state, Mapping):
        return state.get(BACKEND, "local")
    return getattr(state, BACKEND, "local")


State = Annotated[
    Annotated[LocalState, Tag("local")]
    | Annotated[GcsState, Tag("gcs")]
    | Annotated[CloudState, Tag("cloud")],
    Discriminator(_backend),
]

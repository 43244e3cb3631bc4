"""The connector's values for app.yaml, from the deployed connector stack or from the settings."""

import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from ruamel.yaml import YAML

from operations import interrupts
from operations.terraform.process import TerraformError, terraform
from operations.terraform.states import outputs_of, pull
from operations.terraform.synthesized import UnusableOutputError, read
from private_line.app_yaml import app_yaml
from settings.environment import Settings
from settings.load import load

SECTION: Final = "vpc_access_connector"
"""The key of app.yaml that names a connector."""

_ENVIRONMENTS: Final = Path("environments")
_OUTDIR: Final = Path("cdktf.out")

_CONNECTOR: Final = re.compile(r"projects/[\w.:-]+/locations/[\w-]+/connectors/[\w-]+", re.ASCII)
"""The ID of a connector (https://cloud.google.com/vpc/docs/reference/vpcaccess/rest/v1/projects.locations.connectors).

A project may belong to a domain, as in `example.com:my-project`.
"""


class UnknownEnvironmentError(Exception):
    """No settings file has this name; the text lists the environments."""


class _NoStateError(Exception):
    """Why the values cannot come from the applied state."""


@dataclass(frozen=True, kw_only=True)
class Values:
    """The connector's values for app.yaml.

    Attributes:
        section: keys and values below `vpc_access_connector`.
        source: where they come from, for messages.
    """

    section: Mapping[str, str]
    source: str


def values(environment: str) -> Values:
    """Take the values from the state of the connector stack, or from the settings without one.

    Raises:
        UnknownEnvironmentError: no settings file has that name.
        InvalidSettingsError: a settings file holds an error.
    """
    known = {settings.environment: settings for settings in load(_ENVIRONMENTS)}
    if environment not in known:
        raise UnknownEnvironmentError(
            f'no environment named "{environment}": {_ENVIRONMENTS}/ has {", ".join(known)}'
        )
    stack = known[environment].stack("connector")
    try:
        connector, source = interrupts.run(_applied(environment)), f"the applied state of {stack}"
    except _NoStateError as reason:
        connector = _planned(known[environment])
        source = f"{_ENVIRONMENTS}/{environment}.toml ({reason})"
    section = YAML(typ="safe", pure=True).load(app_yaml(connector))[SECTION]
    return Values(section=section, source=source)


def _planned(settings: Settings) -> str:
    """The ID that the connector has once it is created."""
    return (
        f"projects/{settings.project}/locations/{settings.connector_region}"
        f"/connectors/{settings.connector.name}"
    )


def _heading(message: str) -> str:
    """The first error line of a Terraform message, which may begin with warnings."""
    lines = message.splitlines()
    errors = [line for line in lines if line.startswith("Error: ")]
    return (errors or lines)[0].removeprefix("Error: ")


async def _applied(environment: str) -> str:
    """The connector's ID in the state of its stack, which need not be initialized here."""
    try:
        stacks = read(_OUTDIR, [environment])
    except UnusableOutputError as error:
        raise _NoStateError(str(error)) from error
    stack = next((stack for stack in stacks if stack.part == "connector"), None)
    if stack is None:
        raise _NoStateError(f"{_OUTDIR} has no connector stack: run `make synth`")
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        try:
            state = await pull(stack, folder, partial(terraform, folder=folder, variables={}))
        except TerraformError as error:
            raise _NoStateError(
                f"the state of {stack.name} cannot be read: {_heading(str(error))}"
            ) from error
    connector = outputs_of(state).get("connector_id")
    if connector is None:
        raise _NoStateError(f"{stack.name} is not applied yet")
    if not (isinstance(connector, str) and _CONNECTOR.fullmatch(connector)):
        raise _NoStateError(
            f"the state of {stack.name} is damaged: connector_id is not the ID of a connector"
        )
    return connector

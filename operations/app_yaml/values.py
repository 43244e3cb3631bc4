"""What app.yaml must say: as the applied connector stack tells it, else as the settings do."""

import asyncio
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from ruamel.yaml import YAML

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


class UnknownEnvironmentError(Exception):
    """There is no such environment; the text names those that there are."""


class _NoStateError(Exception):
    """Why there is no applied state to ask."""


@dataclass(frozen=True, kw_only=True)
class Values:
    """What app.yaml must say.

    Attributes:
        section: keys and values below `vpc_access_connector`.
        source: where they come from, for people.
    """

    section: Mapping[str, str]
    source: str


def values(environment: str) -> Values:
    """Ask the state of the connector stack; where it tells nothing, make them of the settings.

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
        connector, source = asyncio.run(_applied(environment)), f"the applied state of {stack}"
    except _NoStateError as reason:
        connector = _planned(known[environment])
        source = f"{_ENVIRONMENTS}/{environment}.toml ({reason})"
    section = YAML(typ="safe", pure=True).load(app_yaml(connector))[SECTION]
    return Values(section=section, source=source)


def _planned(settings: Settings) -> str:
    """The id that Google will give the connector."""
    return (
        f"projects/{settings.project}/locations/{settings.connector_region}"
        f"/connectors/{settings.connector.name}"
    )


def _heading(words: str) -> str:
    """The line that says what failed; Terraform may print warnings before it."""
    lines = words.splitlines()
    errors = [line for line in lines if line.startswith("Error: ")]
    return (errors or lines)[0].removeprefix("Error: ")


async def _applied(environment: str) -> str:
    """The connector's id as the state of its stack has it, initialized here or not."""
    try:
        (stack,) = (one for one in read(_OUTDIR, [environment]) if one.part == "connector")
    except UnusableOutputError as error:
        raise _NoStateError(str(error)) from error
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        try:
            state = await pull(stack, folder, partial(terraform, folder=folder, variables={}))
        except TerraformError as error:
            raise _NoStateError(
                f"the state of {stack.name} cannot be read: {_heading(str(error))}"
            ) from error
    connector = outputs_of(state).get("connector_id")
    if connector is None:
        raise _NoStateError(f"{stack.name} is not applied yet")
    if not isinstance(connector, str):
        raise _NoStateError(f"the state of {stack.name} is damaged: connector_id is no text")
    return connector

"""A separate project folder that runs this checkout's main.py."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Final

import pytest

from operations.synthesis import app
from tests.fake_cloud.memo import Run
from tests.line import Table
from tests.support import DEV, ROOT

_TIMEOUT_SECONDS: Final = 300


def dev_with_state(state: Mapping[str, str]) -> str:
    """The settings of `tests/fixtures/dev.toml` with another `[state]` section."""
    rest, section, _ = DEV.partition("[state]")
    return "\n".join([rest + section, *(f'{key} = "{value}"' for key, value in state.items())])


def toml(table: Table) -> str:
    """A settings table as TOML, with each section on one line."""

    def literal(value: object) -> str:
        match value:
            case dict():
                pairs = (f"{key} = {literal(nested)}" for key, nested in value.items())
                return "{" + ", ".join(pairs) + "}"
            case list():
                return "[" + ", ".join(map(literal, value)) + "]"
        return json.dumps(value)

    return "".join(f"{key} = {literal(value)}\n" for key, value in table.items())


def set_environment(patch: pytest.MonkeyPatch, variables: Mapping[str, str]) -> None:
    """Replace all environment variables of this process."""
    for name in os.environ.keys() - variables.keys():
        patch.delenv(name)
    for name, value in variables.items():
        patch.setenv(name, value)


def synthesized(folder: Path, environment: Mapping[str, str]) -> Run:
    """Run what main.py runs, in this process: starting Python and Node takes a second.

    Args:
        folder: the folder with `environments/`.
        environment: the environment variables.
    """
    with (
        pytest.MonkeyPatch.context() as patch,
        redirect_stdout(StringIO()) as out,
        redirect_stderr(StringIO()) as err,
    ):
        patch.chdir(folder)
        # Node does not change its working directory.
        outdir = {"CDKTF_OUTDIR": str(folder / "cdktf.out")}
        set_environment(patch, {**environment, **outdir})
        return Run((), app.main(), out.getvalue(), err.getvalue())


class Project:
    """A folder with settings, in which tests run the cdktf command."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        """Write the settings of `tests/fixtures/dev.toml` and a cdktf.json to a folder.

        Args:
            folder: the project folder.
            environment: the environment variables of the command. HOME becomes the folder, so
                that the command does not write to the real one.
        """
        self.folder = folder
        self._environment = {**environment, "CI": "true", "HOME": str(folder)}
        config = json.loads((ROOT / "cdktf.json").read_text(encoding="utf-8"))
        config["app"] = f"{sys.executable} {ROOT / 'main.py'}"
        (folder / "environments").mkdir(parents=True, exist_ok=True)
        (folder / "cdktf.json").write_text(json.dumps(config), encoding="utf-8")
        self.write(DEV)

    def write(self, settings: str) -> None:
        """Replace the settings."""
        (self.folder / "environments" / "dev.toml").write_text(settings, encoding="utf-8")

    def main(self) -> Run:
        """Run what `cdktf synth` runs."""
        return synthesized(self.folder, self._environment)

    def cdktf(self, *arguments: str) -> Run:
        """Run the real cdktf command."""
        return subprocess.run(  # noqa: S603 - our own command, no shell
            [ROOT / "node_modules" / ".bin" / "cdktf", *arguments],
            cwd=self.folder,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_SECONDS,
            check=False,
        )

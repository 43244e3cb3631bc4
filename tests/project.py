"""A separate project folder that runs this checkout's main.py."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

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

    def main(self) -> subprocess.CompletedProcess[str]:
        """Run main.py, which is what `cdktf synth` runs, in less than half of the time."""
        return self._run(sys.executable, ROOT / "main.py")

    def cdktf(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the real cdktf command."""
        return self._run(ROOT / "node_modules" / ".bin" / "cdktf", *arguments)

    def _run(self, *command: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603 - our own command, no shell
            command,
            cwd=self.folder,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_SECONDS,
            check=False,
        )

"""A project folder of its own that runs this checkout's main.py."""

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
    """The settings of `tests/fixtures/dev.toml`, its states kept elsewhere."""
    rest, section, _ = DEV.partition("[state]")
    return "\n".join([rest + section, *(f'{key} = "{value}"' for key, value in state.items())])


def toml(table: Table) -> str:
    """A settings table as a file has it, each section in one line."""

    def value(of: object) -> str:
        match of:
            case dict():
                return "{" + ", ".join(f"{key} = {value(one)}" for key, one in of.items()) + "}"
            case list():
                return "[" + ", ".join(map(value, of)) + "]"
        return json.dumps(of)

    return "".join(f"{key} = {value(one)}\n" for key, one in table.items())


class Project:
    """Settings in a folder, and the cdktf command run on them."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        """Lay out a folder with the settings of `tests/fixtures/dev.toml`.

        Args:
            folder: where the project is.
            environment: of the command; HOME becomes the folder, so that nobody else's is touched.
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
        """Synthesize as the cdktf command does, in a third of its time."""
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

"""A rehearsal: real Terraform on a synthesized line, with stand-ins for the providers.

Everything is in one folder: what was synthesized, states, the world, and a mirror from which
`terraform init` takes the stand-ins as it takes providers from the registry.
"""

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tests.conftest import ROOT
from tests.line import Line
from tests.rehearsal.schema import PROVIDERS, schema
from tests.rehearsal.world import World, opened

Run = subprocess.CompletedProcess[str]

_TIMEOUT_SECONDS: Final = 120

_MACHINES: Final = {"x86_64": "amd64", "AMD64": "amd64", "aarch64": "arm64", "arm64": "arm64"}


class Rehearsal:
    """One project folder, with a Terraform that reaches the stand-ins only."""

    def __init__(self, folder: Path) -> None:
        """Lay out the mirror and the configuration of the command line."""
        self.folder = folder
        self._tools = folder / "tools"
        self._configuration = folder / "terraformrc"
        if not self._tools.exists():
            self._lay_out()

    def _lay_out(self) -> None:
        machine = f"{platform.system().lower()}_{_MACHINES[platform.machine()]}"
        schemas = schema(ROOT / ".cache" / "rehearsal")
        for name, one in PROVIDERS.items():
            command = f'exec "{sys.executable}" -m tests.rehearsal.provider {name} "{schemas}"'
            place = self._tools / "mirror" / one.source / one.version / machine
            _script(
                place / f"terraform-provider-{name}_v{one.version}",
                f'PYTHONPATH="{ROOT}" {command}',
            )
        # The service stack waits three minutes for Google on a destroy.
        _script(self._tools / "bin" / "sleep", "exit 0")
        self._configuration.write_text(
            f'provider_installation {{\n  filesystem_mirror {{\n    path = "{self._tools}/mirror"\n'
            "  }\n}\n",
            encoding="utf-8",
        )

    def take(self, line: Line) -> None:
        """Replace what was synthesized before; Terraform's own folders stay."""
        shutil.copytree(line.outdir, self.folder / "cdktf.out", dirs_exist_ok=True)

    def copy(self, folder: Path) -> "Rehearsal":
        """The same rehearsal somewhere else, to go on from here."""
        shutil.copytree(self.folder, folder, symlinks=True, dirs_exist_ok=True)
        return Rehearsal(folder)

    @property
    def world(self) -> World:
        """What exists now."""
        with opened(self._world) as world:
            return world

    @property
    def _world(self) -> Path:
        return self.folder / "world.json"

    def terraform(self, stack: str, *arguments: str, more: Mapping[str, str] | None = None) -> Run:
        """Run Terraform in the folder of a stack such as `network`; it ends by itself.

        Args:
            stack: the part that the stack plays.
            arguments: what follows `terraform`, without `-chdir`.
            more: more of the environment, such as REHEARSAL_PAUSE.
        """
        return subprocess.run(  # noqa: S603 - our own command, no shell
            [
                os.environ.get("TERRAFORM_BINARY_NAME", "terraform"),
                f"-chdir={self.folder}/cdktf.out/stacks/dev-{stack}",
                *arguments,
            ],
            env={**self._environment(), **(more or {})},
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_SECONDS,
            check=False,
        )

    def _environment(self) -> dict[str, str]:
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("TF_", "GOOGLE_", "KUBE"))
        }
        return kept | {
            "PATH": f"{self._tools / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "CHECKPOINT_DISABLE": "1",
            "TF_CLI_CONFIG_FILE": str(self._configuration),
            "TF_DISABLE_PLUGIN_TLS": "1",
            "TF_IN_AUTOMATION": "1",
            "TF_INPUT": "0",
            "REHEARSAL_WORLD": str(self._world),
        }


def _script(path: Path, line: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{line}\n", encoding="utf-8")
    path.chmod(0o755)

"""Lets Terraform use fake providers instead of Google's and Kubernetes'.

`terraform init` installs them from a mirror on disk, as it installs real ones from a registry.
"""

import os
import platform
import subprocess
import sys
from itertools import product
from pathlib import Path
from shlex import quote
from typing import Final, Self

from tests.fake_cloud.provider.catalogue import catalogues
from tests.fake_cloud.provider.starter import SCRIPT
from tests.support import ROOT

_REGISTRIES: Final = ("registry.terraform.io", "registry.opentofu.org")
"""The default registries of Terraform and OpenTofu."""

_MACHINES: Final = {"x86_64": "amd64", "AMD64": "amd64", "aarch64": "arm64", "arm64": "arm64"}


class Tools:
    """A mirror with the fake providers, a CLI configuration, and a `sleep` that does not wait.

    Providers can start only inside `with`, which runs the process that forks them.
    """

    def __init__(self, folder: Path) -> None:
        """Write the files to a folder."""
        self.mirror = folder / "mirror"
        self.programs = folder / "bin"
        self.configuration = folder / "terraformrc"
        self._requests = folder / "requests"
        calls = folder / "calls"
        calls.mkdir(parents=True)
        os.mkfifo(self._requests)
        machine = f"{platform.system().lower()}_{_MACHINES[platform.machine()]}"
        for (name, one), registry in product(catalogues().items(), _REGISTRIES):
            program = f"terraform-provider-{name}_v{one.version}"
            _script(
                self.mirror / registry / one.source / one.version / machine / program,
                SCRIPT.format(
                    name=name, calls=quote(str(calls)), requests=quote(str(self._requests))
                ),
            )
        # On a destroy, the service stack waits three minutes for Google with `sleep`.
        _script(self.programs / "sleep", "#!/bin/sh\nexit 0\n")
        self.configuration.write_text(
            f'provider_installation {{ filesystem_mirror {{ path = "{self.mirror}" }} }}\n',
            encoding="utf-8",
        )

    def __enter__(self) -> Self:
        """Start the process that forks providers. It ends when no process has its pipe open."""
        self._held = self._requests.open("r+b", buffering=0)
        self._starter = subprocess.Popen(  # noqa: S603 - our own command, no shell
            [sys.executable, "-m", "tests.fake_cloud.provider.starter", self._requests], cwd=ROOT
        )
        return self

    def __exit__(self, *_: object) -> None:
        """End it."""
        self._held.close()
        self._starter.wait()


def _script(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)

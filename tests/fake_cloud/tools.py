"""What Terraform runs with in tests: fake providers in place of Google's and Kubernetes'.

`terraform init` installs them from a mirror on disk, as it installs providers from a registry.
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
"""Where Terraform and OpenTofu look for a provider that names no registry."""

_MACHINES: Final = {"x86_64": "amd64", "AMD64": "amd64", "aarch64": "arm64", "arm64": "arm64"}


class Tools:
    """The mirror, the configuration of the command line, and a `sleep` that does not wait.

    Providers start only within `with`, which runs the process that forks them.
    """

    def __init__(self, folder: Path) -> None:
        """Lay them out."""
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
        # The service stack waits three minutes for Google on a destroy.
        _script(self.programs / "sleep", "#!/bin/sh\nexit 0\n")
        self.configuration.write_text(
            f'provider_installation {{ filesystem_mirror {{ path = "{self.mirror}" }} }}\n',
            encoding="utf-8",
        )

    def __enter__(self) -> Self:
        """Start what forks the providers; it ends when nobody holds its pipe open."""
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

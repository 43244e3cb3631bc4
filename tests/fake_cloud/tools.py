"""Lets Terraform use fake providers instead of Google's and Kubernetes'.

`terraform init` installs them from a mirror on disk, as it installs real ones from a registry.
"""

import json
import os
import platform
import subprocess
import sys
import threading
from collections import OrderedDict
from contextlib import ExitStack
from itertools import product
from pathlib import Path
from typing import Final, Self
from uuid import uuid4

from tests.fake_cloud.memo import STARTER, WORLD, Memo
from tests.fake_cloud.provider.catalogue import catalogues
from tests.fake_cloud.provider.starter import SCRIPT
from tests.results import Results, used
from tests.support import ROOT

_REGISTRIES: Final = ("registry.terraform.io", "registry.opentofu.org")
"""The default registries of Terraform and OpenTofu."""

SOURCES: Final = (
    *(f"tests/fake_cloud/{name}" for name in ("google", "provider", "cloud.py", "memo.py")),
    *("tests/fake_cloud/tools.py", "tests/operations/review/fixtures.py"),
    "operations/terraform/process.py",
)
"""The code of this repository that starts Terraform and answers it."""

_MACHINES: Final = {"x86_64": "amd64", "AMD64": "amd64", "aarch64": "arm64", "arm64": "arm64"}


class Tools:
    """A mirror with the fake providers, a CLI configuration, and a `sleep` that does not wait.

    Providers can start only inside `with`, which runs the process that forks them.
    """

    def __init__(self, folder: Path, results: Results | None = None, worlds: int = 2) -> None:
        """Write the files to a folder.

        Args:
            folder: the folder.
            results: runs to replay; by default only those of this process.
            worlds: how many worlds have running providers. The world whose last run started first
                loses them, so allow twice as many as are in use at the same time. An idle provider
                takes half a percent of a processor.
        """
        self.folder = folder
        self.memo = Memo(results.folder, lambda: results.current) if results else Memo(folder)
        self.mirror = (results.folder if results else folder) / "mirror"
        self.cache = folder / "cache"
        self.programs = folder / "bin"
        self.configuration = folder / "terraformrc"
        self._requests = folder / "requests"
        self._worlds = worlds
        self._lock = threading.Lock()
        self._attached: OrderedDict[Path, tuple[str, ExitStack]] = OrderedDict()
        (folder / "calls").mkdir(parents=True)
        self.cache.mkdir()
        os.mkfifo(self._requests)
        machine = f"{platform.system().lower()}_{_MACHINES[platform.machine()]}"
        for (name, catalogue), registry in product(catalogues().items(), _REGISTRIES):
            version = catalogue.version
            program = f"terraform-provider-{name}_v{version}"
            _script(
                self.mirror / registry / catalogue.source / version / machine / program,
                SCRIPT.format(name=name),
            )
        used(self.mirror)
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
        """End the providers and the process that forks them."""
        for _value, running in self._attached.values():
            running.close()
        self._held.close()
        self._starter.wait()

    def attached(self, world: Path) -> str:
        """The value of TF_REATTACH_PROVIDERS for running providers that serve a world.

        They save Terraform half of the time of a plan. Only those of the latest worlds run.
        """
        with self._lock:
            if world not in self._attached:
                self._attached[world] = self._serve(world)
                if len(self._attached) > self._worlds:
                    _, (_, running) = self._attached.popitem(last=False)
                    running.close()
            self._attached.move_to_end(world)
            value, _ = self._attached[world]
            return value

    def _serve(self, world: Path) -> tuple[str, ExitStack]:
        attach: dict[str, object] = {}
        running = ExitStack()
        for program in self.mirror.glob(f"{_REGISTRIES[0]}/**/terraform-provider-*"):
            provider = running.enter_context(
                subprocess.Popen(  # noqa: S603 - our own command, no shell
                    [program, "-debug"],
                    env={
                        "PATH": os.environ["PATH"],
                        STARTER: str(self.folder),
                        WORLD: str(world),
                    },
                    stdout=subprocess.PIPE,
                    text=True,
                )
            )
            running.callback(provider.terminate)
            assert provider.stdout
            _, _, value = provider.stdout.readline().strip().partition("=")
            attach |= json.loads(value.strip("'"))
        return json.dumps(attach), running


def _script(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{uuid4()}")
    unfinished.write_text(text, encoding="utf-8")
    unfinished.chmod(0o755)
    # In one step, because another process may be using the same script.
    unfinished.replace(path)

"""A rehearsal: real Terraform on a synthesized line, with stand-ins for the providers.

`terraform init` takes the stand-ins from a mirror on disk as it takes providers from the registry.
"""

import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from tests.conftest import ROOT
from tests.line import Line, Table
from tests.rehearsal.schema import PROVIDERS, schema
from tests.rehearsal.values import first
from tests.rehearsal.world import World, opened

Run = subprocess.CompletedProcess[str]

_TIMEOUT_SECONDS: Final = 120

_MACHINES: Final = {"x86_64": "amd64", "AMD64": "amd64", "aarch64": "arm64", "arm64": "arm64"}


class Tools:
    """The mirror, the configuration of the command line, and a `sleep` that does not wait."""

    def __init__(self, folder: Path) -> None:
        """Lay them out."""
        self.mirror = folder / "mirror"
        self.programs = folder / "bin"
        self.configuration = folder / "terraformrc"
        machine = f"{platform.system().lower()}_{_MACHINES[platform.machine()]}"
        schemas = schema(ROOT / ".cache" / "rehearsal")
        for name, one in PROVIDERS.items():
            program = f"terraform-provider-{name}_v{one.version}"
            _script(
                self.mirror / one.source / one.version / machine / program,
                f'PYTHONPATH="{ROOT}" exec "{sys.executable}" -m tests.rehearsal.provider'
                f' {name} "{schemas}"',
            )
        # The service stack waits three minutes for Google on a destroy.
        _script(self.programs / "sleep", "exit 0")
        self.configuration.write_text(
            f'provider_installation {{ filesystem_mirror {{ path = "{self.mirror}" }} }}\n',
            encoding="utf-8",
        )


class Rehearsal:
    """One project folder: what was synthesized, its states, and the world."""

    def __init__(self, folder: Path, tools: Tools) -> None:
        """Begin in a folder, empty or a copy of another rehearsal's."""
        self.folder = folder
        self._tools = tools

    def take(self, line: Line) -> None:
        """Replace what was synthesized before; Terraform's own folders stay."""
        shutil.copytree(line.outdir, self.folder / "cdktf.out", dirs_exist_ok=True)

    def copy(self, folder: Path) -> "Rehearsal":
        """The same rehearsal somewhere else, to go on from here."""
        shutil.copytree(self.folder, folder, symlinks=True, dirs_exist_ok=True)
        return Rehearsal(folder, self._tools)

    def rewrite(self, stack: str, change: Callable[[Table], None]) -> None:
        """Change what was synthesized for a stack by hand."""
        path = self._stack(stack) / "cdk.tf.json"
        written = json.loads(path.read_text(encoding="utf-8"))
        change(written)
        path.write_text(json.dumps(written), encoding="utf-8")

    def _stack(self, stack: str) -> Path:
        return self.folder / "cdktf.out" / "stacks" / f"dev-{stack}"

    @property
    def world(self) -> World:
        """What exists now."""
        with opened(self._world) as world:
            return world

    def names(self) -> dict[str, list[str]]:
        """The names of what exists now, by kind; a Service's name is in its metadata."""
        paths = ("account_id", "name", "metadata.name", "role", "service")
        return {
            kind: sorted(
                next(first(one, path) for path in paths if first(one, path)) for one in all_
            )
            for kind, things in self.world.things.items()
            if (all_ := things.values()) and kind != "namespace"
        }

    @property
    def _world(self) -> Path:
        return self.folder / "world.json"

    def terraform(self, stack: str, *arguments: str) -> Run:
        """Run Terraform in the folder of a stack such as `network`; it ends by itself.

        Args:
            stack: the part that the stack plays.
            arguments: what follows `terraform`, without `-chdir`.
        """
        return subprocess.run(  # noqa: S603 - our own command, no shell
            self._command(stack, *arguments),
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_SECONDS,
            check=False,
        )

    def kill_apply(self, stack: str, *, before: str) -> None:
        """Apply a stack, and kill Terraform when it begins to make something of a type."""
        paused = self.folder / "paused"
        process = subprocess.Popen(  # noqa: S603 - our own command, no shell
            self._command(stack, "apply", "-auto-approve"),
            env={**self.environment(), "REHEARSAL_PAUSE": before},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            # The embedded Terraform is a child of its script: all of them are killed together.
            start_new_session=True,
        )
        try:
            deadline = time.monotonic() + _TIMEOUT_SECONDS
            while not paused.exists():
                assert process.poll() is None, f"the apply ended without a {before}"
                assert time.monotonic() < deadline, f"the apply came to no {before}"
                time.sleep(0.05)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def _command(self, stack: str, *arguments: str) -> list[str]:
        terraform = os.environ.get("TERRAFORM_BINARY_NAME", "terraform")
        return [terraform, f"-chdir={self._stack(stack)}", *arguments]

    def succeed(self, stack: str, *arguments: str) -> Run:
        """Run Terraform where a failure is the test's failure."""
        run = self.terraform(stack, *arguments)
        assert run.returncode == 0, run.stdout + run.stderr
        return run

    def planned(self, stack: str) -> list[str]:
        """What the next apply would do to a stack, as `update google_compute_firewall`."""
        return _told(self.succeed(stack, "plan", "-json"))

    def applied(self, stack: str) -> list[str]:
        """Apply a stack; what that did, in the same words."""
        return _told(self.succeed(stack, "apply", "-auto-approve", "-json"))

    def environment(self) -> dict[str, str]:
        """What Terraform, or what runs it, finds in its environment."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("TF_", "GOOGLE_", "KUBE"))
        }
        return kept | {
            "PATH": f"{self._tools.programs}{os.pathsep}{os.environ['PATH']}",
            "CHECKPOINT_DISABLE": "1",
            "TF_CLI_CONFIG_FILE": str(self._tools.configuration),
            "TF_DISABLE_PLUGIN_TLS": "1",
            "TF_IN_AUTOMATION": "1",
            "TF_INPUT": "0",
            "REHEARSAL_WORLD": str(self._world),
        }


def _told(run: Run) -> list[str]:
    messages = (json.loads(line) for line in run.stdout.splitlines())
    changes = [one["change"] for one in messages if one["type"] == "planned_change"]
    return sorted(f"{one['action']} {one['resource']['resource_type']}" for one in changes)


def _script(path: Path, line: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{line}\n", encoding="utf-8")
    path.chmod(0o755)

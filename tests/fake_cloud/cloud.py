"""A fake cloud: real Terraform deploys synthesized stacks with fake providers."""

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from tests.fake_cloud.google.lookup import API
from tests.fake_cloud.google.world import World, opened
from tests.fake_cloud.provider.values import first
from tests.fake_cloud.tools import Tools
from tests.line import STACKS, Line, Table

Run = subprocess.CompletedProcess[str]

_TIMEOUT_SECONDS: Final = 120


class Entry(NamedTuple):
    """One change of the world: `create`, `update` or `delete` of a resource of a kind."""

    action: str
    kind: str
    key: str


class FakeCloud:
    """One project folder: what was synthesized, its states, and the world."""

    def __init__(self, folder: Path, tools: Tools, more: Mapping[str, str] | None = None) -> None:
        """Begin in a folder, empty or a copy of another fake cloud's.

        Args:
            folder: the project folder.
            tools: what Terraform runs with.
            more: more of the environment of every run, such as where a backend is.
        """
        self.folder = folder
        self.tools = tools
        self._more = more or {}

    def take(self, line: Line) -> None:
        """Replace what was synthesized before; Terraform's own folders stay."""
        shutil.copytree(line.outdir, self.folder / "cdktf.out", dirs_exist_ok=True)

    def copy(self, folder: Path, more: Mapping[str, str] | None = None) -> "FakeCloud":
        """The same cloud somewhere else, to go on from here."""
        shutil.copytree(self.folder, folder, symlinks=True, dirs_exist_ok=True)
        return FakeCloud(folder, self.tools, {**self._more, **(more or {})})

    def with_environment(self, more: Mapping[str, str]) -> "FakeCloud":
        """The same folder for somebody with another environment, such as another token."""
        return FakeCloud(self.folder, self.tools, {**self._more, **more})

    @contextmanager
    def served(self) -> Iterator["FakeCloud"]:
        """The same folder, with each provider started once for all runs; they end at the end."""
        with ExitStack() as running:
            attach: dict[str, object] = {}
            for program in self.tools.mirror.glob("registry.terraform.io/**/terraform-provider-*"):
                provider = running.enter_context(
                    subprocess.Popen(  # noqa: S603 - our own command, no shell
                        [program, "-debug"],
                        env=self.environment(),
                        stdout=subprocess.PIPE,
                        text=True,
                    )
                )
                running.callback(provider.terminate)
                assert provider.stdout
                name, _, value = provider.stdout.readline().strip().partition("=")
                attach |= json.loads(value.strip("'"))
            yield self.with_environment({name: json.dumps(attach)})

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
            for kind, resources in self.world.resources.items()
            if (all_ := resources.values()) and kind != "namespace"
        }

    @property
    def journal(self) -> list[Entry]:
        """What was made, changed and destroyed so far, in its order."""
        lines = (self.folder / "journal").read_text(encoding="utf-8").splitlines()
        return [Entry(**json.loads(line)) for line in lines]

    @property
    def _world(self) -> Path:
        return self.folder / "world.json"

    def held(self) -> ExitStack:
        """Until this is closed the cloud does not answer, so every run waits in its middle."""
        held = ExitStack()
        held.enter_context(opened(self._world))
        return held

    @contextmanager
    def begun(
        self, stack: str, *arguments: str, more: Mapping[str, str] | None = None
    ) -> Iterator[subprocess.Popen[str]]:
        """Start Terraform in the folder of a stack such as `network`; it is killed at the end.

        Args:
            stack: the part that the stack plays.
            arguments: what follows `terraform`, without `-chdir`.
            more: more of the environment, such as FAKE_CLOUD_PAUSE.
        """
        terraform = os.environ.get("TERRAFORM_BINARY_NAME", "terraform")
        with subprocess.Popen(  # noqa: S603 - our own command, no shell
            [terraform, f"-chdir={self._stack(stack)}", *arguments],
            env={**self.environment(), **(more or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            # The embedded Terraform is a child of its script: all of them are killed together.
            start_new_session=True,
        ) as process:
            try:
                yield process
            finally:
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)

    def terraform(self, stack: str, *arguments: str) -> Run:
        """Run Terraform to its end; the arguments are those of `begun`."""
        with self.begun(stack, *arguments) as process:
            return finished(process)

    def kill(self, verb: str, stack: str, *, before: str) -> None:
        """Apply or destroy a stack, and kill Terraform before the first resource of a type."""
        paused = {"FAKE_CLOUD_PAUSE": before}
        with self.begun(stack, verb, "-auto-approve", more=paused) as process:
            eventually(lambda: (self.folder / "paused").exists() or process.poll() is not None)
            assert process.poll() is None, f"the {verb} ended without a {before}"
            # What goes on besides is written down too: Terraform empties a state to write it.
            eventually(self._written_down)

    def _written_down(self) -> bool:
        """Whether the states name all that exists; an API stays enabled after its destroy."""
        states = [path.read_text("utf-8") for path in (self.folder / "state").glob("*.tfstate")]
        kinds = self.world.resources.items()
        resources = (one for kind, all_ in kinds if kind != API for one in all_.values())
        return all(any(one["id"] in state for state in states) for one in resources if "id" in one)

    def succeed(self, stack: str, *arguments: str) -> Run:
        """Run Terraform where a failure is the test's failure."""
        run = self.terraform(stack, *arguments)
        assert run.returncode == 0, run.stdout + run.stderr
        return run

    def deploy(self, *parts: str) -> None:
        """Apply some stacks or all, each after those that it waits for."""
        for part in parts or STACKS:
            self.succeed(part, "init")
            self.succeed(part, "apply", "-auto-approve")

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
            "PATH": f"{self.tools.programs}{os.pathsep}{os.environ['PATH']}",
            "CHECKPOINT_DISABLE": "1",
            "TF_CLI_CONFIG_FILE": str(self.tools.configuration),
            "TF_DISABLE_PLUGIN_TLS": "1",
            "TF_IN_AUTOMATION": "1",
            "TF_INPUT": "0",
            "FAKE_CLOUD_WORLD": str(self._world),
            **self._more,
        }


def finished(process: subprocess.Popen[str]) -> Run:
    """Wait for the end of a run."""
    out, err = process.communicate(timeout=_TIMEOUT_SECONDS)
    return Run(process.args, process.returncode, out, err)


def eventually(happens: Callable[[], object]) -> None:
    """Wait until something happens; a second or two is usual."""
    deadline = time.monotonic() + _TIMEOUT_SECONDS
    while not happens():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.05)


def _told(run: Run) -> list[str]:
    messages = (json.loads(line) for line in run.stdout.splitlines())
    changes = [one["change"] for one in messages if one["type"] == "planned_change"]
    return sorted(f"{one['action']} {one['resource']['resource_type']}" for one in changes)

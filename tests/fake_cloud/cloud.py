"""A fake cloud, in which a real Terraform deploys synthesized stacks with fake providers."""

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
from tests.fake_cloud.memo import ATTACH, STARTER, WORLD, Call, Run
from tests.fake_cloud.provider.values import first
from tests.fake_cloud.tools import Tools
from tests.line import STACKS, Line, Table

_TIMEOUT_SECONDS: Final = 120

_OF_PROVIDERS: Final = (ATTACH, "FAKE_CLOUD_")


class Entry(NamedTuple):
    """One change of the world.

    Attributes:
        action: `create`, `update` or `delete`.
        kind: the resource type.
        key: the key of the resource in the world.
    """

    action: str
    kind: str
    key: str


class FakeCloud:
    """A project folder with synthesized stacks, their states, and the world.

    The world is a file with all resources that exist in the cloud.
    """

    def __init__(self, folder: Path, tools: Tools, more: Mapping[str, str] | None = None) -> None:
        """Use a folder that is empty, or a copy of another fake cloud's folder.

        Args:
            folder: the project folder.
            tools: the fake providers and the CLI configuration of Terraform.
            more: variables added to the environment of every run, such as a backend's address.
        """
        self.folder = folder
        self.tools = tools
        self._more = more or {}

    @property
    def plain(self) -> bool:
        """Whether runs have no added variables, such as those for a backend outside the folder."""
        return not self._more

    def take(self, line: Line) -> None:
        """Replace the synthesized stacks, and keep the folders that Terraform created."""
        shutil.copytree(line.outdir, self.folder / "cdktf.out", dirs_exist_ok=True)

    def copy(self, folder: Path, more: Mapping[str, str] | None = None) -> "FakeCloud":
        """Copy the cloud to another folder, so that changes do not affect this one."""
        shutil.copytree(self.folder, folder, symlinks=True, dirs_exist_ok=True)
        return FakeCloud(folder, self.tools, {**self._more, **(more or {})})

    def with_environment(self, more: Mapping[str, str]) -> "FakeCloud":
        """The same cloud, with variables added to the environment, such as another token."""
        return FakeCloud(self.folder, self.tools, {**self._more, **more})

    def rewrite(self, stack: str, change: Callable[[Table], None]) -> None:
        """Edit the synthesized JSON of a stack."""
        path = self._stack(stack) / "cdk.tf.json"
        written = json.loads(path.read_text(encoding="utf-8"))
        change(written)
        path.write_text(json.dumps(written), encoding="utf-8")

    def _stack(self, stack: str) -> Path:
        return self.folder / "cdktf.out" / "stacks" / f"dev-{stack}"

    @property
    def world(self) -> World:
        """All resources that exist now."""
        with opened(self._world) as world:
            return world

    def names(self) -> dict[str, list[str]]:
        """The names of all resources that exist now, by type."""
        paths = ("account_id", "name", "metadata.name", "role", "service")
        return {
            kind: sorted(
                next(first(resource, path) for path in paths if first(resource, path))
                for resource in resources.values()
            )
            for kind, resources in self.world.resources.items()
            if resources and kind != "namespace"
        }

    @property
    def journal(self) -> list[Entry]:
        """All changes of the world so far, in order."""
        lines = (self.folder / "journal").read_text(encoding="utf-8").splitlines()
        return [Entry(**json.loads(line)) for line in lines]

    @property
    def _world(self) -> Path:
        return self.folder / "world.json"

    def held(self) -> ExitStack:
        """Lock the world until the returned stack is closed: every provider waits for an answer."""
        held = ExitStack()
        held.enter_context(opened(self._world))
        return held

    @contextmanager
    def begun(
        self, stack: str, *arguments: str, more: Mapping[str, str] | None = None
    ) -> Iterator[subprocess.Popen[str]]:
        """Start Terraform in the folder of a stack, and kill it at the end if it still runs.

        Args:
            stack: the part, such as `network`.
            arguments: the arguments of `terraform`, without `-chdir`.
            more: variables added to the environment, such as FAKE_CLOUD_PAUSE.
        """
        terraform = os.environ.get("TERRAFORM_BINARY_NAME", "terraform")
        with subprocess.Popen(  # noqa: S603 - our own command, no shell
            [terraform, f"-chdir={self._stack(stack)}", *arguments],
            env={**self.environment(), **(more or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            # The embedded Terraform is a child of its script, so the whole group is killed.
            start_new_session=True,
        ) as process:
            try:
                yield process
            finally:
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)

    def terraform(self, stack: str, *arguments: str) -> Run:
        """Run Terraform and wait for its end, or replay an equal run.

        Args:
            stack: the part, such as `network`.
            arguments: the arguments of `terraform`, without `-chdir`.
        """

        def run() -> Run:
            with self.begun(stack, *arguments, more=self._attached(arguments[0])) as process:
                return finished(process)

        if not self.plain:
            return run()
        call = Call(folder=self._stack(stack), arguments=arguments, environment=self.environment())
        return self.tools.memo.run(call, run)

    def _attached(self, command: str) -> Mapping[str, str]:
        """The variable for running providers, unless a command or a test needs other providers."""
        if command == "init" or any(name.startswith(_OF_PROVIDERS) for name in self._more):
            return {}
        return self.attached()

    def attached(self) -> Mapping[str, str]:
        """The variable with which Terraform attaches to running providers."""
        return {ATTACH: self.tools.attached(self._world)}

    def kill(self, verb: str, stack: str, *, before: str) -> None:
        """Apply or destroy a stack, and kill Terraform before the first resource of a type."""
        paused = {"FAKE_CLOUD_PAUSE": before}
        with self.begun(stack, verb, "-auto-approve", more=paused) as process:
            eventually(lambda: (self.folder / "paused").exists() or process.poll() is not None)
            assert process.poll() is None, f"the {verb} ended without a {before}"
            # Wait for resources that are created in parallel, because Terraform truncates a state
            # before it writes it.
            eventually(self._written_down)

    def _written_down(self) -> bool:
        """Whether the states contain all resources but enabled APIs, which outlive a destroy."""
        states = [path.read_text("utf-8") for path in (self.folder / "state").glob("*.tfstate")]
        ids = [
            resource["id"]
            for kind, resources in self.world.resources.items()
            for resource in resources.values()
            if kind != API and "id" in resource
        ]
        return all(any(id_ in state for state in states) for id_ in ids)

    def succeed(self, stack: str, *arguments: str) -> Run:
        """Run Terraform; a failure fails the test."""
        run = self.terraform(stack, *arguments)
        assert run.returncode == 0, run.stdout + run.stderr
        return run

    def deploy(self, *parts: str) -> None:
        """Apply some stacks, by default all, in the order of their dependencies."""
        for part in parts or STACKS:
            if not (self._stack(part) / ".terraform").exists():
                self.succeed(part, "init")
            self.succeed(part, "apply", "-auto-approve")

    def destroy(self) -> None:
        """Destroy all stacks, in the reverse order of their dependencies."""
        for part in reversed(STACKS):
            self.succeed(part, "destroy", "-auto-approve")

    def planned(self, stack: str) -> list[str]:
        """The changes in the plan of a stack, such as `update google_compute_firewall`."""
        return _changes(self.succeed(stack, "plan", "-json"))

    def applied(self, stack: str) -> list[str]:
        """Apply a stack, and return the changes in the same form as `planned`."""
        return _changes(self.succeed(stack, "apply", "-auto-approve", "-json"))

    def environment(self) -> dict[str, str]:
        """The environment variables for Terraform, or for a program that runs it."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("TF_", "GOOGLE_", "KUBE"))
        }
        return kept | {
            "PATH": f"{self.tools.programs}{os.pathsep}{os.environ['PATH']}",
            "CHECKPOINT_DISABLE": "1",
            # Terraform ends before its memory matters; this saves a fifth of its CPU time.
            "GOGC": "off",
            "TF_CLI_CONFIG_FILE": str(self.tools.configuration),
            "TF_DISABLE_PLUGIN_TLS": "1",
            "TF_IN_AUTOMATION": "1",
            "TF_INPUT": "0",
            STARTER: str(self.tools.folder),
            WORLD: str(self._world),
            **self._more,
        }


def finished(process: subprocess.Popen[str]) -> Run:
    """Wait for the end of a process, and return its output."""
    out, err = process.communicate(timeout=_TIMEOUT_SECONDS)
    return Run(process.args, process.returncode, out, err)


def eventually(happens: Callable[[], object]) -> None:
    """Wait until a condition is true, usually for a second or two."""
    deadline = time.monotonic() + _TIMEOUT_SECONDS
    while not happens():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.05)


def _changes(run: Run) -> list[str]:
    messages = (json.loads(line) for line in run.stdout.splitlines())
    changes = [message["change"] for message in messages if message["type"] == "planned_change"]
    return sorted(f"{change['action']} {change['resource']['resource_type']}" for change in changes)

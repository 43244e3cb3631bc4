"""Replays runs of Terraform that the tests have made before.

Terraform has made each run once, with the same arguments, files, states, and variables, and with
the same answers from the world. So a replay has the same exit status and output, and leaves the
same files, world, and journal. A run with other variables for the fake providers, such as
FAKE_CLOUD_LATE, is never replayed, nor is one whose output names its folder.

A run that failed is replayed, too, if Terraform said why it failed. Otherwise, each new failed
apply would leave a different state, and no run after it could be replayed. As the reason could be a
full disk, failures are removed if a test that runs Terraform fails (`tests/conftest.py`).
"""

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Final
from uuid import uuid4

from tests.fake_cloud.google.world import LOST, DifferentWorldError, contents, opened, trace_of
from tests.line import Table
from tests.results import FAILED, digest_of, used

Run = subprocess.CompletedProcess[str]

ATTACH: Final = "TF_REATTACH_PROVIDERS"
WORLD: Final = "FAKE_CLOUD_WORLD"
STARTER: Final = "FAKE_CLOUD_STARTER"

_DIFFERENT: Final = 2
"""The exit status of a plan with changes, with the option -detailed-exitcode."""

_REASONS: Final = ("Error: ", '"severity": "error"')
"""What Terraform prints if it says why a run failed; the second is from `validate -json`."""

_CONFIGURATION: Final = "TF_CLI_CONFIG_FILE"
_OF_INSTALLATION: Final = (
    _CONFIGURATION,
    "TF_PLUGIN_CACHE_DIR",
    "TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE",
)
"""Variables that only `init` reads."""


@dataclass(frozen=True, kw_only=True)
class Call:
    """A call of Terraform.

    Attributes:
        folder: the folder of the configuration.
        arguments: the arguments of `terraform`, without `-chdir`.
        environment: the environment variables.
    """

    folder: Path
    arguments: tuple[str, ...]
    environment: Mapping[str, str]

    @property
    def world(self) -> Path:
        """The file with the world."""
        return Path(self.environment[WORLD])

    @property
    def repeatable(self) -> bool:
        """Whether nothing outside of files and world can have an influence."""
        fake = {name for name in self.environment if name.startswith("FAKE_CLOUD_")}
        return fake <= {WORLD, STARTER}

    @cached_property
    def key(self) -> str:
        """A digest of what the run reads, except the world.

        Of the environment, Terraform reads the variables TF_...; of the state of another stack, it
        reads the outputs only.
        """
        read: Mapping[str, object] = {}
        if self.arguments[0] != "version":
            remote = {name: _outputs(self.folder / name) for name in self._remote_states}
            read = self.files() | remote
        variables = {
            name: value
            for name, value in self.environment.items()
            if name.startswith("TF_") and name not in (ATTACH, *_OF_INSTALLATION)
        }
        if self._installs:
            variables |= {name: self.environment.get(name, "") for name in _OF_INSTALLATION}
            configuration = Path(self.environment[_CONFIGURATION])
            variables[_CONFIGURATION] = configuration.read_text(encoding="utf-8")
        text = json.dumps([self.arguments, self._binary, variables, read], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def _binary(self) -> str:
        name = self.environment.get("TERRAFORM_BINARY_NAME", "terraform")
        found = shutil.which(name, path=self.environment.get("PATH"))
        return f"{name} {_version_of(found)}" if found else name

    @property
    def _installs(self) -> bool:
        return self.arguments[0] == "init"

    def files(self) -> dict[str, str]:
        """The files that Terraform reads and writes: text or link by path from the folder."""
        own = self.folder / ".terraform"
        found = [*(path for path in self.folder.iterdir() if path != own), *self._states()]
        if own.exists():
            # Only `init` reads and writes the folders of providers.
            found += own.rglob("*") if self._installs else own.iterdir()
        return {
            os.path.relpath(path, self.folder): f"-> {path.readlink()}"
            if path.is_symlink()
            else path.read_bytes().decode("latin-1")
            for path in found
            if path.is_symlink() or path.is_file()
        }

    def _states(self) -> Iterator[Path]:
        """Its own local state, with backup and lock, and the states that the stack reads."""
        local = self._stack.get("terraform", {}).get("backend", {}).get("local")
        if local:
            path = self.folder / local["path"]
            yield path
            yield path.with_name(f"{path.name}.backup")
            yield path.with_name(f".{path.name}.lock.info")
        yield from (self.folder / name for name in self._remote_states)

    @property
    def _remote_states(self) -> Iterator[str]:
        """The paths of the local states that the stack reads, from its folder."""
        for state in self._stack.get("data", {}).get("terraform_remote_state", {}).values():
            if "path" in state["config"]:
                yield state["config"]["path"]

    @cached_property
    def _stack(self) -> Table:
        path = self.folder / "cdk.tf.json"
        stack: Table = json.loads(path.read_text("utf-8")) if path.exists() else {}
        return stack


@cache
def _version_of(binary: str) -> str:
    """A digest of a binary, and what it prints: it may be a script that selects a version."""
    run = subprocess.run([binary, "version"], capture_output=True, text=True, check=False)  # noqa: S603 - no shell
    return f"{digest_of(Path(binary))} {run.stdout}"


class Memo:
    """Runs to replay, in a folder that several processes share."""

    def __init__(self, folder: Path, current: Callable[[], bool] = lambda: True) -> None:
        """Share a folder.

        Args:
            folder: the folder, which may not exist yet.
            current: whether runs can still be stored there.
        """
        self._folder = folder
        self._current = current

    def run(self, call: Call, run: Callable[[], Run]) -> Run:
        """Replay a call, or run Terraform and remember the result."""
        if (found := self.replayed(call)) is not None:
            return found
        with self.recorded(call) as results:
            results.append(run())
        return results[0]

    def replayed(self, call: Call) -> Run | None:
        """The result of an earlier run; the files and the world are as after it."""
        if not call.repeatable:
            return None
        for path in sorted((self._folder / call.key).glob("*.json")):
            try:
                known = json.loads(path.read_text(encoding="utf-8"))
            except FileNotFoundError:  # tests in another process have removed it
                continue
            if known["trace"]:
                try:
                    with opened(call.world) as world:
                        world.follow(known["trace"])
                except DifferentWorldError:
                    continue
            for name, text in known["files"].items():
                _write(call.folder / name, text)
            used(path.parent)
            return Run(call.arguments, known["status"], known["out"], known["err"])
        return None

    @contextmanager
    def recorded(self, call: Call) -> Iterator[list[Run]]:
        """Remember the result that the caller adds to the list, and what the run changes."""
        results: list[Run] = []
        if not call.repeatable:
            yield results
            return
        before, files, trace = contents(call.world), call.files(), trace_of(call.world)
        trace.parent.mkdir(parents=True, exist_ok=True)
        trace.touch()
        try:
            yield results
            steps = [json.loads(line) for line in trace.read_text("utf-8").splitlines()]
        finally:
            trace.unlink()
        (run,) = results
        printed = run.stdout + run.stderr
        folders = (call.world.parent, call.folder.absolute())
        if LOST in steps or any(str(folder) in printed for folder in folders):
            return
        different = run.returncode == _DIFFERENT and "-detailed-exitcode" in call.arguments
        failed = run.returncode == 1 and any(reason in printed for reason in _REASONS)
        if (run.returncode and not different and not failed) or not self._current():
            return
        before.follow(steps)
        assert before.resources == contents(call.world).resources, "the trace is not complete"
        after = call.files()
        changed = {name: text for name, text in after.items() if files.get(name) != text}
        known = {
            "trace": steps,
            "status": run.returncode,
            "out": run.stdout,
            "err": run.stderr,
            "files": dict.fromkeys(files.keys() - after.keys()) | changed,
        }
        target = self._folder / call.key / f"{uuid4()}{FAILED if failed else '.json'}"
        target.parent.mkdir(parents=True, exist_ok=True)
        unfinished = target.with_suffix(".new")
        unfinished.write_text(json.dumps(known), encoding="utf-8")
        unfinished.rename(target)


def _outputs(path: Path) -> object:
    """The outputs in a state, or the text of another file."""
    text = path.read_bytes().decode("latin-1") if path.exists() else ""
    with suppress(ValueError, TypeError, KeyError):
        return json.loads(text)["outputs"]
    return text


def _write(path: Path, text: str | None) -> None:
    """Write a file or link as `Call.files` returns it; None removes it."""
    with suppress(FileNotFoundError):
        path.unlink()
    if text is None:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    if text.startswith("-> "):
        path.symlink_to(text.removeprefix("-> "))
    else:
        path.write_bytes(text.encode("latin-1"))

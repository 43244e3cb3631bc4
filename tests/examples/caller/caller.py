"""Runs the calling app, with a fake name server and a fake API, in another process."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO, Any, Final, Literal

import dns

from tests.examples.caller import api_server, name_server
from tests.examples.caller.environment import CALLER, environment
from tests.line import Table
from tests.support import APP_YAML, ROOT

Resolver = Literal["system", "dnspython"]
"""What resolves names: the C library in a network namespace, or dnspython instead of it."""

TIMEOUT_SECONDS: Final = 0.5
"""The caller's API_TIMEOUT_SECONDS in these tests."""

_TIMEOUT_SECONDS: Final = 30

_NAMESPACES: Final = ("unshare", "--map-root-user", "--mount", "--net")


@dataclass(frozen=True)
class Answer:
    """A response of the app, and how long it took."""

    status: int
    kind: str
    body: str
    seconds: float

    @property
    def json(self) -> Table:
        """The body of `/health`."""
        parsed: Table = json.loads(self.body)
        return parsed

    @property
    def hops(self) -> dict[str, str]:
        """The result of each hop, up to the first failure."""
        return {hop["hop"]: hop["result"] for hop in self.json["hops"]}


class Caller:
    """The running app, with its name server and its API."""

    def __init__(self, process: subprocess.Popen[str], output: Path) -> None:
        """Control a running app.

        Args:
            process: the process of `harness.py`.
            output: the file with the output of the app.
        """
        self._process = process
        self._output = output

    def get(self, path: str, headers: dict[str, str] | None = None) -> Answer:
        """Send a request to the app."""
        return Answer(**self._command({"get": path, "headers": headers or {}}))

    def name(self, behavior: name_server.Behavior) -> None:
        """Change the behavior of the name server."""
        self._command({"name": behavior})

    def api(self, *behaviors: api_server.Behavior) -> None:
        """Change the behavior of the API: one per request, the last one for all later requests."""
        self._command({"api": behaviors})

    @property
    def requests(self) -> list[dict[str, str]]:
        """The headers of all requests to the API since its last change, with the `peer`'s port."""
        requests: list[dict[str, str]] = self._command("requests")
        return requests

    @property
    def entries(self) -> list[Table]:
        """The log entries of the app."""
        return _entries(self._output)

    def _command(self, command: object) -> Any:  # noqa: ANN401 - JSON
        stdin, stdout = _pipes(self._process)
        stdin.write(json.dumps(command) + "\n")
        stdin.flush()
        return json.loads(stdout.readline())


@contextmanager
def running(
    folder: Path, resolver: Resolver, variables: dict[str, str] | None = None
) -> Iterator[Caller]:
    """Start the app as App Engine starts it, and stop it at the end.

    Args:
        folder: the folder for the output of the app.
        resolver: what resolves names.
        variables: variables added to the environment.
    """
    output = folder / "output"
    with output.open("w") as log, _started(folder, resolver, variables or {}, log) as process:
        ready = _pipes(process)[1].readline()
        assert ready == "ready\n", output.read_text()
        yield Caller(process, output)


@contextmanager
def _started(
    folder: Path, resolver: Resolver, variables: dict[str, str], log: IO[str]
) -> Iterator[subprocess.Popen[str]]:
    harness = [sys.executable, "-m", "tests.examples.caller.harness", str(CALLER), str(APP_YAML)]
    command = harness if resolver == "dnspython" else [*_isolated(folder), *harness, "--isolated"]
    with subprocess.Popen(  # noqa: S603 - our own command, no shell
        command,
        cwd=ROOT,
        env=_environment(folder) | {"API_TIMEOUT_SECONDS": str(TIMEOUT_SECONDS)} | variables,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            # The process is gone if the app did not start.
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def failed_start(folder: Path, variables: dict[str, str]) -> list[Table]:
    """The log entries of an app that must not start with some variables."""
    output = folder / "output"
    with output.open("w") as log, _started(folder, "dnspython", variables, log) as process:
        assert process.wait(timeout=_TIMEOUT_SECONDS) != 0
    return _entries(output)


@cache
def resolvers() -> tuple[Resolver, ...]:
    """The resolvers that can be tested on this machine.

    The C library needs a user namespace, which some distributions and most containers forbid. Then
    only dnspython is tested, and not the error messages of the C library.
    """
    if shutil.which("unshare") is None:
        return ("dnspython",)
    tried = subprocess.run(  # noqa: S603 - our own command, no shell
        [*_NAMESPACES, "mount", "--bind", "/etc/hosts", "/etc/resolv.conf"],
        capture_output=True,
        timeout=_TIMEOUT_SECONDS,
        check=False,
    )
    return ("dnspython",) if tried.returncode else ("system", "dnspython")


def _isolated(folder: Path) -> list[str]:
    """The prefix of a command that runs it where the system's name server is that of the tests."""
    (folder / "resolv.conf").write_text("nameserver 127.0.0.1\n")
    # Otherwise a service such as systemd-resolved answers, outside the namespace.
    (folder / "nsswitch.conf").write_text("hosts: files dns\n")
    mounts = "".join(
        f"if [ -e /etc/{name} ]; then mount --bind '{folder / name}' /etc/{name}; fi && "
        for name in ("resolv.conf", "nsswitch.conf")
    )
    return [*_NAMESPACES, "sh", "-c", f'{mounts} exec "$@"', "sh"]


def _environment(folder: Path) -> dict[str, str]:
    """The variables that App Engine sets, and paths to the app's packages and to dnspython."""
    packages = folder / "packages"
    packages.mkdir()
    (packages / "dns").symlink_to(dns.__path__[0])
    return {
        "PATH": f"{environment() / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(packages),
        "PYTHONDONTWRITEBYTECODE": "1",
        "GOOGLE_CLOUD_PROJECT": "my-project-id",
        # The app must ignore this variable.
        "HTTP_PROXY": "http://127.0.0.1:9",
    }


def _entries(output: Path) -> list[Table]:
    """The JSON lines in the output; gunicorn writes other lines."""
    return [json.loads(line) for line in output.read_text().splitlines() if line.startswith("{")]


def _pipes(process: subprocess.Popen[str]) -> tuple[IO[str], IO[str]]:
    assert process.stdin
    assert process.stdout
    return process.stdin, process.stdout

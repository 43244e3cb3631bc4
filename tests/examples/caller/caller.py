"""The caller at the end of a pipe."""

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
"""Who looks names up: the C library in a namespace, or dnspython in its place."""

TIMEOUT_SECONDS: Final = 0.5
"""What the caller is given for each step."""

_TIMEOUT_SECONDS: Final = 30

_NAMESPACES: Final = ("unshare", "--map-root-user", "--mount", "--net")


@dataclass(frozen=True)
class Answer:
    """What the caller said."""

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
        """What each hop gave, as far as the way went."""
        return {hop["hop"]: hop["result"] for hop in self.json["hops"]}


class Caller:
    """The running app, with the name server and the API that it meets."""

    def __init__(self, process: subprocess.Popen[str], output: Path) -> None:
        """Take the process of `world.py`, and the file that the app writes to."""
        self._process = process
        self._output = output

    def get(self, path: str, headers: dict[str, str] | None = None) -> Answer:
        """Ask the app."""
        return Answer(**self._order({"get": path, "headers": headers or {}}))

    def name(self, mood: name_server.Mood) -> None:
        """Set the name server's mood."""
        self._order({"name": mood})

    def api(self, *moods: api_server.Mood) -> None:
        """Set the API's moods, one a request; the last one stays."""
        self._order({"api": moods})

    @property
    def seen(self) -> list[dict[str, str]]:
        """The headers of all requests that reached the API, and the `peer` they came from."""
        seen: list[dict[str, str]] = self._order("seen")
        return seen

    @property
    def entries(self) -> list[Table]:
        """The app's log."""
        return _entries(self._output)

    def _order(self, order: object) -> Any:  # noqa: ANN401 - JSON as it comes
        stdin, stdout = _pipes(self._process)
        stdin.write(json.dumps(order) + "\n")
        stdin.flush()
        return json.loads(stdout.readline())


@contextmanager
def running(
    folder: Path, resolver: Resolver, more: dict[str, str] | None = None
) -> Iterator[Caller]:
    """The app started as App Engine starts it; it is gone at the end.

    Args:
        folder: for what the app writes.
        resolver: who looks names up.
        more: more of its environment.
    """
    output = folder / "output"
    with output.open("w") as log, _started(folder, resolver, more or {}, log) as process:
        ready = _pipes(process)[1].readline()
        assert ready == "ready\n", output.read_text()
        yield Caller(process, output)


@contextmanager
def _started(
    folder: Path, resolver: Resolver, more: dict[str, str], log: IO[str]
) -> Iterator[subprocess.Popen[str]]:
    world = [sys.executable, "-m", "tests.examples.caller.world", str(CALLER), str(APP_YAML)]
    command = world if resolver == "dnspython" else [*_isolated(folder), *world, "--isolated"]
    with subprocess.Popen(  # noqa: S603 - our own command, no shell
        command,
        cwd=ROOT,
        env=_environment(folder) | {"API_TIMEOUT_SECONDS": str(TIMEOUT_SECONDS)} | more,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            # An app that did not start has ended by itself.
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def refusal(folder: Path, more: dict[str, str]) -> list[Table]:
    """The log of an app that does not start with some variables."""
    output = folder / "output"
    with output.open("w") as log, _started(folder, "dnspython", more, log) as process:
        assert process.wait(timeout=_TIMEOUT_SECONDS) != 0
    return _entries(output)


@cache
def resolvers() -> tuple[Resolver, ...]:
    """Who can look names up here; the C library only where a user may make namespaces.

    Some distributions and most containers refuse them. dnspython then stands alone, and nobody
    has seen how the C library words its failures on this machine.
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
    """Run what follows in namespaces where the tests' name server is the system's."""
    (folder / "resolv.conf").write_text("nameserver 127.0.0.1\n")
    # A service such as systemd-resolved would answer from outside the namespace.
    (folder / "nsswitch.conf").write_text("hosts: files dns\n")
    mounts = "".join(
        f"if [ -e /etc/{name} ]; then mount --bind '{folder / name}' /etc/{name}; fi && "
        for name in ("resolv.conf", "nsswitch.conf")
    )
    return [*_NAMESPACES, "sh", "-c", f'{mounts} exec "$@"', "sh"]


def _environment(folder: Path) -> dict[str, str]:
    """What App Engine sets, the app's own packages, and nothing of ours but dnspython."""
    packages = folder / "packages"
    packages.mkdir()
    (packages / "dns").symlink_to(dns.__path__[0])
    return {
        "PATH": f"{environment() / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(packages),
        "PYTHONDONTWRITEBYTECODE": "1",
        "GOOGLE_CLOUD_PROJECT": "my-project-id",
        # The app must not follow it.
        "HTTP_PROXY": "http://127.0.0.1:9",
    }


def _entries(output: Path) -> list[Table]:
    """The lines of JSON among what gunicorn says."""
    return [json.loads(line) for line in output.read_text().splitlines() if line.startswith("{")]


def _pipes(process: subprocess.Popen[str]) -> tuple[IO[str], IO[str]]:
    assert process.stdin
    assert process.stdout
    return process.stdin, process.stdout

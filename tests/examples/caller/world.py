"""The caller, a name server and the API, as one process that is told what to do on its input.

Run with `python -m tests.examples.caller.world APP APP_YAML [--isolated]`; each line of its input
is an order in JSON (see `_obey`), each line of its output the answer. It ends when its input does.

In a network namespace of its own it has the ports 53 and 80, so the caller runs with its defaults
and asks the name server through the system's resolver. Elsewhere it takes free ports, and
`name_lookup.py` puts another resolver in.
"""

import fcntl
import http.client
import json
import os
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from ruamel.yaml import YAML

from tests.examples.caller.api_server import ApiServer
from tests.examples.caller.name_server import NameServer

_TIMEOUT_SECONDS: Final = 20

_SIOCGIFFLAGS: Final = 0x8913
_SIOCSIFFLAGS: Final = 0x8914
_IFF_UP: Final = 1


def main(caller: Path, app_yaml: Path, *, isolated: bool) -> None:
    """Start everything and obey until the input ends."""
    if isolated:
        _bring_loopback_up()
    names = NameServer(53 if isolated else 0)
    api = ApiServer(80 if isolated else 0)
    threading.Thread(target=names.serve_forever, daemon=True).start()
    environment = dict(os.environ)
    if not isolated:
        environment.setdefault("API_URL", f"http://my.api.private:{api.port}")
        environment["NAME_SERVER_PORT"] = str(names.server_address[1])
        environment["GUNICORN_CMD_ARGS"] = f"--config {Path(__file__).with_name('name_lookup.py')}"
    with _gunicorn(caller, app_yaml, environment) as port:
        print("ready", flush=True)  # noqa: T201 - its output is the answer
        for line in sys.stdin:
            answer = _obey(json.loads(line), names, api, port)
            print(json.dumps(answer), flush=True)  # noqa: T201 - the same


def _obey(order: object, names: NameServer, api: ApiServer, port: int) -> object:
    match order:
        case {"name": mood}:
            names.mood = mood
        case {"api": moods}:
            api.be(*moods)
            api.seen.clear()
        case {"get": path, "headers": headers}:
            return _get(port, path, headers)
        case "seen":
            return api.seen
    return None


def _get(port: int, path: str, headers: dict[str, str]) -> object:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_TIMEOUT_SECONDS)
    start = time.monotonic()
    connection.request("GET", path, headers=headers)
    response = connection.getresponse()
    body = response.read().decode()
    connection.close()
    return {
        "status": response.status,
        "kind": response.getheader("Content-Type"),
        "body": body,
        "seconds": time.monotonic() - start,
    }


@contextmanager
def _gunicorn(caller: Path, app_yaml: Path, environment: dict[str, str]) -> Iterator[int]:
    """The entrypoint of app.yaml, bound to loopback only."""
    entrypoint = YAML(typ="safe").load(app_yaml)["entrypoint"]
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    with subprocess.Popen(  # noqa: S602 - App Engine gives the entrypoint to a shell too
        "exec " + entrypoint.replace(":$PORT", "127.0.0.1:$PORT"),
        shell=True,
        cwd=caller,
        env={**environment, "PORT": str(port)},
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr,
    ) as process:
        try:
            _wait(process, port)
            yield port
        finally:
            process.terminate()


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    """Until the app itself answers: gunicorn listens before it has read the app."""
    deadline = time.monotonic() + _TIMEOUT_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            sys.exit(f"gunicorn ended with {process.returncode}")
        with suppress(OSError, http.client.HTTPException):
            _get(port, "/no-such-page", {})
            return
        time.sleep(0.05)
    sys.exit("the app does not answer")


def _bring_loopback_up() -> None:
    """What `ip link set lo up` does, where there is no `ip`."""
    with socket.socket() as any_socket:
        request = struct.pack("16sH14x", b"lo", 0)
        flags = struct.unpack("16sH14x", fcntl.ioctl(any_socket, _SIOCGIFFLAGS, request))[1]
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", flags | _IFF_UP))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), isolated=sys.argv[3:] == ["--isolated"])

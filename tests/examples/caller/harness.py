"""Runs the app, a fake name server and a fake API, controlled by commands on standard input.

Usage: `python -m tests.examples.caller.harness APP APP_YAML [--isolated]`. Each input line is a
command in JSON (see `_execute`), each output line its result. The process ends when its input ends.

With `--isolated` it runs in a network namespace and uses ports 53 and 80. So the app runs with its
defaults, and the system's resolver queries the name server. Otherwise it uses free ports, and
`name_lookup.py` replaces the resolver.
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
    """Start everything, and execute commands until the input ends."""
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
        print("ready", flush=True)  # noqa: T201 - the protocol of this process
        for line in sys.stdin:
            result = _execute(json.loads(line), names, api, port)
            print(json.dumps(result), flush=True)  # noqa: T201 - the protocol of this process


def _execute(command: object, names: NameServer, api: ApiServer, port: int) -> object:
    match command:
        case {"name": behavior}:
            names.behavior = behavior
        case {"api": behaviors}:
            api.behave(*behaviors)
            api.requests.clear()
        case {"get": path, "headers": headers}:
            return _get(port, path, headers)
        case "requests":
            return api.requests
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
    """Run the entrypoint of app.yaml, bound to loopback, and yield its port."""
    entrypoint = YAML(typ="safe").load(app_yaml)["entrypoint"]
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    with subprocess.Popen(  # noqa: S602 - App Engine also runs the entrypoint in a shell
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
    """Wait until the app answers: gunicorn listens before it has loaded the app."""
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
    """Do the same as `ip link set lo up`, because not every machine has `ip`."""
    with socket.socket() as any_socket:
        request = struct.pack("16sH14x", b"lo", 0)
        flags = struct.unpack("16sH14x", fcntl.ioctl(any_socket, _SIOCGIFFLAGS, request))[1]
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", flags | _IFF_UP))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), isolated=sys.argv[3:] == ["--isolated"])

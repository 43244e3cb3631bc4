"""A fake of the called API on loopback: it answers, fails, is slow, or cannot be reached."""

import socket
import threading
import time
from contextlib import ExitStack, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final, Literal

Behavior = Literal["healthy", "failing", "starting", "slow", "closed", "dropping"]

_STATUSES: Final = {"healthy": 200, "failing": 500, "starting": 503, "slow": 200}

SLOW_SECONDS: Final = 2.0
"""Longer than the caller's timeout in the tests."""


class ApiServer:
    """A port, and the server that currently listens on it.

    Attributes:
        requests: the headers of all requests, with the client's port as `peer`.
    """

    def __init__(self, port: int) -> None:
        """Start a healthy server; port 0 chooses a free port."""
        self.requests: list[dict[str, str]] = []
        self._port = port
        self._listening = ExitStack()
        self.behave("healthy")

    @property
    def port(self) -> int:
        """The port, which does not change."""
        return self._port

    def behave(self, *behaviors: Behavior) -> None:
        """Change the behavior: one per request, the last one for all later requests."""
        self._listening.close()
        if behaviors == ("closed",):
            return
        if behaviors == ("dropping",):
            self._drop_connections()
            return
        server = _Server(self._port, behaviors, self.requests)
        self._port = server.server_address[1]
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        self._listening.callback(server.server_close)
        self._listening.callback(server.shutdown)

    def _drop_connections(self) -> None:
        """Let new connections time out, as behind a firewall that drops packets.

        Linux drops the first packet of a connection while the queue of the listening socket is
        full.
        """
        listener = self._listening.enter_context(socket.socket())
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self._port))
        listener.listen(0)
        for _ in range(4):
            waiting = self._listening.enter_context(socket.socket())
            waiting.settimeout(0)
            waiting.connect_ex(("127.0.0.1", self._port))


class _Server(ThreadingHTTPServer):
    def __init__(
        self, port: int, behaviors: tuple[Behavior, ...], requests: list[dict[str, str]]
    ) -> None:
        super().__init__(("127.0.0.1", port), _Request)
        self.behaviors = list(behaviors)
        self.requests = requests
        self._connections: list[socket.socket] = []

    def get_request(self) -> tuple[socket.socket, object]:
        connection, peer = super().get_request()
        self._connections.append(connection)
        return connection, peer

    def server_close(self) -> None:
        """Stop listening and close all connections, also those in callers' pools, like a pod."""
        super().server_close()
        for connection in self._connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class _Request(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    timeout = 1.0

    def do_GET(self) -> None:
        self.server.requests.append({"peer": str(self.client_address[1]), **self.headers})
        behaviors = self.server.behaviors
        behavior = behaviors.pop(0) if len(behaviors) > 1 else behaviors[0]
        if behavior == "slow":
            time.sleep(SLOW_SECONDS)
        body = f"the API is {behavior}\n".encode()
        self.send_response(_STATUSES[behavior])
        self.send_header("Content-Type", "text/x-api")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_DELETE = do_GET

    def log_message(self, *_: object) -> None:
        """Write no log to the terminal."""

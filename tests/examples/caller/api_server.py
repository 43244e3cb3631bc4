"""The called API on loopback: it answers, fails, dawdles, or is not there at all."""

import socket
import threading
import time
from contextlib import ExitStack, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final, Literal

Mood = Literal["healthy", "failing", "starting", "slow", "closed", "deaf"]

_STATUSES: Final = {"healthy": 200, "failing": 500, "starting": 503, "slow": 200}

SLOW_SECONDS: Final = 2.0
"""Longer than the caller's timeout in the tests."""


class ApiServer:
    """One port, and whatever listens on it now."""

    def __init__(self, port: int) -> None:
        """Listen and be healthy; port 0 takes a free one."""
        self.seen: list[dict[str, str]] = []
        self._port = port
        self._listening = ExitStack()
        self.be("healthy")

    @property
    def port(self) -> int:
        """The port, the same in every mood."""
        return self._port

    def be(self, *moods: Mood) -> None:
        """Take moods, one a request; the last one stays."""
        self._listening.close()
        if moods == ("closed",):
            return
        if moods == ("deaf",):
            self._listen_deaf()
            return
        server = _Server(self._port, moods, self.seen)
        self._port = server.server_address[1]
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        self._listening.callback(server.server_close)
        self._listening.callback(server.shutdown)

    def _listen_deaf(self) -> None:
        """Let new connections hang, as a firewall that drops packets does.

        Linux drops the first packet of a connection while the queue of a listener is full.
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
    def __init__(self, port: int, moods: tuple[Mood, ...], seen: list[dict[str, str]]) -> None:
        super().__init__(("127.0.0.1", port), _Request)
        self.moods = list(moods)
        self.seen = seen
        self._connections: list[socket.socket] = []

    def get_request(self) -> tuple[socket.socket, object]:
        connection, peer = super().get_request()
        self._connections.append(connection)
        return connection, peer

    def server_close(self) -> None:
        """Stop listening, and cut what callers keep in their pools, as the end of a pod does."""
        super().server_close()
        for connection in self._connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class _Request(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    timeout = 1.0

    def do_GET(self) -> None:
        self.server.seen.append({"peer": str(self.client_address[1]), **self.headers})
        moods = self.server.moods
        mood = moods.pop(0) if len(moods) > 1 else moods[0]
        if mood == "slow":
            time.sleep(SLOW_SECONDS)
        body = f"the API is {mood}\n".encode()
        self.send_response(_STATUSES[mood])
        self.send_header("Content-Type", "text/x-api")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_DELETE = do_GET

    def log_message(self, *_: object) -> None:
        """Say nothing."""

"""Checks the path to the API hop by hop: the name, the connection, the answer."""

import errno
import socket
import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from threading import Thread
from typing import Final

import httpx

from client import Client
from settings import Settings

_NO_SUCH_NAME: Final = {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}
_NO_ROUTE: Final = {errno.ENETUNREACH, errno.EHOSTUNREACH}


@dataclass
class Hop:
    """One step of the path."""

    hop: str
    ok: bool = False
    result: str = ""
    milliseconds: float = 0.0


def walk(settings: Settings, client: Client) -> dict[str, object]:
    """Check each hop until one fails, without a retry.

    Returns:
        `failed`, the failed hop or None, and the result and time of each hop.
    """
    url = httpx.URL(settings.api_url)
    port = url.port or {"http": 80, "https": 443}[url.scheme]
    hops: list[Hop] = []
    with suppress(OSError, httpx.HTTPError):
        with _timed(hops, "name") as hop:
            address = hop.result = _lookup(url.host, port).result(settings.timeout_seconds)
        with _timed(hops, "connection") as hop:
            socket.create_connection((address, port), settings.timeout_seconds).close()
            hop.result = f"port {port} is open"
        with _timed(hops, "answer") as hop:
            answer = client.call_once()
            hop.result = f"HTTP status {answer.status_code}"
            answer.raise_for_status()
    return {
        "url": settings.api_url,
        "failed": None if hops[-1].ok else hops[-1].hop,
        "hops": [asdict(hop) for hop in hops],
    }


def _lookup(host: str, port: int) -> Future[str]:
    """Look up the first address of a name, which is the one that a call tries first.

    The system's resolver has no timeout, so it runs on a thread. The end of the app does not wait
    for a daemon thread.
    """
    found = Future[str]()

    def look_up() -> None:
        try:
            addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found.set_result(str(addresses[0][4][0]))
        except (OSError, UnicodeError) as error:
            found.set_exception(error)

    Thread(target=look_up, daemon=True).start()
    return found


@contextmanager
def _timed(hops: list[Hop], name: str) -> Iterator[Hop]:
    """Record a hop, its time, and the reason if it fails."""
    hop = Hop(name)
    hops.append(hop)
    start = time.monotonic()
    try:
        yield hop
        hop.ok = True
    except (OSError, httpx.HTTPError) as error:
        hop.result = hop.result or _reason(error)
        raise
    finally:
        hop.milliseconds = round((time.monotonic() - start) * 1000, 1)


def _reason(error: OSError | httpx.HTTPError) -> str:
    match error:
        case socket.gaierror() if error.errno in _NO_SUCH_NAME:
            return "name not found"
        case TimeoutError() | httpx.TimeoutException():
            return "timeout"
        case ConnectionRefusedError():
            return "refused"
        case OSError() if error.errno in _NO_ROUTE:
            return "no route"
        case _:
            return str(error) or type(error).__name__

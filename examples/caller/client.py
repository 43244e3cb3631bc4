"""Calls to the API: one pool of connections, a timeout for each step, one retry."""

import logging
import random
import time
from typing import Final

import httpx

from logs import trace_headers

IDEMPOTENT: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"})
"""Methods that may be sent twice (RFC 9110, section 9.2.2)."""

PASSING: Final = frozenset({502, 503, 504})
"""Statuses that a load balancer or a starting pod gives, and that a second try may heal."""

_log = logging.getLogger(__name__)


class Client:
    """The way to one API; threads may share it."""

    def __init__(self, url: str, timeout_seconds: float) -> None:
        """Open nothing yet: the first call does."""
        self._url = url
        # A proxy of the environment would take the call out of the VPC.
        self._pool = httpx.Client(timeout=timeout_seconds, trust_env=False)

    def call(self, method: str = "GET") -> httpx.Response:
        """Call the API, and once more if that may help and may be done.

        Raises:
            httpx.TransportError: it did not answer.
        """
        if method not in IDEMPOTENT:
            return self.call_once(method)
        try:
            answer = self.call_once(method)
        except httpx.TransportError as error:
            reason = repr(error)
        else:
            if answer.status_code not in PASSING:
                return answer
            reason = f"HTTP status {answer.status_code}"
        # Callers that failed together must not come back together.
        pause = random.uniform(0.1, 0.3)  # noqa: S311 - it keeps no secret
        _log.warning("%s failed (%s); once more in %.2f s", method, reason, pause)
        time.sleep(pause)
        return self.call_once(method)

    def call_once(self, method: str = "GET") -> httpx.Response:
        """Call the API without a retry; the request's trace goes along.

        Raises:
            httpx.TransportError: it did not answer.
        """
        return self._pool.request(method, self._url, headers=trace_headers())

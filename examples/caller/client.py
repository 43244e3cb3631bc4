"""Calls to the API: one connection pool, a timeout per step, one retry."""

import logging
import random
import time
from typing import Final

import httpx

from logs import trace_headers

IDEMPOTENT: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"})
"""Methods that are safe to repeat (RFC 9110, section 9.2.2)."""

PASSING: Final = frozenset({502, 503, 504})
"""Temporary statuses of a load balancer or a starting pod: a retry may succeed."""

_log = logging.getLogger(__name__)


class Client:
    """A client for one API; safe to share between threads."""

    def __init__(self, url: str, timeout_seconds: float) -> None:
        """Create the pool; the first call opens a connection."""
        self._url = url
        # A proxy from environment variables would route the call out of the VPC.
        self._pool = httpx.Client(timeout=timeout_seconds, trust_env=False)

    def call(self, method: str = "GET") -> httpx.Response:
        """Call the API; retry an idempotent method once after a temporary failure.

        Raises:
            httpx.TransportError: the API did not answer.
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
        # Jitter: callers that failed together must not retry together.
        pause = random.uniform(0.1, 0.3)  # noqa: S311 - no secret depends on it
        _log.warning("%s failed (%s); retry in %.2f s", method, reason, pause)
        time.sleep(pause)
        return self.call_once(method)

    def call_once(self, method: str = "GET") -> httpx.Response:
        """Call the API without a retry, with the trace of the current request.

        Raises:
            httpx.TransportError: the API did not answer.
        """
        return self._pool.request(method, self._url, headers=trace_headers())

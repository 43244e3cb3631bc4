"""One JSON object a line, as Cloud Logging reads it from standard output.

The fields are those of https://cloud.google.com/logging/docs/structured-logging.
"""

import json
import logging
import os
import sys
from typing import Final

from flask import has_request_context, request

TRACE_HEADERS: Final = ("X-Cloud-Trace-Context", "traceparent")
"""What App Engine sends with a request; the same headers go on to the API."""


class _Formatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, object] = {
            "severity": record.levelname,
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        # TRACE/SPAN;o=1: an entry with the trace is shown under its request.
        trace = trace_headers().get("X-Cloud-Trace-Context", "").partition("/")[0]
        if trace:
            project = os.environ.get("GOOGLE_CLOUD_PROJECT", "")
            entry["logging.googleapis.com/trace"] = f"projects/{project}/traces/{trace}"
        if record.exc_info:
            entry["stack_trace"] = self.formatException(record.exc_info)
        return json.dumps(entry)


def trace_headers() -> dict[str, str]:
    """The trace headers of the request that is being answered, if any."""
    if not has_request_context():
        return {}
    return {name: request.headers[name] for name in TRACE_HEADERS if name in request.headers}


def set_up() -> None:
    """Let every logger write JSON to standard output."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(_Formatter())
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    # One line for every call that goes well is more than the request log says already.
    logging.getLogger("httpx").setLevel(logging.WARNING)

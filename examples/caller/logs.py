"""Logs one JSON object per line to standard output, for Cloud Logging.

The fields are those of https://cloud.google.com/logging/docs/structured-logging.
"""

import json
import logging
import os
import sys
from typing import Final

from flask import has_request_context, request

TRACE_HEADERS: Final = ("X-Cloud-Trace-Context", "traceparent")
"""Headers that App Engine adds to a request; the app sends them to the API."""


class _Formatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, object] = {
            "severity": record.levelname,
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        # The header is TRACE/SPAN;o=1. Cloud Logging groups entries by trace under their request.
        trace = trace_headers().get("X-Cloud-Trace-Context", "").partition("/")[0]
        if trace:
            project = os.environ.get("GOOGLE_CLOUD_PROJECT", "")
            entry["logging.googleapis.com/trace"] = f"projects/{project}/traces/{trace}"
        if record.exc_info:
            entry["stack_trace"] = self.formatException(record.exc_info)
        return json.dumps(entry)


def trace_headers() -> dict[str, str]:
    """The trace headers of the current request, if any."""
    if not has_request_context():
        return {}
    return {name: request.headers[name] for name in TRACE_HEADERS if name in request.headers}


def set_up() -> None:
    """Make every logger write JSON to standard output."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(_Formatter())
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    # httpx logs every successful call, which the request log already contains.
    logging.getLogger("httpx").setLevel(logging.WARNING)

"""An App Engine app that calls an API by its private name."""

import logging
import os

from flask import Flask, Response
from httpx import TimeoutException, TransportError

import logs
import probe
from client import Client
from settings import SettingsError, read

logs.set_up()
log = logging.getLogger(__name__)

try:
    settings = read(os.environ)
except SettingsError as error:
    log.critical("The app cannot start: %s", error)
    raise

app = Flask(__name__)
api = Client(settings.api_url, settings.timeout_seconds)


@app.get("/")
def show() -> Response:
    """The API's unchanged response, or 504 or 502 if there is none."""
    try:
        answer = api.call()
    except TransportError as error:
        log.error("No answer from %s: %r", settings.api_url, error)
        status = 504 if isinstance(error, TimeoutException) else 502
        return Response(
            "The API did not answer; /health says why.\n", status, mimetype="text/plain"
        )
    return Response(
        answer.content, answer.status_code, content_type=answer.headers.get("Content-Type")
    )


# On App Engine, Google's front end answers /healthz itself, with a 404
# (https://github.com/hasura/graphql-engine/issues/8093). Elsewhere it is the usual path.
@app.get("/health")
@app.get("/healthz")
def health() -> tuple[dict[str, object], int]:
    """The hops to the API, with times; 503 if one failed."""
    found = probe.walk(settings, api)
    if found["failed"]:
        log.error("The call to the API fails at hop %s", found["failed"], extra={"fields": found})
        return found, 503
    return found, 200

"""The caller's HTTP client, with methods that its pages do not use."""

import subprocess
from collections.abc import Iterator

import pytest

from tests.examples.caller.api_server import ApiServer
from tests.examples.caller.environment import CALLER, environment


@pytest.fixture
def api() -> Iterator[ApiServer]:
    """An API that answers the first request with 503 and all others with 200."""
    server = ApiServer(0)
    server.behave("starting", "healthy")
    yield server
    server.behave("closed")


def status_of(method: str, api: ApiServer) -> str:
    url = f"http://127.0.0.1:{api.port}"
    code = f"from client import Client; print(Client({url!r}, 2).call({method!r}).status_code)"
    done = subprocess.run(  # noqa: S603 - our own command, no shell
        [environment() / "bin" / "python", "-B", "-c", code],
        cwd=CALLER,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_an_idempotent_request_is_retried_once(api: ApiServer) -> None:
    assert status_of("DELETE", api) == "200"
    assert len(api.requests) == 2


def test_a_request_that_is_not_idempotent_is_not_retried(api: ApiServer) -> None:
    assert status_of("POST", api) == "503"
    assert len(api.requests) == 1

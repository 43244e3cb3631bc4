"""A fake HCP Terraform on loopback, for Terraform's `cloud` backend and `remote` data source.

Real: Terraform's two backends, their requests, and the states that they store.
Fake: the part of the API that local execution uses (hcp_api.py): creation of workspaces, locks,
state versions, outputs, and permission to read a state.
Not simulated: remote runs, permissions of teams, variables, policies, run triggers, rate limits,
TLS, and service discovery. Terraform's CLI configuration names the services of the host instead.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock, Thread
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from tests.fake_cloud.backends.hcp_api import PERSON, Organization, RejectedError, Request, answer
from tests.fake_cloud.tools import Tools

HOST: Final = "tfe.example"


def credentials(token: str) -> Mapping[str, str]:
    """The environment variable with which Terraform authenticates to the host."""
    return {"TF_TOKEN_tfe_example": token}


@contextmanager
def served(organization: Organization, folder: Path, tools: Tools) -> Iterator[Mapping[str, str]]:
    """Serve on a free port, and yield the environment variables that lead Terraform to it.

    Args:
        organization: the organization that the API reads and changes.
        folder: the folder for Terraform's CLI configuration.
        tools: its CLI configuration is included.
    """
    handler = partial(_Handler, organization, Lock())
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        api = f"http://127.0.0.1:{server.server_port}/api/v2/"
        services = ", ".join(f'"{name}" = "{api}"' for name in ("tfe.v2", "tfe.v2.1", "tfe.v2.2"))
        configuration = folder / "terraformrc"
        configuration.write_text(
            f"{tools.configuration.read_text(encoding='utf-8')}"
            f'host "{HOST}" {{ services = {{ {services} }} }}\n',
            encoding="utf-8",
        )
        try:
            yield {"TF_CLI_CONFIG_FILE": str(configuration), **credentials(PERSON)}
        finally:
            server.shutdown()


class _Handler(BaseHTTPRequestHandler):
    timeout = 10  # seconds; an idle connection then releases its thread

    def __init__(
        self,
        organization: Organization,
        lock: Lock,
        *connection: Any,  # noqa: ANN401 - untyped in http.server
    ) -> None:
        self._organization = organization
        self._lock = lock
        super().__init__(*connection)

    def _answer(self) -> None:
        url = urlsplit(self.path)
        request = Request(
            method=self.command,
            path=url.path,
            query=parse_qs(url.query),
            body=self.rfile.read(int(self.headers.get("Content-Length", 0))),
            token=self.headers.get("Authorization", "").removeprefix("Bearer "),
            host=f"http://{self.headers['Host']}",
        )
        try:
            with self._lock:
                status, body = HTTPStatus.OK, answer(self._organization, request)
        except RejectedError as error:
            status, body = error.status, error.document
        sent = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/vnd.api+json")
        self.send_header("Content-Length", str(len(sent)))
        self.send_header("TFP-API-Version", "2.6")
        self.end_headers()
        self.wfile.write(sent)

    do_GET = do_POST = do_PATCH = do_PUT = _answer

    def log_message(self, *_: object) -> None:
        """Write no log to the terminal."""

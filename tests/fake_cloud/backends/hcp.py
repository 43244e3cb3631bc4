"""HCP Terraform on loopback, for the real `cloud` backend and `remote` data source of Terraform.

Real: Terraform's two backends, their requests, and the states that they keep. Stood in: the API, as
far as local execution needs it (hcp_api.py): workspaces made on demand, locks, versions of a state,
outputs, and who may read a state. It cannot tell: remote runs, permissions of teams, variables,
policies, run triggers, rate limits, TLS and the discovery of a host, whose services the
configuration of the command line names instead.
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
    """The part of Terraform's environment that holds the token for the host."""
    return {"TF_TOKEN_tfe_example": token}


@contextmanager
def served(organization: Organization, folder: Path, tools: Tools) -> Iterator[Mapping[str, str]]:
    """Answer on a free port; what Terraform's environment must say to go there.

    Args:
        organization: what is there, and what becomes of it.
        folder: gets the configuration of the command line.
        tools: what that configuration says besides.
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
    timeout = 10  # seconds; a connection that nobody uses does not hold its thread

    def __init__(
        self,
        organization: Organization,
        turn: Lock,
        *connection: Any,  # noqa: ANN401 - as the server hands it over
    ) -> None:
        self._organization = organization
        self._turn = turn
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
            with self._turn:
                status, body = HTTPStatus.OK, answer(self._organization, request)
        except RejectedError as refused:
            status, body = refused.status, refused.document
        sent = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/vnd.api+json")
        self.send_header("Content-Length", str(len(sent)))
        self.send_header("TFP-API-Version", "2.6")
        self.end_headers()
        self.wfile.write(sent)

    do_GET = do_POST = do_PATCH = do_PUT = _answer

    def log_message(self, *_: object) -> None:
        """Say nothing on the terminal."""

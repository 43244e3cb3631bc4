"""A bucket on loopback that the real `gcs` backend of Terraform keeps its states and locks in.

Real: Terraform's backend, its `terraform_remote_state`, their requests, and the emulator's store of
objects (PyPI `gcp-storage-emulator`). Stood in: preconditions, which Cloud Storage has and the
emulator ignores; a lock is nothing else. It cannot tell: credentials and roles on the bucket,
impersonation, encryption, versions of an object, and what a slow network does.
"""

import copy
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from http import HTTPStatus
from http.server import ThreadingHTTPServer
from threading import Lock, Thread
from urllib.parse import unquote

from gcp_storage_emulator.exceptions import NotFound
from gcp_storage_emulator.handlers.buckets import create_bucket
from gcp_storage_emulator.server import Request, RequestHandler, Response, Router
from gcp_storage_emulator.storage import Storage


class Bucket:
    """A bucket, and the names of the objects that it was asked to change.

    Attributes:
        written: every object that somebody wanted to write or delete.
        refused: those that were not as the request said.
    """

    def __init__(self, name: str) -> None:
        """Make it, with nothing in it."""
        self.name = name
        self.storage = Storage(use_memory_fs=True)
        self.written: list[str] = []
        self.refused: list[str] = []
        # A precondition and what it guards are one step.
        self.turn = Lock()
        create_bucket(name, self.storage)

    def copy(self) -> "Bucket":
        """Another bucket that holds the same."""
        other = Bucket(self.name)
        other.storage = copy.deepcopy(self.storage)
        return other

    @property
    def names(self) -> set[str]:
        """The objects in it; a state's lock is one of them."""
        return set(self.storage.objects.get(self.name, {}))

    def generation(self, name: str) -> str:
        """Which version of an object is there; 0 where there is none, as Cloud Storage says it."""
        try:
            return str(self.storage.get_file_obj(self.name, name)["generation"])
        except NotFound:
            return "0"

    def move(self, old: str, new: str) -> None:
        """Give an object another name, as `gcloud storage mv` does."""
        described = {**self.storage.get_file_obj(self.name, old), "name": new}
        content = self.storage.get_file(self.name, old)
        self.storage.create_file(self.name, new, content, described)
        self.storage.delete_file(self.name, old)

    @contextmanager
    def served(self) -> Iterator[Mapping[str, str]]:
        """Answer on a free port; what Terraform's environment must say to go there."""
        with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, self)) as server:
            server.daemon_threads = True
            Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
            try:
                yield {
                    "GOOGLE_BACKEND_STORAGE_CUSTOM_ENDPOINT": (
                        f"http://127.0.0.1:{server.server_port}/storage/v1/"
                    ),
                    "GOOGLE_OAUTH_ACCESS_TOKEN": "any",
                }
            finally:
                server.shutdown()


class _Handler(RequestHandler):
    """The emulator's own answers, after a look at `ifGenerationMatch`.

    https://cloud.google.com/storage/docs/request-preconditions: a request whose object is of
    another generation is refused with 412 and changes nothing.
    """

    timeout = 10  # seconds; a connection that nobody uses does not hold its thread

    def __init__(self, bucket: Bucket, *connection: object) -> None:
        self._bucket = bucket
        super().__init__(bucket.storage, *connection)

    def _answer(self) -> None:
        request = Request(self, self.command)
        with self._bucket.turn:
            wanted = request.query.get("ifGenerationMatch")
            name = request.query.get("name", [unquote(request.path.rpartition("/o/")[2])])[0]
            self._bucket.written.append(name)
            if wanted is None or wanted == [self._bucket.generation(name)]:
                Router(self).handle(self.command)
                return
            self._bucket.refused.append(name)
            assert request.data or self.command != "POST"  # reads what was sent
            response = Response(self)
            response.status = HTTPStatus.PRECONDITION_FAILED
            response.json({"error": {"code": 412, "message": "conditionNotMet"}})
            response.close()

    do_POST = do_DELETE = _answer

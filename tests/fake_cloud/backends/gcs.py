"""A fake Cloud Storage bucket on loopback, for the states and locks of Terraform's `gcs` backend.

Real: Terraform's backend, its `terraform_remote_state`, their requests, and the object store of
the emulator (PyPI `gcp-storage-emulator`).
Added here: preconditions, which the emulator ignores. The backend implements locks with them.
Not simulated: credentials and roles on the bucket, impersonation, encryption, object versions, and
a slow network.
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
    """A bucket, and the names of the objects in the requests that it received.

    Attributes:
        written: the object of each request to write or delete.
        rejected: the object of each request whose precondition failed.
    """

    def __init__(self, name: str) -> None:
        """Create an empty bucket."""
        self.name = name
        self.storage = Storage(use_memory_fs=True)
        self.written: list[str] = []
        self.rejected: list[str] = []
        # Held while a request checks its precondition and changes the object.
        self.lock = Lock()
        create_bucket(name, self.storage)

    def copy(self) -> "Bucket":
        """A copy of the bucket with the same objects."""
        other = Bucket(self.name)
        other.storage = copy.deepcopy(self.storage)
        return other

    @property
    def names(self) -> set[str]:
        """The names of all objects, including the locks of states."""
        return set(self.storage.objects.get(self.name, {}))

    def generation(self, name: str) -> str:
        """The generation number of an object, or 0 if it does not exist, as in Cloud Storage."""
        try:
            return str(self.storage.get_file_obj(self.name, name)["generation"])
        except NotFound:
            return "0"

    def move(self, old: str, new: str) -> None:
        """Rename an object, as `gcloud storage mv` does."""
        metadata = {**self.storage.get_file_obj(self.name, old), "name": new}
        content = self.storage.get_file(self.name, old)
        self.storage.create_file(self.name, new, content, metadata)
        self.storage.delete_file(self.name, old)

    @contextmanager
    def served(self) -> Iterator[Mapping[str, str]]:
        """Serve on a free port, and yield the environment variables that lead Terraform to it."""
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
    """Checks `ifGenerationMatch`, then passes the request to the emulator.

    A request whose object has another generation fails with 412 and changes nothing:
    https://cloud.google.com/storage/docs/request-preconditions
    """

    timeout = 10  # seconds; an idle connection then releases its thread

    def __init__(self, bucket: Bucket, *connection: object) -> None:
        self._bucket = bucket
        super().__init__(bucket.storage, *connection)

    def _answer(self) -> None:
        request = Request(self, self.command)
        with self._bucket.lock:
            expected = request.query.get("ifGenerationMatch")
            name = request.query.get("name", [unquote(request.path.rpartition("/o/")[2])])[0]
            self._bucket.written.append(name)
            if expected is None or expected == [self._bucket.generation(name)]:
                Router(self).handle(self.command)
                return
            self._bucket.rejected.append(name)
            assert request.data or self.command != "POST"  # reads the body, as a response must
            response = Response(self)
            response.status = HTTPStatus.PRECONDITION_FAILED
            response.json({"error": {"code": 412, "message": "conditionNotMet"}})
            response.close()

    do_POST = do_DELETE = _answer

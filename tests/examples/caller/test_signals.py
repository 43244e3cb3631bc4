"""The end of the example app: App Engine sends SIGTERM before it ends an instance."""

from pathlib import Path

import psutil
import pytest

from tests.examples.caller.caller import resolvers, running

SECONDS = 5
"""Less than the C library's resolver waits for a silent name server, which is 10 seconds."""


@pytest.mark.skipif("system" not in resolvers(), reason="no namespaces for the system's resolver")
def test_the_app_ends_although_a_lookup_still_waits_for_an_answer(tmp_path: Path) -> None:
    with running(tmp_path, "system") as caller:
        caller.name("silent")
        assert caller.get("/health").hops == {"name": "timeout"}
        (master, *workers) = [
            process
            for process in psutil.Process().children(recursive=True)
            if process.name() == "gunicorn"
        ]
        assert workers
        master.terminate()
        _, alive = psutil.wait_procs(workers, timeout=SECONDS)
        assert not alive

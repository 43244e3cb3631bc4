"""Starts fake providers quickly: `python -m tests.fake_cloud.provider.starter REQUESTS`.

Terraform starts a provider several times per command, and each time Python would import gRPC again.
This process imports everything once, and forks one provider per request. The program that Terraform
starts is a shell script that writes the request and prints the output of the provider. It finds
REQUESTS in the folder FAKE_CLOUD_STARTER, so all processes of a test run have the same script, with
the same checksum.

A request is a line in the named pipe REQUESTS: the name of the provider, the ID of the process that
started the script, a folder, and the options of the script. The folder contains `environment`, the
output of `env`, and the named pipe `answer`. The provider ends when either process has ended. This
process ends when no process has REQUESTS open for writing.
"""

import gc
import os
import select
import shutil
import signal
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Final

from tests.fake_cloud.provider.catalogue import Catalogue, catalogues
from tests.fake_cloud.provider.server import Provider, attached, serve, started

SCRIPT: Final = """\
#!/bin/sh
call=$(mktemp -d "$FAKE_CLOUD_STARTER/calls/XXXXXX") && mkfifo "$call/answer" || exit 1
env >"$call/environment"
echo {name} "$PPID" "$call" "$@" >"$FAKE_CLOUD_STARTER/requests"
while read -r line; do printf '%s\\n' "$line"; done <"$call/answer"
"""

_SECONDS_TO_LISTEN: Final = 10


def answer_all(requests: Path) -> None:
    """Fork a provider for each request."""
    known = catalogues()
    for catalogue in known.values():
        catalogue.schema  # noqa: B018 - read once, before all forks
    # A fork shares the memory of this process, unless the garbage collector writes to it.
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    # Ctrl+C in a terminal also reaches this process, but Terraform ends its providers itself.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with requests.open(encoding="utf-8") as lines:
        for line in lines:
            if os.fork() == 0:
                _provide(known, line)


def _provide(known: Mapping[str, Catalogue], request: str) -> None:
    name, starter, call, *options = request.split()
    text = Path(call, "environment").read_text(encoding="utf-8")
    found = (line.partition("=") for line in text.splitlines() if line.startswith("FAKE_CLOUD_"))
    os.environ.update({variable: value for variable, _, value in found})
    # If the script has ended already, opening its pipe would block forever.
    signal.alarm(_SECONDS_TO_LISTEN)
    answer = Path(call, "answer").open("w", encoding="utf-8")  # noqa: SIM115 - open until the end
    signal.alarm(0)
    shutil.rmtree(call)
    pipe = select.poll()
    pipe.register(answer, 0)

    def deserted() -> bool:
        try:
            os.kill(int(starter), 0)
        except ProcessLookupError:
            return True
        return bool(pipe.poll(0))

    if starts := os.environ.get("FAKE_CLOUD_STARTS"):
        with Path(starts).open("a", encoding="utf-8") as file:
            file.write(f"{name}\n")
    provider = Provider(known[name], Path(os.environ["FAKE_CLOUD_WORLD"]))
    handshake = partial(attached, name) if "-debug" in options else started
    serve(provider, handshake, answer, deserted)


if __name__ == "__main__":
    answer_all(Path(sys.argv[1]))

"""Changes how jsii loads bundles into Node. All that depends on jsii's inside is here."""

import atexit
import gc
import json
import os
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from jsii import _reference_map
from jsii._kernel.providers.process import ProcessProvider, _NodeProcess
from jsii._kernel.types import LoadRequest
from jsii._reference_map import _assembly_to_module, _try_import_type_module
from jsii._runtime import kernel


def install() -> None:
    """Change jsii; an AttributeError or ImportError says that this one has another layout."""
    kernel.provider = _LoadsAhead(kernel.provider)  # type: ignore[arg-type, assignment] # it stands in
    _reference_map._try_import_type_module = _run_init_and_import_type  # noqa: SLF001 - as above
    atexit.register(gc.freeze)  # bindings last to the end: spares the collector's last pass


def _run_init_and_import_type(class_fqn: str) -> bool:
    package = sys.modules.get(_assembly_to_module.get(class_fqn.partition(".")[0], ""))
    getattr(package, "__all__", None)  # for this, a lazy package runs its `__init__`
    return _try_import_type_module(class_fqn)


class _LoadsAhead:
    """jsii's provider, which talks to Node; loads bundles while Python goes on importing."""

    def __init__(self, provider: ProcessProvider) -> None:
        self._provider = provider
        ProcessProvider._process  # noqa: B018, SLF001 - an AttributeError in time, as above
        own = os.environ.get("NODE_OPTIONS", "")
        hook = json.dumps(str(Path(__file__).with_name("lazy_index.js")), ensure_ascii=False)
        os.environ["NODE_OPTIONS"] = f"{own} --require {hook}"
        node: Any = _NodeProcess()  # type: ignore[no-untyped-call] # jsii's
        node.handshake = lambda: None  # Python goes on while Node starts; the thread waits
        node.start()  # here, not on the thread: the program may read the environment
        os.environ["NODE_OPTIONS"] = own
        ProcessProvider._process = node  # type: ignore[method-assign] # noqa: SLF001 - as above
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._waits: list[Future[object]] = [self._thread.submit(_NodeProcess.handshake, node)]

    def load(self, request: LoadRequest) -> None:
        self._waits.append(self._thread.submit(self._provider.load, request))

    def __getattr__(self, name: str) -> object:
        while self._waits:
            self._waits.pop(0).result()
        return getattr(self._provider, name)

"""Patches how jsii loads bundles into Node. Only this file uses private parts of jsii."""

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
    """Patch jsii.

    Raises:
        AttributeError, ImportError: this version of jsii has another layout.
    """
    kernel.provider = _BackgroundLoader(kernel.provider)  # type: ignore[arg-type, assignment] # a proxy
    _reference_map._try_import_type_module = _run_init_and_import_type  # noqa: SLF001 - as above
    atexit.register(gc.freeze)  # skips the last garbage collection


def _run_init_and_import_type(class_fqn: str) -> bool:
    package = sys.modules.get(_assembly_to_module.get(class_fqn.partition(".")[0], ""))
    getattr(package, "__all__", None)  # makes a lazy package run its `__init__`
    return _try_import_type_module(class_fqn)


class _BackgroundLoader:
    """A proxy for jsii's provider, which talks to Node. It loads bundles on a background thread."""

    def __init__(self, provider: ProcessProvider) -> None:
        self._provider = provider
        ProcessProvider._process  # noqa: B018, SLF001 - raises AttributeError early
        user_options = os.environ.get("NODE_OPTIONS", "")
        hook = json.dumps(str(Path(__file__).with_name("lazy_index.js")), ensure_ascii=False)
        os.environ["NODE_OPTIONS"] = f"{user_options} --require {hook}"
        node: Any = _NodeProcess()  # type: ignore[no-untyped-call] # jsii's
        node.handshake = lambda: None  # the thread waits for Node to start, not Python
        try:
            node.start()  # not on the thread, because the environment is changed for it
        except OSError:
            node.stop = lambda: None  # `__del__` calls it, and would print that nothing has started
            raise
        os.environ["NODE_OPTIONS"] = user_options
        ProcessProvider._process = node  # type: ignore[method-assign] # noqa: SLF001 - as above
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._pending: list[Future[object]] = [self._thread.submit(_NodeProcess.handshake, node)]

    def load(self, request: LoadRequest) -> None:
        self._pending.append(self._thread.submit(self._provider.load, request))

    def __getattr__(self, name: str) -> object:
        while self._pending:
            self._pending.pop(0).result()
        return getattr(self._provider, name)

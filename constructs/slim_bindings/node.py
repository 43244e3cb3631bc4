"""Changes how jsii loads bundles into Node. All that depends on jsii's inside is here."""

import atexit
import gc
import json
import os
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from jsii import _reference_map
from jsii._kernel.providers import BaseProvider
from jsii._kernel.types import LoadRequest, LoadResponse
from jsii._reference_map import _assembly_to_module, _try_import_type_module
from jsii._runtime import kernel


def install() -> None:
    """Change jsii; an AttributeError or ImportError says that this one has another layout."""
    kernel.provider = _LoadsAhead(kernel.provider)  # type: ignore[assignment] # stands in for it
    _reference_map._try_import_type_module = _run_init_and_import_type  # noqa: SLF001 - as above
    atexit.register(gc.freeze)  # bindings last to the end: spares the collector's last pass


def _run_init_and_import_type(class_fqn: str) -> bool:
    package = sys.modules.get(_assembly_to_module.get(class_fqn.partition(".")[0], ""))
    getattr(package, "__all__", None)  # for this, a lazy package runs its `__init__`
    return _try_import_type_module(class_fqn)


class _LoadsAhead:
    """jsii's provider, which talks to Node; loads bundles while Python goes on importing."""

    def __init__(self, provider: BaseProvider) -> None:
        self._provider = provider
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._loads: list[Future[LoadResponse]] = []

    def load(self, request: LoadRequest) -> None:
        self._loads.append(self._thread.submit(self._load, request))

    def _load(self, request: LoadRequest) -> LoadResponse:
        options = os.environ.get("NODE_OPTIONS", "")
        hook = json.dumps(str(Path(__file__).with_name("lazy_index.js")), ensure_ascii=False)
        os.environ["NODE_OPTIONS"] = f"{options} --require {hook}"
        try:
            return self._provider.load(request)  # the first one starts Node
        finally:
            os.environ["NODE_OPTIONS"] = options

    def __getattr__(self, name: str) -> object:
        while self._loads:
            self._loads.pop(0).result()
        return getattr(self._provider, name)

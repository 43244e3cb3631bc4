"""A provider, jsii's word for what speaks with Node, that stands before jsii's own."""

import gc
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from jsii.errors import JSIIError

if TYPE_CHECKING:
    from jsii._kernel.providers import BaseProvider
    from jsii._kernel.types import LoadRequest, LoadResponse


class ProviderInFront:
    """Lets Node load assemblies while Python goes on importing.

    Loads happen one after the other on a thread; whatever else is asked waits for all of them.
    """

    def __init__(
        self,
        provider: "BaseProvider",
        *,
        settle: Callable[[Mapping[str, BaseException]], None],
        readable: Callable[[str], str],
    ) -> None:
        """Stand before a provider.

        Args:
            provider: jsii's own.
            settle: told, after some loads, which assemblies failed and why; may load others
                instead, or raise.
            readable: puts the names that people know into the text of an error.
        """
        self._provider = provider
        self._settle = settle
        self._readable = readable
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="slim-bindings")
        self._loads: list[tuple[str, Future[LoadResponse]]] = []

    def load(self, request: "LoadRequest") -> None:
        """Begin to load an assembly."""
        self._loads.append((request.name, self._thread.submit(self._provider.load, request)))

    def __getattr__(self, name: str) -> Callable[..., object]:
        """Hand on any other request, once everything is loaded."""
        request = getattr(self._provider, name)

        def hand_on(*args: Any) -> object:  # noqa: ANN401 - jsii's own, handed on unseen
            if self._loads:
                self._wait()
            try:
                return request(*args)
            except (JSIIError, RuntimeError) as error:
                for one in (error, error.__cause__):
                    if one:
                        one.args = tuple(self._readable(str(text)) for text in one.args)
                raise

        return hand_on

    def _wait(self) -> None:
        while self._loads:
            loads, self._loads = self._loads, []
            failures = {name: load.exception() for name, load in loads}
            self._settle({name: error for name, error in failures.items() if error})
        # The classes just imported, thousands of them, stay to the end. Without this the garbage
        # collector goes through them again and again, and once more at exit.
        gc.freeze()

"""Ends a command in the same way on Ctrl-C, SIGTERM, and SIGHUP.

CI cancels a job with SIGTERM, and a terminal that closes sends SIGHUP. By default, both end Python
at once: no `finally` runs, so child processes and temporary folders stay. Here each of the three
raises an exception.
"""

import importlib
import signal
import sys
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from types import FrameType
from typing import Final, TypeVar

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

_SIGNALED: Final = 128
"""Shells report a command that a signal ended with this status plus the signal's number
(https://www.gnu.org/software/bash/manual/html_node/Exit-Status.html)."""

_Result = TypeVar("_Result")

_Handler = Callable[[int, FrameType | None], object] | int | None
"""As `signal.signal` takes it."""


class Interrupted(KeyboardInterrupt):
    """A signal ends the command.

    Attributes:
        number: the signal.
    """

    def __init__(self, number: int) -> None:
        """Keep the signal."""
        super().__init__()
        self.number = signal.Signals(number)


def interruptible(module: str, outcome: str) -> int:
    """Run the `main` of a module until it returns or a signal arrives.

    The module is imported here, because its imports can take most of the command's time.

    Args:
        module: its name; `main` returns an exit status.
        outcome: what an interrupted command leaves, for its only line on stderr.

    Returns:
        The exit status: that of `main`, or 128 plus the number of the signal.
    """
    try:
        _handle(_raise)
        try:
            main: Callable[[], int] = importlib.import_module(module).main
            return main()
        finally:
            # Only the exit is left, which removes temporary folders of jsii.
            _handle(signal.SIG_IGN)
    except Interrupted as interrupted:
        sys.stderr.write(f"interrupted ({interrupted.number.name}): {outcome}\n")
        return _SIGNALED + interrupted.number


def run(coroutine: Coroutine[object, object, _Result]) -> _Result:
    """Run a coroutine as `asyncio.run` does; a signal cancels it.

    An exception at any point of the event loop could lose a child process that has just started.

    Raises:
        Interrupted: a signal arrived. The coroutine has cleaned up.
    """
    import asyncio  # noqa: PLC0415 - a slow import, before which `interruptible` handles signals

    received: list[int] = []

    async def cancelable() -> _Result:
        task = asyncio.current_task()
        loop = asyncio.get_running_loop()

        def cancel(number: int, _frame: FrameType | None) -> None:
            # Another signal must not cut the cleanup short.
            if not received and task:
                received.append(number)
                loop.call_soon_threadsafe(task.cancel)

        before = _handle(cancel)
        try:
            return await coroutine
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    try:
        result = asyncio.run(cancelable())
    except asyncio.CancelledError:
        if not received:
            raise
    else:
        if not received:
            return result
    raise Interrupted(received[0])


@contextmanager
def recorded() -> Iterator[list[int]]:
    """Record signals within `with` instead of raising an exception.

    An exception in the middle of `subprocess.Popen` could lose the child process, or leave its lock
    acquired.

    Yields:
        The signals until now.
    """
    received: list[int] = []

    def record(number: int, _frame: FrameType | None) -> None:
        received.append(number)

    before = _handle(record)
    try:
        yield received
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _handle(handler: _Handler) -> Mapping[signal.Signals, _Handler]:
    """Handle the signals that the caller does not ignore, as `nohup` ignores SIGHUP.

    Returns:
        The handlers until now.
    """
    before = {number: signal.getsignal(number) for number in _SIGNALS}
    handled = {number: old for number, old in before.items() if old is not signal.SIG_IGN}
    for number in handled:
        signal.signal(number, handler)
    return handled


def _raise(number: int, _frame: FrameType | None) -> None:
    # Another signal must not cut the cleanup short.
    _handle(signal.SIG_IGN)
    raise Interrupted(number)

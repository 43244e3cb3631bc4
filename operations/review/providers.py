"""Starts each provider once for all stacks that configure it alike.

Terraform starts a provider four times for a plan and its `show -json`, which is most of a review's
time. A provider that is started with `-debug` prints how Terraform attaches to it, and then serves
one Terraform after the other, which is how providers are debugged and tested
(https://developer.hashicorp.com/terraform/plugin/debugging). One that does not print it is left to
Terraform.
"""

import asyncio
import json
import os
import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from operations.terraform.process import end, start
from operations.terraform.synthesized import Stack, Table

ATTACH: Final = "TF_REATTACH_PROVIDERS"

_LIMIT_SECONDS: Final = 20

_MOMENT_SECONDS: Final = 1

_Process = asyncio.subprocess.Process


class Providers:
    """The providers that this review has started; they end with it."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        """Start none yet.

        Args:
            variables: more of their environment, as Terraform has it.
        """
        self._variables = variables
        self._served: dict[str, asyncio.Task[Table | None]] = {}
        self._processes: list[_Process] = []

    async def __aenter__(self) -> Self:
        """Begin."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End all providers."""
        for task in self._served.values():
            task.cancel()
        await asyncio.gather(*self._served.values(), return_exceptions=True)
        await asyncio.gather(*map(end, self._processes))

    async def have_crashed(self) -> bool:
        """Whether one of them has ended; this is known a moment after Terraform misses it."""
        ends = [asyncio.create_task(process.wait()) for process in self._processes]
        if not ends:
            return False
        ended, _ = await asyncio.wait(
            ends, timeout=_MOMENT_SECONDS, return_when=asyncio.FIRST_COMPLETED
        )
        for end_of in ends:
            end_of.cancel()
        return bool(ended)

    async def attach(self, stack: Stack, folder: Path) -> Mapping[str, str]:
        """What Terraform's environment must hold to use them for a stack.

        Args:
            stack: the stack.
            folder: where it was initialized.
        """
        if os.environ.get(ATTACH):
            return {}
        installed = folder / ".terraform" / "providers"
        attached = {}
        for program in sorted(installed.glob("*/*/*/*/*/terraform-provider-*")):
            host, namespace, name = program.relative_to(installed).parts[:3]
            blocks = stack.configuration.get("provider", {}).get(name, [])
            if len(blocks) != 1:
                # A process holds one configuration: with an alias, the last one would be all.
                continue
            # Two stacks share what was configured alike for one environment, and nothing else.
            key = f"{stack.environment} {program.resolve()} {json.dumps(blocks)}"
            if key not in self._served:
                self._served[key] = asyncio.create_task(self._serve(program, folder))
            if (served := await self._served[key]) is not None:
                attached[f"{host}/{namespace}/{name}"] = served
        return {ATTACH: json.dumps(attached)} if attached else {}

    async def _serve(self, program: Path, folder: Path) -> Table | None:
        """How to attach to a provider that was started; None where it does not say."""
        try:
            process = await start(
                str(program.resolve()),
                "-debug",
                folder=folder,
                variables=self._variables,
                errors=asyncio.subprocess.DEVNULL,
            )
        except OSError:
            return None
        self._processes.append(process)
        with suppress(TimeoutError, ValueError):
            async with asyncio.timeout(_LIMIT_SECONDS):
                while process.stdout and (line := await process.stdout.readline()):
                    if match := re.search(rf"{ATTACH}='(.*)'", line.decode(errors="replace")):
                        (served,) = json.loads(match[1]).values()
                        attach: Table = served
                        return attach
        return None

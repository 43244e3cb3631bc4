"""Starts each provider once for all stacks with the same provider configuration.

Terraform starts a provider four times for a plan and its `show -json`, which takes most of a
review's time. A provider that is started with `-debug` prints how to attach to it, and then serves
several Terraform processes (https://developer.hashicorp.com/terraform/plugin/debugging). If a
provider does not print that, Terraform starts it as usual.
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
    """The providers that this review starts, and ends when it ends."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        """Start no provider yet.

        Args:
            variables: additional environment variables of the providers.
        """
        self._variables = variables
        self._served: dict[str, asyncio.Task[Table | None]] = {}
        self._processes: list[_Process] = []

    async def __aenter__(self) -> Self:
        """Return itself."""
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
        """Whether a provider has ended; waits a moment, since Terraform may notice it first."""
        waits = [asyncio.create_task(process.wait()) for process in self._processes]
        if not waits:
            return False
        ended, _ = await asyncio.wait(
            waits, timeout=_MOMENT_SECONDS, return_when=asyncio.FIRST_COMPLETED
        )
        for wait in waits:
            wait.cancel()
        return bool(ended)

    async def attach(self, stack: Stack, folder: Path) -> Mapping[str, str]:
        """The environment variables with which Terraform uses these providers for a stack.

        Args:
            stack: the stack.
            folder: the folder in which it was initialized.
        """
        if os.environ.get(ATTACH):
            return {}
        installed = folder / ".terraform" / "providers"
        attached = {}
        for program in sorted(installed.glob("*/*/*/*/*/terraform-provider-*")):
            host, namespace, name = program.relative_to(installed).parts[:3]
            blocks = stack.configuration.get("provider", {}).get(name, [])
            if len(blocks) != 1:
                # A process has one configuration: an alias would replace the default one.
                continue
            # Share a process only within an environment, and only with the same configuration.
            key = f"{stack.environment} {program.resolve()} {json.dumps(blocks)}"
            if key not in self._served:
                self._served[key] = asyncio.create_task(self._serve(program, folder))
            if (served := await self._served[key]) is not None:
                attached[f"{host}/{namespace}/{name}"] = served
        return {ATTACH: json.dumps(attached)} if attached else {}

    async def _serve(self, program: Path, folder: Path) -> Table | None:
        """Start a provider, and return how to attach to it; None if it does not print that."""
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

"""Terraform as a child process that ends in time, and never outlives its caller."""

import asyncio
import os
import re
import signal
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

_QUIET: Final = {"TF_IN_AUTOMATION": "1", "TF_INPUT": "0", "CHECKPOINT_DISABLE": "1"}

_GO: Final = {"GOGC": "400"}
"""Terraform and providers are Go; they read a large schema and end. Collecting garbage less often
takes a fifth off the CPU time of a review (docs/performance.md). The caller's own GOGC stands."""

_ELSEWHERE: Final = ("TF_DATA_DIR", "TF_WORKSPACE")
"""Variables of the caller's that name a place or a workspace of the stack's own folder."""

LIMIT_SECONDS: Final = 600
"""Downloading providers and planning a large stack take minutes; whatever takes longer hangs."""

_PATIENCE_SECONDS: Final = 10

_COLOUR: Final = re.compile(r"\x1b\[[0-9;]*m")


class TerraformError(Exception):
    """Terraform failed; the text is its own."""


async def terraform(
    *arguments: str, folder: Path, variables: Mapping[str, str], limit: float = LIMIT_SECONDS
) -> str:
    """Run Terraform in a folder, and give what it printed.

    When the caller is interrupted, Terraform is asked to end and then made to.

    Args:
        arguments: what follows `terraform`.
        folder: where to run it.
        variables: more of its environment.
        limit: seconds that it may take.

    Raises:
        TerraformError: it failed, took too long, or is not there.
    """
    program = os.environ.get("TERRAFORM_BINARY_NAME", "terraform")
    try:
        process = await start(program, *arguments, folder=folder, variables=variables)
    except FileNotFoundError:
        raise TerraformError(
            f"{program} is not on the PATH: install Terraform, or use this project's by `make`"
        ) from None
    except OSError as error:
        raise TerraformError(f"{program} cannot be started: {error.strerror}") from error
    try:
        async with asyncio.timeout(limit):
            stdout, stderr = await process.communicate()
    except TimeoutError:
        raise TerraformError(f"no end after {limit:g} seconds: {program} was stopped") from None
    finally:
        if process.returncode is None:
            await end(process)
    if process.returncode:
        text = (stderr or stdout).decode(errors="replace").strip()
        raise TerraformError(_COLOUR.sub("", text))
    return stdout.decode()


async def start(
    program: str,
    *arguments: str,
    folder: Path,
    variables: Mapping[str, str],
    errors: int = asyncio.subprocess.PIPE,
) -> asyncio.subprocess.Process:
    """Start a program in a group of its own; `end` ends it.

    Args:
        program: what to start.
        arguments: what follows it.
        folder: where to run it.
        variables: more of its environment.
        errors: where its stderr goes; somebody must read a pipe, or it comes to a halt.

    Raises:
        OSError: it cannot be started.
    """
    own = {name: value for name, value in os.environ.items() if name not in _ELSEWHERE}
    return await asyncio.create_subprocess_exec(
        program,
        *arguments,
        cwd=folder,
        env={**_GO, **own, **_QUIET, **variables},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=errors,
        # In a group of its own, so that what it starts can be ended with it.
        start_new_session=True,
    )


async def end(process: asyncio.subprocess.Process) -> None:
    """Ask a program to end, then make it, with all that it started."""
    with suppress(ProcessLookupError, TimeoutError):
        os.killpg(process.pid, signal.SIGINT)
        await asyncio.wait_for(process.wait(), _PATIENCE_SECONDS)
    with suppress(ProcessLookupError):
        # Whatever of its group is left; a provider may not hear that Terraform has ended.
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()

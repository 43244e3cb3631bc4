"""Terraform as a child process that never outlives the review."""

import asyncio
import os
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Final

_QUIET: Final = {"TF_IN_AUTOMATION": "1", "TF_INPUT": "0", "CHECKPOINT_DISABLE": "1"}

_PATIENCE_SECONDS: Final = 10


class TerraformError(Exception):
    """Terraform failed; the text is its own."""


async def terraform(*arguments: str, folder: Path, variables: Mapping[str, str]) -> str:
    """Run Terraform in a folder, with some variables more, and give what it printed.

    When the review is interrupted, Terraform is asked to end and then made to.

    Raises:
        TerraformError: it failed, or it is not there.
    """
    program = os.environ.get("TERRAFORM_BINARY_NAME", "terraform")
    try:
        process = await asyncio.create_subprocess_exec(
            program,
            *arguments,
            cwd=folder,
            env={**os.environ, **_QUIET, **variables},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            # In a group of its own, so that its providers can be ended with it.
            start_new_session=True,
        )
    except FileNotFoundError:
        raise TerraformError(
            f"{program} is not on the PATH: install Terraform, or run `make review`"
        ) from None
    try:
        stdout, stderr = await process.communicate()
    finally:
        if process.returncode is None:
            await _end(process)
    if process.returncode:
        raise TerraformError((stderr or stdout).decode(errors="replace").strip())
    return stdout.decode()


async def _end(process: asyncio.subprocess.Process) -> None:
    for number in (signal.SIGINT, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
            await asyncio.wait_for(process.wait(), _PATIENCE_SECONDS)
        except TimeoutError:
            continue
        except ProcessLookupError:
            pass
        return

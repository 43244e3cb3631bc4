"""Runs Terraform as a child process with a time limit, which never outlives its caller."""

import asyncio
import os
import re
import signal
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from settings.terraform import MINIMUM_TERRAFORM

_QUIET: Final = {"TF_IN_AUTOMATION": "1", "TF_INPUT": "0", "CHECKPOINT_DISABLE": "1"}

_GO: Final = {"GOGC": "400"}
"""Terraform and its providers are short-lived Go programs that read a large schema. Less frequent
garbage collection saves a fifth of a review's CPU time (docs/performance.md). The caller's GOGC has
precedence."""

_IGNORED: Final = ("TF_DATA_DIR", "TF_WORKSPACE")
"""Variables of the caller that would select the data folder or workspace of another folder."""

LIMIT_SECONDS: Final = 600
"""Downloading providers and planning a large stack take minutes; a longer run hangs."""

_SHUTDOWN_SECONDS: Final = 5
"""A plan changes nothing, so it need not end by itself. CI kills what is still running 10 seconds
after its first signal (https://docs.github.com/actions/reference/workflow-cancellation-reference)."""

_COLOUR: Final = re.compile(r"\x1b\[[0-9;]*m")


class TerraformError(Exception):
    """Terraform failed; the text is its error message."""


async def terraform(
    *arguments: str, folder: Path, variables: Mapping[str, str], limit: float = LIMIT_SECONDS
) -> str:
    """Run Terraform in a folder, and return its output.

    When the caller is interrupted, Terraform is interrupted, then killed.

    Args:
        arguments: what follows `terraform`.
        folder: where to run it.
        variables: additional environment variables.
        limit: time limit in seconds.

    Raises:
        TerraformError: Terraform failed, reached the time limit, or is not installed.
    """
    program = os.environ.get("TERRAFORM_BINARY_NAME", "terraform")
    try:
        process = await start(program, *arguments, folder=folder, variables=variables)
    except FileNotFoundError:
        raise TerraformError(
            f"{program} is not on the PATH: install Terraform, or OpenTofu"
            " with TERRAFORM_BINARY_NAME=tofu"
        ) from None
    except OSError as error:
        raise TerraformError(f"{program} cannot be started: {error.strerror}") from error
    try:
        async with asyncio.timeout(limit):
            stdout, stderr = await process.communicate()
    except TimeoutError:
        raise TerraformError(
            f"{program} was stopped: it did not finish within {limit:g} seconds"
        ) from None
    finally:
        if process.returncode is None:
            await end(process)
    if process.returncode:
        text = (stderr or stdout).decode(errors="replace").strip()
        silent = f"{program} failed without a message; its exit status is {process.returncode}"
        raise TerraformError(_COLOUR.sub("", text) or silent)
    try:
        return stdout.decode()
    except UnicodeDecodeError as error:
        raise TerraformError(f"the output of {program} is not UTF-8: byte {error.start}") from error


async def check_version() -> None:
    """Check that Terraform is installed and new enough for the stacks.

    A command checks it once: otherwise every stack would fail, each with Terraform's own message.

    Raises:
        TerraformError: it is not.
    """
    program = os.environ.get("TERRAFORM_BINARY_NAME", "terraform")
    answer = await terraform("version", "-json", folder=Path(), variables={}, limit=60)
    version = re.search(r'"terraform_version": *"((\d+)\.(\d+)[^"]*)"', answer)
    if version is None:
        raise TerraformError(f"{program} is not Terraform or OpenTofu: it prints no version")
    if (int(version[2]), int(version[3])) < MINIMUM_TERRAFORM:
        minimum = ".".join(map(str, MINIMUM_TERRAFORM))
        raise TerraformError(
            f"{program} {version[1]} is too old: the stacks require {minimum} or newer. Upgrade it,"
            " or name a newer one in TERRAFORM_BINARY_NAME"
        )


async def start(
    program: str,
    *arguments: str,
    folder: Path,
    variables: Mapping[str, str],
    errors: int = asyncio.subprocess.PIPE,
) -> asyncio.subprocess.Process:
    """Start a program in its own process group; `end` ends it.

    Args:
        program: the program to start.
        arguments: its arguments.
        folder: where to run it.
        variables: additional environment variables.
        errors: destination of its stderr; read a pipe, or the program blocks.

    Raises:
        OSError: the program cannot be started.
    """
    own = {name: value for name, value in os.environ.items() if name not in _IGNORED}
    return await asyncio.create_subprocess_exec(
        program,
        *arguments,
        cwd=folder,
        env={**_GO, **own, **_QUIET, **variables},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=errors,
        # In its own process group, so that `end` also ends its child processes.
        start_new_session=True,
    )


async def end(process: asyncio.subprocess.Process) -> None:
    """Interrupt a program and its child processes, then kill them."""
    with suppress(ProcessLookupError, TimeoutError):
        os.killpg(process.pid, signal.SIGINT)
        async with asyncio.timeout(_SHUTDOWN_SECONDS):
            await process.wait()
    with suppress(ProcessLookupError):
        # The rest of its group: a provider may not notice that Terraform has ended.
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()

"""Hands the checkout's lock file of provider checksums to the stacks, so that `init` checks them.

Terraform looks for a lock file where it runs, which is in `cdktf.out`, and nobody commits that.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from operations.terraform.synthesized import Stack, read

LOCK_FILE: Final = ".terraform.lock.hcl"
"""Terraform's name for it, in a stack's folder as at the root of the checkout."""

_BLOCK: Final = re.compile(
    r'^provider "(?P<address>[^"]+)" \{$.*?^\}$\n?', re.DOTALL | re.MULTILINE
)

_VERSION: Final = re.compile(r'^\s*version\s*=\s*"([^"]+)"', re.MULTILINE)


class MissingChecksumsError(Exception):
    """The lock file lacks a provider, or has another version of it."""


def hand_out(lock: Path, outdir: Path) -> None:
    """Write into the folder of each stack the checksums of its providers.

    Without a lock file nothing is written.

    Args:
        lock: the checkout's lock file.
        outdir: the folder that cdktf writes to.

    Raises:
        MissingChecksumsError: it is not the lock file of these stacks. The cdktf command would let
            Terraform replace the checksums without a question.
    """
    if not lock.exists():
        return
    text = lock.read_text(encoding="utf-8")
    blocks = {found["address"]: found[0] for found in _BLOCK.finditer(text)}
    parts = {stack.folder: "\n".join(_blocks(stack, blocks, lock)) for stack in read(outdir, [])}
    for folder, part in parts.items():
        (folder / LOCK_FILE).write_text(part, encoding="utf-8")


def _blocks(stack: Stack, blocks: Mapping[str, str], lock: Path) -> list[str]:
    """The blocks of a stack's providers.

    A stack names a provider `google`; the lock file has its whole address, with the registry.
    """
    wanted = []
    for provider in stack.providers.values():
        source, version = provider["source"], provider["version"]
        found = [block for address, block in blocks.items() if address.endswith(f"/{source}")]
        if not any(_VERSION.findall(block) == [version] for block in found):
            raise MissingChecksumsError(
                f"{lock}: has no checksums of {source} {version}: run make provider-lock,"
                " or remove the file to work without checksums"
            )
        wanted += found
    return wanted

"""Copies provider checksums from the checkout's lock file to the stacks, for `init` to check.

Terraform reads the lock file in the folder where it runs: in `cdktf.out`, which is not committed.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from operations.terraform.synthesized import Stack, read

LOCK_FILE: Final = ".terraform.lock.hcl"
"""Terraform's name of the lock file, in a stack's folder and at the root of the checkout."""

_BLOCK: Final = re.compile(
    r'^provider "(?P<address>[^"]+)" \{$.*?^\}$\n?', re.DOTALL | re.MULTILINE
)

_VERSION: Final = re.compile(r'^\s*version\s*=\s*"([^"]+)"', re.MULTILINE)


class MissingChecksumsError(Exception):
    """The lock file has no checksums of a provider in the required version."""


def copy_checksums(lock: Path, outdir: Path) -> None:
    """Write the checksums of a stack's providers into its folder, for each stack.

    Without a lock file, write nothing.

    Args:
        lock: the checkout's lock file.
        outdir: the folder that cdktf writes to.

    Raises:
        MissingChecksumsError: the lock file does not match the stacks. With cdktf, Terraform would
            replace the checksums without asking.
    """
    if not lock.exists():
        return
    text = lock.read_text(encoding="utf-8")
    blocks = {match["address"]: match[0] for match in _BLOCK.finditer(text)}
    parts = {stack.folder: "\n".join(_blocks(stack, blocks, lock)) for stack in read(outdir, [])}
    for folder, part in parts.items():
        (folder / LOCK_FILE).write_text(part, encoding="utf-8")


def _blocks(stack: Stack, blocks: Mapping[str, str], lock: Path) -> list[str]:
    """The blocks of a stack's providers.

    A stack names the source `hashicorp/google`; the lock file has the full address, with the
    registry.
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

"""Writes the checksums of the pinned providers into `.terraform.lock.hcl` (`make provider-lock`).

Terraform fetches each provider for each platform, from its registry, or from a mirror that an
option such as `-net-mirror=https://mirror.example/` names.
"""

import asyncio
import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from operations.terraform.checksums import LOCK_FILE
from operations.terraform.process import TerraformError, terraform
from operations.terraform.synthesized import read
from settings.errors import InvalidSettingsError
from settings.load import load

PLATFORMS: Final = ("darwin_amd64", "darwin_arm64", "linux_amd64", "linux_arm64")
"""Where people and CI run Terraform."""

_LIMIT_SECONDS: Final = 1800
"""It fetches some hundred megabytes."""


def main(options: list[str]) -> None:
    """Fetch the providers, then replace the lock file; if that fails it does not change."""
    try:
        environments = load(Path("environments"))
    except InvalidSettingsError as error:
        sys.exit(str(error))
    from stacks.app import synthesize  # noqa: PLC0415 - cdktf starts once the settings are good

    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        outdir = synthesize(environments, outdir=folder / "cdktf.out")
        providers = {
            name: provider
            for stack in read(outdir, [])
            for name, provider in stack.providers.items()
        }
        (folder / "cdk.tf.json").write_text(
            json.dumps({"terraform": {"required_providers": providers}}), encoding="utf-8"
        )
        platforms = [f"-platform={platform}" for platform in PLATFORMS]
        command = ("providers", "lock", "-no-color", *platforms, *options)
        try:
            asyncio.run(terraform(*command, folder=folder, variables={}, limit=_LIMIT_SECONDS))
        except TerraformError as error:
            sys.exit(f"{LOCK_FILE} was not written: {_one_line(str(error))}")
        written = (folder / LOCK_FILE).read_text(encoding="utf-8")
    Path(LOCK_FILE).write_text(written, encoding="utf-8")
    names = ", ".join(f"{one['source']} {one['version']}" for one in providers.values())
    sys.stdout.write(f"{LOCK_FILE}: {names} for {', '.join(PLATFORMS)}. Commit it.\n")


def _one_line(text: str) -> str:
    """Terraform's error without its frame and what it warns of before."""
    words = " ".join(text.translate({ord(sign): " " for sign in "╷│╵"}).split())
    return words.rpartition("Error: ")[2]


if __name__ == "__main__":
    main(sys.argv[1:])

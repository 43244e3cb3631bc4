"""Writes the checksums of the pinned providers into `.terraform.lock.hcl` (`make provider-lock`).

Terraform downloads each provider for each platform from its registry, or from a mirror if you pass
an option such as `-net-mirror=https://mirror.example/`.
"""

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from operations import interrupts
from operations.synthesis.inputs import inputs
from operations.terraform.checksums import LOCK_FILE
from operations.terraform.process import TerraformError, terraform
from operations.terraform.synthesized import read
from settings.errors import InvalidSettingsError

PLATFORMS: Final = ("darwin_amd64", "darwin_arm64", "linux_amd64", "linux_arm64")
"""The platforms on which people and CI run Terraform."""

_LIMIT_SECONDS: Final = 1800
"""Terraform downloads several hundred megabytes."""


def main() -> int:
    """Download the providers and replace the lock file, which does not change on failure."""
    try:
        environments = inputs()
    except (InvalidSettingsError, TerraformError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    from stacks.app import synthesize  # noqa: PLC0415 - load cdktf after the settings are validated

    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        outdir = folder / "cdktf.out"
        synthesize(environments, outdir=outdir)
        providers = {
            name: provider
            for stack in read(outdir, [])
            for name, provider in stack.providers.items()
        }
        (folder / "cdk.tf.json").write_text(
            json.dumps({"terraform": {"required_providers": providers}}), encoding="utf-8"
        )
        platforms = [f"-platform={platform}" for platform in PLATFORMS]
        command = ("providers", "lock", "-no-color", *platforms, *sys.argv[1:])
        try:
            interrupts.run(terraform(*command, folder=folder, variables={}, limit=_LIMIT_SECONDS))
        except TerraformError as error:
            sys.stderr.write(f"{LOCK_FILE} was not written: {_one_line(str(error))}\n")
            return 1
        written = (folder / LOCK_FILE).read_text(encoding="utf-8")
    Path(LOCK_FILE).write_text(written, encoding="utf-8")
    names = ", ".join(
        f"{provider['source']} {provider['version']}" for provider in providers.values()
    )
    sys.stdout.write(f"{LOCK_FILE}: {names} for {', '.join(PLATFORMS)}. Commit it.\n")
    return 0


def _one_line(text: str) -> str:
    """Terraform's error in one line, without its frame and the warnings before it."""
    line = " ".join(text.translate({ord(sign): " " for sign in "╷│╵"}).split())
    return line.rpartition("Error: ")[2]


if __name__ == "__main__":
    sys.exit(interrupts.interruptible("tools.provider_lock", "run `make provider-lock` again"))

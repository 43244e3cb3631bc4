"""The real providers, installed by `terraform init` as the user has configured it."""

import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.fake_cloud.provider.catalogue import Catalogue, attributes
from tests.line import Table

_CLOSED: Final = "http://127.0.0.1:9/"
"""Port 9 is the discard port; usually no process listens on it."""

_TIMEOUT_SECONDS: Final = 600


class NoProviderError(Exception):
    """Terraform cannot install or start a provider. The message is Terraform's, in one line."""


@dataclass(frozen=True, kw_only=True)
class Providers:
    """The real providers, installed in a folder.

    Attributes:
        folder: the folder in which `terraform init` ran.
        count: the number of providers.
    """

    folder: Path
    count: int

    def schemas(self) -> Table:
        """The output of `terraform providers schema -json`.

        Raises:
            NoProviderError: the command failed.
        """
        run = _terraform(self.folder, "providers", "schema", "-json")
        if run.returncode:
            raise NoProviderError(_one_line(run.stderr))
        printed: Table = json.loads(run.stdout)
        return printed

    def _programs(self) -> list[Path]:
        """The executables of the providers. From a mirror on disk, Terraform creates links."""
        # One `*` each for registry, namespace, name, version and platform: `**` follows no link.
        return [*self.folder.glob(".terraform/providers/*/*/*/*/*/terraform-provider-*")]

    @contextmanager
    def attached(self) -> Iterator[str]:
        """Start the providers, yield the value of TF_REATTACH_PROVIDERS, then stop them.

        Raises:
            NoProviderError: a provider did not start.
        """
        with ExitStack() as running:
            attach: dict[str, object] = {}
            for program in self._programs():
                provider = running.enter_context(
                    subprocess.Popen(  # noqa: S603 - installed by Terraform, no shell
                        [program, "-debug"],
                        env={**os.environ, **_unreachable()},
                        stdout=subprocess.PIPE,
                        stderr=subprocess.DEVNULL,
                        text=True,
                    )
                )
                running.callback(provider.terminate)
                lines = provider.stdout or ()
                line = next((line for line in lines if "TF_REATTACH_PROVIDERS='" in line), None)
                attach |= json.loads(line.split("'")[1]) if line else {}
            # Terraform would silently use the fake provider in place of a missing one.
            if len(attach) != self.count:
                raise NoProviderError(
                    f"{self.count} providers expected, started: {', '.join(attach) or 'none'}"
                )
            yield json.dumps(attach)


def require_terraform() -> None:
    """Check that Terraform is installed.

    Raises:
        NoProviderError: it is not on the PATH.
    """
    if shutil.which(_program()) is None:
        raise NoProviderError(f"{_program()} is not on the PATH")


@contextmanager
def installed(pins: Mapping[str, Table]) -> Iterator[Providers]:
    """Install providers with `terraform init`, using the user's CLI configuration.

    Args:
        pins: the `required_providers` of a stack.

    Raises:
        NoProviderError: `terraform init` failed.
    """
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        pinned = {"terraform": {"required_providers": pins}}
        (folder / "cdk.tf.json").write_text(json.dumps(pinned), encoding="utf-8")
        run = _terraform(folder, "init", "-no-color", "-input=false")
        if run.returncode:
            raise NoProviderError(_one_line(run.stderr))
        yield Providers(folder=folder, count=len(pins))


def _terraform(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(  # noqa: S603 - fixed command, no shell
            [_program(), f"-chdir={folder}", *arguments],
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoProviderError(str(error)) from error


def _program() -> str:
    return os.environ.get("TERRAFORM_BINARY_NAME", "terraform")


def _one_line(text: str) -> str:
    """A message of Terraform in one line, without its frame."""
    return " ".join(re.sub("[│╷╵]", " ", text).split())


def _unreachable() -> dict[str, str]:
    """Environment variables that keep the providers offline: a plan needs no request."""
    names = attributes(Catalogue("google").provider.block)
    return {
        "GOOGLE_OAUTH_ACCESS_TOKEN": "made-up",
        "HTTPS_PROXY": _CLOSED,
        "HTTP_PROXY": _CLOSED,
        **{f"GOOGLE_{name.upper()}": _CLOSED for name in names if name.endswith("_endpoint")},
    }

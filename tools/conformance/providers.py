"""The real providers, from wherever the user's command line finds them."""

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
"""Port 9 discards what it gets, where anything listens to it at all."""

_TIMEOUT_SECONDS: Final = 600


class NoProviderError(Exception):
    """Terraform cannot install a provider; the text is its own, in one line."""


@dataclass(frozen=True, kw_only=True)
class Providers:
    """The real providers, installed in a folder.

    Attributes:
        folder: where `terraform init` was run.
        count: how many they are.
    """

    folder: Path
    count: int

    def schemas(self) -> Table:
        """What `terraform providers schema -json` prints.

        Raises:
            NoProviderError: a provider cannot be asked.
        """
        run = _terraform(self.folder, "providers", "schema", "-json")
        if run.returncode:
            raise NoProviderError(_one_line(run.stderr))
        printed: Table = json.loads(run.stdout)
        return printed

    def _programs(self) -> list[Path]:
        """The providers' programs; where a mirror is on disk, Terraform links to folders of it."""
        # Registry, namespace, name, version and machine by one star each: `**` follows no link.
        return [*self.folder.glob(".terraform/providers/*/*/*/*/*/terraform-provider-*")]

    @contextmanager
    def attached(self) -> Iterator[str]:
        """The value of TF_REATTACH_PROVIDERS; the providers end at the end.

        Raises:
            NoProviderError: not every provider has started.
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
            # What is missing here, Terraform would take from the fake providers without a word.
            if len(attach) != self.count:
                raise NoProviderError(
                    f"{self.count} wanted, started: {', '.join(attach) or 'none'}"
                )
            yield json.dumps(attach)


def require_terraform() -> None:
    """Look for the program that would install them.

    Raises:
        NoProviderError: it is not there.
    """
    if shutil.which(_program()) is None:
        raise NoProviderError(f"{_program()} is not on the PATH")


@contextmanager
def installed(pins: Mapping[str, Table]) -> Iterator[Providers]:
    """Install providers by `terraform init`, as the user's command line is configured.

    Args:
        pins: the `required_providers` of a stack.

    Raises:
        NoProviderError: they are not to be had.
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
        return subprocess.run(  # noqa: S603 - our own command, no shell
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


def _one_line(words: str) -> str:
    """Terraform's words without the frame that it draws around them."""
    return " ".join(re.sub("[│╷╵]", " ", words).split())


def _unreachable() -> dict[str, str]:
    """An environment in which no call gets out: nothing that is planned needs one."""
    names = attributes(Catalogue("google").provider.block)
    return {
        "GOOGLE_OAUTH_ACCESS_TOKEN": "made-up",
        "HTTPS_PROXY": _CLOSED,
        "HTTP_PROXY": _CLOSED,
        **{f"GOOGLE_{name.upper()}": _CLOSED for name in names if name.endswith("_endpoint")},
    }

"""Programs that use bindings, each in a process of its own: jsii has one kernel a process."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.support import ROOT

SERVICE = """
import sys
from pathlib import Path
import slim_bindings
slim_bindings.install("cdktf_cdktf_provider_kubernetes", cache=Path(sys.argv[1]))
{between}
from cdktf import App, TerraformStack, Testing
from cdktf_cdktf_provider_kubernetes.service_v1 import ServiceV1
stack = TerraformStack(App(), "one")
ServiceV1(stack, "service", metadata={{"name": "s"}}, spec={{"type": "ClusterIP"}})
print(Testing.synth(stack), ServiceV1.__jsii_type__)
"""
"""One Service by sliced bindings; `between` comes after their install."""

SLICED = "@cdktf/provider-kubernetes~serviceV1.ServiceV1"
WHOLE = "@cdktf/provider-kubernetes.serviceV1.ServiceV1"


@dataclass(frozen=True)
class Outcome:
    """How a program ended."""

    status: int
    stdout: str
    stderr: str

    @classmethod
    def of(cls, process: subprocess.Popen[str]) -> "Outcome":
        """Wait for a program's end."""
        stdout, stderr = process.communicate(timeout=180)
        return cls(process.returncode, stdout, stderr)


def start(
    *arguments: str | Path, cwd: Path | None = None, **variables: str
) -> subprocess.Popen[str]:
    """Start Python with our own packages in its reach, and without what install() set here."""
    kept = {name: value for name, value in os.environ.items() if "SILENCE" not in name}
    path = os.pathsep.join([str(ROOT), str(ROOT / "constructs")])
    return subprocess.Popen(  # noqa: S603 - our own Python, no shell
        [sys.executable, *map(str, arguments)],
        cwd=cwd,
        env={**kept, "PYTHONPATH": path, **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def service(cache: Path, *, between: str = "", **variables: str) -> Outcome:
    """Run `SERVICE` to its end."""
    program = SERVICE.format(between=between)
    return Outcome.of(start("-c", program, cache, cwd=None, **variables))

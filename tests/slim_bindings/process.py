"""Runs programs that use bindings, each in its own process: jsii has one kernel per process."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.support import ROOT

SERVICE = """
import slim_bindings
{before}
slim_bindings.install()
from cdktf import App, TerraformStack, Testing
from cdktf_cdktf_provider_kubernetes.service_v1 import ServiceV1
stack = TerraformStack(App(), "one")
ServiceV1(stack, "service", metadata={{"name": "s"}}, spec={{"type": "ClusterIP"}})
print(Testing.synth(stack))
{after}
"""
"""A program with one Kubernetes Service."""

MODULES_IN_PYTHON = """
import sys
names = [name.split(".") for name in sys.modules]
print("modules in Python:", sum(
    package == "cdktf_cdktf_provider_kubernetes" and len(rest) == 1 and not rest[0].startswith("_")
    for package, *rest in names
))
"""
"""Prints the number of modules of the bindings that Python imported."""

_SPY = r"""
process.on("exit", () => {
  const loaded = Object.keys(require("module")._cache);
  const own = loaded.filter((file) => /provider-kubernetes\/lib\/[^/]+\/index\.js$/.test(file));
  if (own.length)
    require("fs").writeFileSync(process.env.SPY_REPORT, `${own.length}`);
});
"""
"""Writes the number of modules of the bindings that Node loaded. Loaded through NODE_OPTIONS."""


@dataclass(frozen=True)
class Outcome:
    """The result of a program."""

    status: int
    stdout: str
    stderr: str

    @property
    def json(self) -> str:
        """The synthesized stack."""
        return self.stdout.partition("\nmodules in Python:")[0]

    @property
    def modules_in_python(self) -> int:
        """The number of modules of the bindings that Python imported."""
        return int(self.stdout.partition("\nmodules in Python:")[2])


def run(*arguments: str | Path, cwd: Path = ROOT, **variables: str) -> Outcome:
    """Run Python with the packages of this repository on its path.

    Args:
        arguments: the arguments of Python.
        cwd: the working directory.
        variables: added to the environment; PYTHONPATH comes before the repository's packages.
    """
    path = os.pathsep.join([variables.pop("PYTHONPATH", ""), str(ROOT), str(ROOT / "constructs")])
    done = subprocess.run(  # noqa: S603 - our own Python, no shell
        [sys.executable, *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, **variables, "PYTHONPATH": path.lstrip(os.pathsep)},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    return Outcome(done.returncode, done.stdout, done.stderr)


def service(*, before: str = "", after: str = MODULES_IN_PYTHON, **variables: str) -> Outcome:
    """Run the program with one Service, which must succeed.

    Args:
        before: code before install().
        after: code at the end.
        variables: added to the environment.
    """
    outcome = run("-c", SERVICE.format(before=before, after=after), cwd=ROOT, **variables)
    assert outcome.status == 0, outcome.stderr
    return outcome


@dataclass(frozen=True)
class Spy:
    """Counts the modules of the bindings that Node loads.

    Attributes:
        folder: an empty folder.
    """

    folder: Path

    @property
    def variables(self) -> dict[str, str]:
        """The variables for the program's environment."""
        (self.folder / "spy.js").write_text(_SPY, encoding="utf-8")
        options = f"{os.environ.get('NODE_OPTIONS', '')} --require {self.folder / 'spy.js'}"
        return {"NODE_OPTIONS": options, "SPY_REPORT": str(self.folder / "report")}

    @property
    def modules_in_node(self) -> int:
        """The number of modules of the bindings that Node loaded, after the program has ended."""
        return int((self.folder / "report").read_text(encoding="utf-8"))

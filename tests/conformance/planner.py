"""Plans a pair with Terraform, without a request to an API."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.conformance.pairs import Pair
from tests.fake_cloud.cloud import FakeCloud
from tests.fake_cloud.tools import Tools
from tests.line import Table

_COMPLAINT: Final = re.compile(r"^\W*((?:Error|Warning): .+)$", re.MULTILINE)
_CHANGES: Final = 2


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A plan of Terraform.

    Attributes:
        shown: the output of `terraform show -json`, empty if nothing changes or the plan failed.
        complaints: the errors and warnings, each on one line.
    """

    shown: Table
    complaints: tuple[str, ...]


class Planner:
    """A folder in which running providers plan pairs."""

    def __init__(self, folder: Path, tools: Tools, attached: str | None = None) -> None:
        """Begin in an empty folder.

        Args:
            folder: the folder for copies of the pairs.
            tools: the fake providers and the CLI configuration of Terraform.
            attached: the value of TF_REATTACH_PROVIDERS; without it, fake providers plan.
        """
        more = {"TF_REATTACH_PROVIDERS": attached} if attached else {}
        self._cloud = FakeCloud(folder, tools, more)

    def plan(self, pair: Pair) -> Plan:
        """Plan a pair, without a refresh of its states."""
        states = self._cloud.folder / "state"
        states.mkdir(parents=True, exist_ok=True)
        for left in states.iterdir():
            left.unlink()
        for name, state in pair.states.items():
            whole = {"version": 4, "lineage": "conformance", "serial": 1, **state}
            (states / name).write_text(json.dumps(whole), encoding="utf-8")
        if not (self._write(pair.part, pair.stack) / ".terraform").exists():
            self._cloud.succeed(pair.part, "init")
        plan = ("plan", "-refresh=false", "-detailed-exitcode", "-out=plan", "-no-color")
        run = self._cloud.terraform(pair.part, *plan)
        shown = {}
        if run.returncode == _CHANGES:
            text = self._cloud.succeed(pair.part, "show", "-json", "plan").stdout
            shown = json.loads(text)
        return Plan(shown=shown, complaints=tuple(_COMPLAINT.findall(run.stdout + run.stderr)))

    def validate(self, part: str, stack: Table) -> tuple[str, ...]:
        """The errors and warnings of a stack whose backend is not available."""
        self._write(part, stack)
        self._cloud.succeed(part, "init", "-backend=false")
        run = self._cloud.terraform(part, "validate", "-no-color")
        return tuple(_COMPLAINT.findall(run.stdout + run.stderr))

    def _write(self, part: str, stack: Table) -> Path:
        folder = self._cloud.folder / "cdktf.out" / "stacks" / f"dev-{part}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "cdk.tf.json").write_text(json.dumps(stack), encoding="utf-8")
        return folder

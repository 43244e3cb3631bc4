"""All plans, side by side as far as one does not need another's."""

import asyncio
import json
import os
import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from review.plan import Plan, plan_of
from review.progress import Progress
from review.scratch import Upstream, is_host, prepare, wanted
from review.synthesized import Stack
from review.terraform import TerraformError, terraform

_PLAN: Final = "review.tfplan"


@dataclass(frozen=True, kw_only=True)
class Failure:
    """A stack that could not be planned.

    Attributes:
        stack: its name.
        phase: `init`, `output`, `plan` or `show`.
        words: what Terraform said.
    """

    stack: str
    phase: str
    words: str

    @property
    def remedy(self) -> str:
        """What to do where Terraform does not say it; else empty."""
        if re.search(r"default credentials|No credentials", self.words):
            return "Log in: `gcloud auth application-default login`."
        return ""


class Planner:
    """Plans some stacks, each in a scratch folder that is gone afterwards."""

    def __init__(self, stacks: Sequence[Stack], progress: Progress) -> None:
        """Plan these; a stack comes after those that it reads."""
        self._stacks = stacks
        self._progress = progress
        self._turns = asyncio.Semaphore(os.cpu_count() or 1)
        # Terraform's plugin cache must not be filled by two at once: the stack with the most
        # providers goes first, and the others find everything there.
        self._fills = max(stacks, key=lambda stack: len(stack.providers))
        self._filled = asyncio.Event()
        self._variables: dict[str, str] = {}

    async def plans(self) -> tuple[dict[str, Plan], list[Failure]]:
        """The plans by stack, and what could not be planned."""
        with tempfile.TemporaryDirectory(prefix="review-") as scratch:
            self._variables = {
                "TF_PLUGIN_CACHE_DIR": os.environ.get("TF_PLUGIN_CACHE_DIR", scratch),
                # Without it Terraform installs anew into the cache what no lock file vouches for,
                # under the hands of whoever else uses it. The scratch's own is thrown away.
                "TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE": "1",
            }
            folder = Path(scratch, "stacks")
            async with asyncio.TaskGroup() as group:
                ready = [group.create_task(self._state(one, folder)) for one in self._stacks]
            names = (stack.name for stack in self._stacks)
            states = {name: task.result() for name, task in zip(names, ready, strict=True)}
            tasks: dict[str, asyncio.Task[Plan | Failure]] = {}
            async with asyncio.TaskGroup() as group:
                # Those at the end of the line have most providers, and so the longest plans.
                for stack in reversed(self._stacks):
                    tasks[stack.name] = group.create_task(self._plan(stack, folder, states, tasks))
        results = [tasks[stack.name].result() for stack in self._stacks]
        plans = {one.stack: one for one in results if isinstance(one, Plan)}
        return plans, [one for one in results if isinstance(one, Failure)]

    async def _state(self, stack: Stack, scratch: Path) -> frozenset[str] | Failure:
        """Make a stack ready to be planned, and tell which outputs its state holds."""
        folder = scratch / stack.name
        phase = "init"
        try:
            await self._init(stack, scratch)
            if not any(stack.name in other.upstream for other in self._stacks):
                return frozenset()
            phase = "output"
            return frozenset(json.loads(await self._run(stack, phase, folder, "output", "-json")))
        except TerraformError as error:
            return Failure(stack=stack.name, phase=phase, words=str(error))

    async def _init(self, stack: Stack, scratch: Path) -> None:
        folder = scratch / stack.name
        folder.mkdir(parents=True)
        prepare(stack, dict.fromkeys(stack.upstream, Upstream()), folder)
        if stack is not self._fills:
            await self._filled.wait()
        try:
            await self._run(stack, "init", folder, "init", "-no-color")
        finally:
            self._filled.set()

    async def _plan(
        self,
        stack: Stack,
        scratch: Path,
        states: Mapping[str, frozenset[str] | Failure],
        tasks: Mapping[str, asyncio.Task[Plan | Failure]],
    ) -> Plan | Failure:
        own = states[stack.name]
        if isinstance(own, Failure):
            return own
        upstream = {}
        for name, outputs in wanted(stack).items():
            state = states[name]
            stored = frozenset() if isinstance(state, Failure) else state
            # Only who reads what is not there yet has to wait for the plan that would make it.
            plan = None if outputs <= stored else await tasks[name]
            planned = plan.outputs if isinstance(plan, Plan) else {}
            upstream[name] = Upstream(stored=stored, planned=planned)
        folder = scratch / stack.name
        placeholders = prepare(stack, upstream, folder)
        options = ["-no-color", "-lock=false", f"-out={_PLAN}"]
        if any(is_host(placeholder) for placeholder in placeholders):
            # There is nobody to ask what a refresh would ask.
            options.append("-refresh=false")
        phase = "plan"
        try:
            await self._run(stack, phase, folder, "plan", *options)
            phase = "show"
            shown = await self._run(stack, phase, folder, "show", "-json", _PLAN)
        except TerraformError as error:
            return Failure(stack=stack.name, phase=phase, words=str(error))
        return plan_of(stack, json.loads(shown), placeholders)

    async def _run(self, stack: Stack, phase: str, folder: Path, *arguments: str) -> str:
        async with self._turns:
            with self._progress.phase(stack.name, phase):
                return await terraform(*arguments, folder=folder, variables=self._variables)

"""Runs `terraform plan` for every stack, in parallel where possible."""

import asyncio
import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import Final

from operations.review.plan import PLAN_DESTROY, PLANNED, Failure, Plan
from operations.review.progress import Progress
from operations.review.providers import Providers
from operations.review.requirements import shortened
from operations.review.scratch import (
    is_host,
    prepare,
    provider_inputs,
    reuse_installed,
    stack_inputs,
    without_protection,
    write_requirements,
)
from operations.review.show import plan_of
from operations.terraform.process import LIMIT_SECONDS, TerraformError, terraform
from operations.terraform.states import outputs_of, pull
from operations.terraform.synthesized import Stack, Table

_PLAN: Final = "review.tfplan"


class _PhaseError(TerraformError):
    """Terraform failed in a phase of a stack."""

    def __init__(self, message: str, phase: str) -> None:
        super().__init__(message)
        self.phase = phase


class Planner:
    """Plans stacks, each in a temporary folder that is deleted afterwards."""

    def __init__(
        self, stacks: Sequence[Stack], progress: Progress, *, destroy: bool = False
    ) -> None:
        """Take the stacks to plan.

        Args:
            stacks: the stacks; a stack comes after those whose outputs it reads.
            progress: prints the phases.
            destroy: whether to plan the destroy of all resources, including protected ones.
        """
        self._stacks = [without_protection(stack) for stack in stacks] if destroy else stacks
        self._destroy = destroy
        self._progress = progress
        self._slots = asyncio.Semaphore(os.cpu_count() or 1)
        # Two runs of `terraform init` must not write to the plugin cache at the same time.
        self._installing = asyncio.Lock()
        self._installed: dict[str, Path | _PhaseError] = {}
        self._variables: dict[str, str] = {}
        self._states: dict[str, asyncio.Task[Table | Failure | None]] = {}
        self._plans: dict[str, asyncio.Task[Plan | Failure]] = {}

    async def plans(self) -> tuple[dict[str, Plan], list[Failure]]:
        """The plans by stack, and the stacks that could not be planned."""
        with tempfile.TemporaryDirectory(prefix="review-") as scratch:
            self._variables = {
                "TF_PLUGIN_CACHE_DIR": os.environ.get("TF_PLUGIN_CACHE_DIR", scratch),
                # Without this, Terraform reinstalls providers that no lock file lists into the
                # cache, while other processes may use them. The temporary lock file is deleted.
                "TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE": "1",
            }
            async with Providers(self._variables) as providers, asyncio.TaskGroup() as group:
                for stack in self._stacks:
                    state = self._state(stack, Path(scratch, "states", stack.name))
                    self._states[stack.name] = group.create_task(state)
                # The last stacks have the most providers, and so the longest plans: start them
                # first.
                for stack in reversed(self._stacks):
                    plan = self._plan(stack, Path(scratch, "stacks", stack.name), providers)
                    self._plans[stack.name] = group.create_task(plan)
        results = [self._plans[stack.name].result() for stack in self._stacks]
        plans = {result.stack: result for result in results if isinstance(result, Plan)}
        return plans, [result for result in results if isinstance(result, Failure)]

    async def _state(self, stack: Stack, folder: Path) -> Table | Failure | None:
        """The current state of a stack; None if it was never applied."""
        folder.mkdir(parents=True)
        try:
            return await pull(stack, folder, partial(self._read_state, stack, folder))
        except TerraformError as error:
            return _failure(stack, "state", str(error))

    async def _read_state(
        self,
        stack: Stack,
        folder: Path,
        *arguments: str,
        variables: Mapping[str, str] | None = None,
        limit: float = LIMIT_SECONDS,
    ) -> str:
        """Run Terraform to read a state.

        `init` installs the providers that the state names, and two must not fill an empty plugin
        cache at once: one of them would fail with `file exists`.
        """
        init = arguments[0] == "init"
        async with self._installing if init else nullcontext():
            return await self._run(
                stack, "state", folder, *arguments, variables=variables, limit=limit
            )

    async def _plan(self, stack: Stack, folder: Path, providers: Providers) -> Plan | Failure:
        folder.mkdir(parents=True)
        try:
            await self._init(stack, folder)
            state = await self._states[stack.name]
            if isinstance(state, Failure):
                return state
            for name in stack.upstream:
                if isinstance(await self._states[name], Failure):
                    message = f"it reads {name}, whose state cannot be read"
                    return _failure(stack, "state", message)
            now = await self._inputs(stack)
            attach = await providers.attach(stack, folder)
            try:
                plan = await self._planned(stack, state, now, folder, attach)
            except _PhaseError:
                if not await providers.have_crashed():
                    raise
                # A shared provider has crashed, perhaps in the plan of another stack. Let Terraform
                # start its own, which either works or reports why it crashes.
                attach = {}
                plan = await self._planned(stack, state, now, folder, attach)
            if self._destroy:
                # Its upstream stacks are destroyed after it, so it reads their current outputs.
                return plan
            # Plan again only if an upstream plan changes the inputs, which is rare: the first plan
            # need not wait for the upstream plans.
            later = await self._inputs(stack, upstream_applied=True)
            if now != later:
                plan = await self._planned(stack, state, later, folder, attach)
            return plan
        except _PhaseError as error:
            return _failure(stack, error.phase, str(error))

    async def _init(self, stack: Stack, folder: Path) -> None:
        """Install a stack's providers, once for all stacks with the same requirements."""
        required = write_requirements(stack, folder)
        async with self._installing:
            if required not in self._installed:
                try:
                    await self._run(stack, "init", folder, "init", "-no-color")
                    self._installed[required] = folder
                except _PhaseError as error:
                    self._installed[required] = error
        installed = self._installed[required]
        if isinstance(installed, _PhaseError):
            raise installed
        if installed != folder:
            reuse_installed(installed, folder)

    async def _inputs(self, stack: Stack, *, upstream_applied: bool = False) -> dict[str, Table]:
        """The values of the outputs that a stack reads, by the name of the stack that has them.

        By default the current values, and planned values for outputs that do not exist yet. With
        `upstream_applied`, the planned values, but current values for what a provider connects to,
        since only the current endpoint answers.
        """
        provider_outputs = provider_inputs(stack)
        inputs = {}
        for name, outputs in stack_inputs(stack).items():
            state = await self._states[name]
            stored = {} if isinstance(state, Failure) else outputs_of(state)
            plan = await self._plans[name] if upstream_applied or outputs - stored.keys() else None
            planned = plan.outputs if isinstance(plan, Plan) else {}
            unknown = {output: f"{PLANNED}{name}/{output}" for output in outputs}
            kept = provider_outputs[name] if upstream_applied else outputs
            values = {**unknown, **stored, **planned}
            values |= {output: stored[output] for output in kept & stored.keys()}
            inputs[name] = {output: values[output] for output in sorted(outputs)}
        return inputs

    async def _planned(
        self,
        stack: Stack,
        state: Table | None,
        inputs: dict[str, Table],
        folder: Path,
        attach: Mapping[str, str],
    ) -> Plan:
        placeholders = prepare(stack, state, inputs, folder)
        options = ["-no-color", "-lock=false", f"-out={_PLAN}"]
        if self._destroy:
            options.append("-destroy")
        if any(is_host(placeholder) for placeholder in placeholders):
            # A refresh would connect to a host that does not exist yet.
            options.append("-refresh=false")
        phase = PLAN_DESTROY if self._destroy else "plan"
        await self._run(stack, phase, folder, "plan", *options, variables=attach)
        shown = await self._run(stack, "show", folder, "show", "-json", _PLAN, variables=attach)
        return plan_of(stack, json.loads(shown), placeholders, state)

    async def _run(
        self,
        stack: Stack,
        phase: str,
        folder: Path,
        *arguments: str,
        variables: Mapping[str, str] | None = None,
        limit: float = LIMIT_SECONDS,
    ) -> str:
        async with self._slots:
            with self._progress.phase(stack.name, phase):
                try:
                    return await terraform(
                        *arguments,
                        folder=folder,
                        variables={**self._variables, **(variables or {})},
                        limit=limit,
                    )
                except TerraformError as error:
                    raise _PhaseError(str(error), phase) from error


def _failure(stack: Stack, phase: str, message: str) -> Failure:
    return Failure(stack=stack.name, project=stack.project, phase=phase, message=shortened(message))

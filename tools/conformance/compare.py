"""Plans every pair with the fake and with the real providers."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from queue import SimpleQueue

from tests.conformance.changes import changes, differences
from tests.conformance.pairs import AGAIN, Pair, Walk, empty_cloud, walks
from tests.conformance.planner import Plan, Planner
from tests.conformance.variations import VALIDATED
from tests.fake_cloud.tools import Tools
from tests.line import STACKS, changed
from tests.support import DEV_TABLE
from tests.synthesis import Synthesis


@dataclass(frozen=True, kw_only=True)
class Compared:
    """One pair, with the plans of the fake and the real providers."""

    pair: Pair
    fake: Plan
    real: Plan

    @property
    def differences(self) -> list[str]:
        """The differences between the plans, their warnings and their errors."""
        found = list(differences(changes(self.fake.shown), changes(self.real.shown)))
        if self.fake.complaints != self.real.complaints:
            found.append(
                f"plan complaints: fake {self.fake.complaints} real {self.real.complaints}"
            )
        warnings = [text for text in self.real.complaints if text.startswith("Warning")]
        found += [f"plan warning: {text}" for text in warnings]
        if self.pair.scenario.endswith(AGAIN) and (planned := changes(self.real.shown)):
            found.append(f"plan unchanged: fake no-op real {', '.join(planned)}")
        return found


class Comparison:
    """All pairs, each planned once with the fake and once with the real providers."""

    def __init__(self, folder: Path, tools: Tools, attached: str) -> None:
        """Prepare one planner per processor.

        Args:
            folder: the folder for copies of the pairs.
            tools: the environment that Terraform runs in.
            attached: the value of TF_REATTACH_PROVIDERS for the running real providers.
        """
        processors = os.cpu_count() or 1
        self._folder = folder
        self._tools = tools
        self._synthesize = Synthesis()
        self._pool = ThreadPoolExecutor(processors)
        self._planners: SimpleQueue[Planner] = SimpleQueue()
        for number in range(processors):
            self._planners.put(Planner(folder / f"real-{number}", self._tools, attached))
        self._fake: dict[str, Plan] = {}
        self._real: dict[str, Future[Plan]] = {}

    def pairs(self, begins: Callable[[str], None]) -> Iterator[Compared]:
        """Yield every distinct pair, after all of them are planned.

        Args:
            begins: called with the name of each scenario when it starts.
        """
        with ThreadPoolExecutor(os.cpu_count()) as walkers:
            walked = walkers.map(
                lambda number, walk: list(self._walk(number, walk, begins)), count(), walks()
            )
            pairs = {pair.digest: pair for walk in reversed([*walked]) for pair in reversed(walk)}
        for pair in sorted(pairs.values(), key=lambda pair: (pair.part, pair.scenario)):
            real = self._real[pair.digest].result()
            yield Compared(pair=pair, fake=self._fake[pair.digest], real=real)

    def complaints(self) -> Iterator[str]:
        """Validation messages of the real providers for stacks that cannot be planned offline."""
        for name, settings in VALIDATED.items():
            environment = self._synthesize(changed(DEV_TABLE, settings))
            for part in STACKS:
                planner = self._planners.get()
                for complaint in planner.validate(part, environment.stacks[part]):
                    yield f"{part}, {name}: {complaint}"
                self._planners.put(planner)

    def _walk(self, number: int, walk: Walk, begins: Callable[[str], None]) -> Iterator[Pair]:
        before = ""
        cloud = empty_cloud(self._folder / f"cloud-{number}", self._tools)
        planner = Planner(self._folder / f"fake-{number}", self._tools)
        for pair in walk(cloud, self._synthesize):
            if pair.scenario != before:
                begins(before := pair.scenario)
            if pair.digest not in self._real:
                self._real[pair.digest] = self._pool.submit(self._plan, pair)
                self._fake[pair.digest] = planner.plan(pair)
            yield pair

    def _plan(self, pair: Pair) -> Plan:
        planner = self._planners.get()
        try:
            return planner.plan(pair)
        finally:
            self._planners.put(planner)

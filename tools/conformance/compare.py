"""Plans every pair twice, by the fake and by the real providers."""

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
from tests.fake_cloud.rehearsal import Tools
from tests.line import STACKS, changed
from tests.support import DEV_TABLE
from tests.synthesis import Synthesis


@dataclass(frozen=True, kw_only=True)
class Compared:
    """One pair, planned twice."""

    pair: Pair
    fake: Plan
    real: Plan

    @property
    def differences(self) -> list[str]:
        """What the fake providers plan otherwise than the real ones, or complain about."""
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
    """All pairs, each planned once by the fake and once by the real providers."""

    def __init__(self, folder: Path, tools: Tools, attached: str) -> None:
        """Work below a folder.

        Args:
            folder: where copies of pairs go.
            tools: what Terraform runs with.
            attached: the value of TF_REATTACH_PROVIDERS for real providers that run already.
        """
        processors = os.cpu_count() or 1
        self._folder = folder
        self._tools = tools
        self._synthesize = Synthesis(folder / "synthesized")
        self._pool = ThreadPoolExecutor(processors)
        self._planners: SimpleQueue[Planner] = SimpleQueue()
        for number in range(processors):
            self._planners.put(Planner(folder / f"real-{number}", self._tools, attached))
        self._fake: dict[str, Plan] = {}
        self._real: dict[str, Future[Plan]] = {}

    def pairs(self, begins: Callable[[str], None]) -> Iterator[Compared]:
        """Every distinct pair, when all are planned.

        Args:
            begins: is told each scenario that begins.
        """
        with ThreadPoolExecutor(os.cpu_count()) as walkers:
            walked = walkers.map(
                lambda number, walk: list(self._walk(number, walk, begins)), count(), walks()
            )
            pairs = {pair.digest: pair for some in reversed([*walked]) for pair in reversed(some)}
        for digest, pair in sorted(pairs.items(), key=lambda one: (one[1].part, one[1].scenario)):
            yield Compared(pair=pair, fake=self._fake[digest], real=self._real[digest].result())

    def complaints(self) -> Iterator[str]:
        """What the real providers complain about in stacks that cannot be planned from here."""
        for name, settings in VALIDATED.items():
            line = self._synthesize(changed(DEV_TABLE, settings))
            for part in STACKS:
                planner = self._planners.get()
                for complaint in planner.validate(part, line.stacks[part]):
                    yield f"{part}, {name}: {complaint}"
                self._planners.put(planner)

    def _walk(self, number: int, walk: Walk, begins: Callable[[str], None]) -> Iterator[Pair]:
        before = ""
        with empty_cloud(self._folder / f"cloud-{number}", self._tools) as cloud:
            attached = cloud.environment()["TF_REATTACH_PROVIDERS"]
            planner = Planner(self._folder / f"fake-{number}", self._tools, attached)
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

"""The report: what there is to decide, in the order in which it is decided."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from operations.review.hop import Hop
from operations.review.line import Line
from operations.review.path import path
from operations.review.picture import Picture, picture
from operations.review.plan import Action, Change, Failure
from operations.review.risk import Note, Risk
from operations.review.risks import notes


@dataclass(frozen=True, kw_only=True)
class Report:
    """The review of one environment.

    Attributes:
        line: what was planned.
        hops: the path, by Service.
        notes: the risks, the worst first; of a destroy, the obstacles in the order to clear them.
        picture: the line as it would be.
        heading: what the notes are.
    """

    line: Line
    hops: dict[str, list[Hop]]
    notes: Sequence[Note]
    picture: Picture
    heading: str = "Risks"

    @classmethod
    def of(cls, line: Line) -> "Report":
        """Review an environment."""
        hops = path(line)
        return cls(line=line, hops=hops, notes=notes(line, hops), picture=picture(line))

    @classmethod
    def of_destroy(cls, line: Line, obstacles: Sequence[Note]) -> "Report":
        """Review the destroy of an environment; no call has a path then."""
        return cls(
            line=line,
            hops={},
            notes=obstacles,
            picture=picture(line),
            heading="In the way, in the order to clear it",
        )

    @property
    def environment(self) -> str:
        """Its name."""
        return self.line.environment

    @property
    def failures(self) -> Sequence[Failure]:
        """The stacks that could not be planned."""
        return self.line.failures

    @property
    def worst(self) -> Risk:
        """The worst risk."""
        return max((note.risk for note in self.notes), key=list(Risk).index, default=self._least)

    @property
    def _least(self) -> Risk:
        changes = any(one.action is not Action.KEPT for one in self.line.changes)
        return Risk.LOW if changes else Risk.NONE

    @property
    def counts(self) -> dict[Action, int]:
        """How many resources what happens to; those that are kept are not counted."""
        counted = Counter(one.action for one in self.line.changes)
        return {action: counted[action] for action in Action if action is not Action.KEPT}

    @property
    def verdict(self) -> str:
        """The first line: what happens, and the worst of it."""
        if self.failures:
            names = ", ".join(failure.stack for failure in self.failures)
            return f"{self.environment}: {names} could not be planned"
        happens = ", ".join(f"{count} {action}" for action, count in self.counts.items() if count)
        if not happens and self.worst is Risk.NONE:
            return f"{self.environment}: nothing to do"
        return f"{self.environment}: {happens or 'nothing to do'}; worst risk: {self.worst}"

    def changes(self, stack: str) -> list[Change]:
        """What happens in a stack; what is kept is left out."""
        return [
            one for one in self.line.changes if one.stack == stack and one.action is not Action.KEPT
        ]

"""The report on one environment."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from operations.review.call_path import call_path
from operations.review.environment import Environment
from operations.review.hop import Hop
from operations.review.picture import Picture, picture
from operations.review.plan import Action, Failure, ResourceChange
from operations.review.risk import Finding, Risk
from operations.review.risks import findings


@dataclass(frozen=True, kw_only=True)
class Report:
    """The review of one environment.

    Attributes:
        environment: its plans.
        hops: the path of a call, by Service.
        findings: the risks, the most severe first; for a destroy, what blocks it, in the order in
            which to clear it.
        picture: the environment after the apply.
        heading: what the findings are.
    """

    environment: Environment
    hops: dict[str, list[Hop]]
    findings: Sequence[Finding]
    picture: Picture
    heading: str = "Risks"

    @classmethod
    def of(cls, environment: Environment) -> "Report":
        """Review an environment."""
        hops = call_path(environment)
        return cls(
            environment=environment,
            hops=hops,
            findings=findings(environment, hops),
            picture=picture(environment),
        )

    @classmethod
    def of_destroy(cls, environment: Environment, obstacles: Sequence[Finding]) -> "Report":
        """Review the destroy of an environment, after which no call has a path."""
        return cls(
            environment=environment,
            hops={},
            findings=obstacles,
            picture=picture(environment),
            heading="Before you destroy, in this order",
        )

    @property
    def failures(self) -> Sequence[Failure]:
        """The stacks that could not be planned."""
        return self.environment.failures

    @property
    def has_picture(self) -> bool:
        """Whether there is anything to draw: without a plan, everything would look unchanged."""
        return bool(self.environment.plans)

    @property
    def worst(self) -> Risk:
        """The most severe risk."""
        risks = (finding.risk for finding in self.findings)
        return max(risks, key=list(Risk).index, default=self._least)

    @property
    def _least(self) -> Risk:
        changes = any(change.action is not Action.NO_OP for change in self.environment.changes)
        return Risk.LOW if changes else Risk.NONE

    @property
    def counts(self) -> dict[Action, int]:
        """The number of resources per action; what does not change is left out."""
        counted = Counter(change.action for change in self.environment.changes)
        return {
            action: counted[action]
            for action in Action
            if action not in {Action.READ, Action.NO_OP}
        }

    @property
    def verdict(self) -> str:
        """The first line of the report: the number of changes, and the most severe risk."""
        name = self.environment.name
        if self.failures:
            stacks = ", ".join(failure.stack for failure in self.failures)
            return f"{name}: {stacks} could not be planned"
        counts = ", ".join(f"{count} to {action}" for action, count in self.counts.items() if count)
        if not counts and self.worst is Risk.NONE:
            return f"{name}: no changes"
        return f"{name}: {counts or 'no changes'}; worst risk: {self.worst}"

    def changes(self, stack: str) -> list[ResourceChange]:
        """The changes of a stack; no-op is left out."""
        return [
            change
            for change in self.environment.changes
            if change.stack == stack and change.action is not Action.NO_OP
        ]

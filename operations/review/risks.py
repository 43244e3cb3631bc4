"""The findings of a review: one line per risk, with its reason."""

from collections.abc import Iterator
from typing import Final

from operations.review.access_risks import access_risks
from operations.review.api_risks import api_risks
from operations.review.destination_risks import destination_risks
from operations.review.environment import Environment
from operations.review.existing_risks import existing_risks
from operations.review.hop import Hop, Verdict
from operations.review.losses import losses
from operations.review.name_risks import name_risks
from operations.review.namespace_risks import namespace_risks
from operations.review.risk import Finding, Risk


def findings(environment: Environment, hops: dict[str, list[Hop]]) -> list[Finding]:
    """All risks of an environment, the most severe first."""
    unsorted = [
        *_broken(environment, hops),
        *_changed(environment),
        *(explanation.finding for explanation in access_risks(environment)),
    ]
    return sorted(unsorted, key=lambda finding: -list(Risk).index(finding.risk))


def _broken(environment: Environment, hops: dict[str, list[Hop]]) -> Iterator[Finding]:
    for service, service_hops in hops.items():
        for hop in service_hops:
            if hop.verdict is Verdict.FAILS:
                yield Finding(
                    risk=Risk.BROKEN,
                    stack=hop.stack,
                    address=hop.address,
                    reason=f"calls to {service} fail, or the path is open to others: {hop.why}",
                    next="do not deploy: correct it, then"
                    f" `make synth` and `make review ARGS={environment.name}`",
                )


def _changed(environment: Environment) -> Iterator[Finding]:
    """Leave out findings on changes that an earlier finding explains, such as an API's address."""
    known: set[tuple[str, str]] = set()
    for risks in _RISKS:
        explanations = list(risks(environment))
        for finding, _ in explanations:
            if (finding.stack, finding.address) not in known:
                yield finding
        known |= {
            (change.stack, change.address) for _, changes in explanations for change in changes
        }


_RISKS: Final = (
    api_risks,
    name_risks,
    namespace_risks,
    destination_risks,
    existing_risks,
    losses,
)
"""Findings on changes, the most specific first."""

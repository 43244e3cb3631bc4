"""What a reviewer must know before saying yes: one line per risk, with its reason."""

from collections.abc import Iterator

from operations.review.api_risks import api_risks
from operations.review.destination_risks import destination_risks
from operations.review.hop import Hop, Verdict
from operations.review.line import Line
from operations.review.losses import losses
from operations.review.name_risks import name_risks
from operations.review.namespace_risks import namespace_risks
from operations.review.openings import openings
from operations.review.risk import Note, Risk


def notes(line: Line, hops: dict[str, list[Hop]]) -> list[Note]:
    """All risks of an environment, the worst first."""
    every = [*_broken(line, hops), *_changed(line), *(one.note for one in openings(line))]
    return sorted(every, key=lambda note: -list(Risk).index(note.risk))


def _broken(line: Line, hops: dict[str, list[Hop]]) -> Iterator[Note]:
    for service, its_hops in hops.items():
        for hop in its_hops:
            if hop.verdict is Verdict.FAILS:
                yield Note(
                    risk=Risk.BROKEN,
                    stack=hop.stack,
                    address=hop.address,
                    reason=f"calls to {service} do not arrive, or not alone: {hop.why}",
                    next="do not deploy: correct it, then"
                    f" `make synth` and `make review ARGS={line.environment}`",
                )


def _changed(line: Line) -> Iterator[Note]:
    """What goes with an API, a zone or a destination has no note of its own."""
    known: set[tuple[str, str]] = set()
    for risks in (api_risks, name_risks, namespace_risks, destination_risks, losses):
        found = list(risks(line))
        yield from (one.note for one in found if (one.note.stack, one.note.address) not in known)
        known |= {(change.stack, change.address) for one in found for change in one.changes}

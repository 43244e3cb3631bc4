"""The recorded plans of the real providers: one file per stack in `tests/fake_cloud/recorded/`."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from tests.conformance.changes import changes, recordable
from tests.conformance.pairs import Pair
from tests.conformance.planner import Plan
from tests.conformance.text import text
from tests.fake_cloud.provider.catalogue import catalogues
from tests.line import STACKS, Table
from tests.support import ROOT

_FOLDER: Final = ROOT / "tests" / "fake_cloud" / "recorded"


def versions() -> dict[str, str]:
    """The versions of the real providers that the fake ones imitate, by source."""
    return {catalogue.source: catalogue.version for catalogue in catalogues().values()}


def recording(plan: Plan) -> Table:
    """The part of a plan that a recording contains."""
    return {"changes": recordable(changes(plan.shown)), "complaints": list(plan.complaints)}


def write(planned: Iterable[tuple[Pair, Plan]]) -> None:
    """Replace all recordings with plans of the real providers."""
    plans: dict[str, Table] = {part: {} for part in STACKS}
    for pair, plan in planned:
        plans[pair.part][pair.scenario] = {"digest": pair.digest, **recording(plan)}
    _FOLDER.mkdir(exist_ok=True)
    for part, recorded in plans.items():
        whole = {"plans": recorded, "providers": versions()}
        _file(part).write_text(text(whole), encoding="utf-8")


def recorded(part: str) -> Table:
    """The recording of a stack: `providers` and, by scenario, `plans`."""
    read: Table = json.loads(_file(part).read_text(encoding="utf-8"))
    return read


def _file(part: str) -> Path:
    return _FOLDER / f"{part}.json"

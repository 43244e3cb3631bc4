"""The report in the three formats."""

import dataclasses
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from operations.review.diff import details
from operations.review.mermaid import mermaid
from operations.review.plan import Action
from operations.review.remedy import remedy
from operations.review.report import Report
from operations.review.svg import svg

FORMATS: Final = ("md", "html", "json")

_MARKS: Final = {
    Action.KEPT: " ",
    Action.RENAMED: ">",
    Action.NEW: "+",
    Action.CHANGED: "~",
    Action.REPLACED: "-/+",
    Action.FORGOTTEN: ".",
    Action.DESTROYED: "-",
}


def render(reports: Sequence[Report], form: str) -> str:
    """Write the reports of some environments as `md`, `html` or `json`."""
    if form == "json":
        return json.dumps([_machine(report) for report in reports], indent=2) + "\n"
    templates = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=form == "html",  # noqa: S701 - Markdown is no HTML; its cells are escaped
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    templates.filters |= {"cell": _cell, "code": _code}
    return templates.get_template(f"report.{form}.j2").render(
        reports=reports, mermaid=mermaid, svg=svg, details=details, marks=_MARKS, remedy=remedy
    )


def _cell(text: str) -> str:
    """A text that a cell of a Markdown table can hold."""
    return " ".join(text.replace("|", "\\|").split())


def _code(text: str) -> Markup:
    """A text as HTML, with what stands between backticks as code."""
    # As plain text, since Markup would escape what is put in.
    escaped = str(escape(text))
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", escaped))  # noqa: S704 - escaped


def _machine(report: Report) -> dict[str, object]:
    return {
        "environment": report.environment,
        "verdict": report.verdict,
        "worst": report.worst,
        "counts": report.counts,
        "failures": [
            {**dataclasses.asdict(failure), "remedy": remedy(failure)}
            for failure in report.failures
        ],
        "picture": dataclasses.asdict(report.picture),
        "path": {
            service: [dataclasses.asdict(hop) for hop in hops]
            for service, hops in report.hops.items()
        },
        "notes": [dataclasses.asdict(note) for note in report.notes],
        "changes": [
            {
                "stack": one.stack,
                "address": one.address,
                "action": one.action,
                "moved_from": one.moved_from,
                "forced_by": one.forced_by,
                "details": details(one),
            }
            for plan in report.line.plans
            for one in report.changes(plan.stack)
        ],
        "drift": [
            {"stack": one.stack, "address": one.address, "details": one.details}
            for one in report.line.drift
        ],
    }

"""Writes the report as Markdown, HTML or JSON."""

import dataclasses
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import jinja2
from markupsafe import Markup, escape

from operations.review.diff import details
from operations.review.hint import hint
from operations.review.mermaid import mermaid
from operations.review.plan import Action
from operations.review.report import Report
from operations.review.svg import svg

FORMATS: Final = ("md", "html", "json")

_MARKS: Final = {
    Action.READ: " ",
    Action.NO_OP: " ",
    Action.MOVE: ">",
    Action.ADD: "+",
    Action.CHANGE: "~",
    Action.REPLACE: "-/+",
    Action.FORGET: ".",
    Action.DESTROY: "-",
}


def render(reports: Sequence[Report], form: str) -> str:
    """Write the reports of some environments as `md`, `html` or `json`."""
    if form == "json":
        return json.dumps([_json(report) for report in reports], indent=2) + "\n"
    templates = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=form == "html",  # noqa: S701 - Markdown is not HTML; its cells are escaped
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    templates.filters |= {"cell": _cell, "code": _code}
    return templates.get_template(f"report.{form}.j2").render(
        reports=reports, mermaid=mermaid, svg=svg, details=details, marks=_MARKS, hint=hint
    )


def _cell(text: str) -> str:
    """A text as a cell of a Markdown table."""
    return " ".join(text.replace("|", "\\|").split())


def _code(text: str) -> Markup:
    """A text as HTML, with text between backticks as code."""
    # Format a plain str: Markup would escape the inserted tags.
    escaped = str(escape(text))
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", escaped))  # noqa: S704 - escaped


def _json(report: Report) -> dict[str, object]:
    return {
        "environment": report.environment.name,
        "verdict": report.verdict,
        "worst": report.worst,
        "counts": report.counts,
        "failures": [
            {**dataclasses.asdict(failure), "hint": hint(failure, report.environment)}
            for failure in report.failures
        ],
        "picture": dataclasses.asdict(report.picture) if report.has_picture else None,
        "path": {
            service: [dataclasses.asdict(hop) for hop in hops]
            for service, hops in report.hops.items()
        },
        "findings": [dataclasses.asdict(finding) for finding in report.findings],
        "changes": [
            {
                "stack": change.stack,
                "address": change.address,
                "action": change.action,
                "moved_from": change.moved_from,
                "forced_by": change.forced_by,
                "details": details(change),
            }
            for plan in report.environment.plans
            for change in report.changes(plan.stack)
        ],
        "existing": [
            {"stack": found.stack, "type": found.kind, "name": found.title}
            for found in report.environment.found
        ],
        "drift": [
            {"stack": drift.stack, "address": drift.address, "details": drift.details}
            for drift in report.environment.drift
        ],
    }

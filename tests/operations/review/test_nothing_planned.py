"""A report without a plan shows no environment: it would look unchanged."""

import json

from operations.review.environment import Environment
from operations.review.plan import Failure, Plan
from operations.review.render import render
from operations.review.report import Report

FAILURE = Failure(
    stack="dev-network", project="my-project-id", phase="plan", message="No credentials loaded."
)


def rendered(form: str, *plans: Plan) -> str:
    report = Report.of(Environment(name="dev", plans=plans, failures=[FAILURE]))
    return render([report], form)


def test_nothing_is_drawn_without_a_plan() -> None:
    markdown, page = rendered("md"), rendered("html")
    for text in (markdown, page):
        assert "dev-network could not be planned" in text
        assert "Path of a call" not in text
        assert "no-op" not in text.partition("</style>")[2]
    assert "mermaid" not in markdown
    assert "<svg" not in page
    (report,) = json.loads(rendered("json"))
    assert report["picture"] is None


def test_one_plan_is_drawn_whatever_the_other_stacks() -> None:
    plan = Plan(stack="dev-dns", changes=(), drift=(), outputs={})
    assert "```mermaid" in rendered("md", plan)
    assert "<svg" in rendered("html", plan)
    (report,) = json.loads(rendered("json", plan))
    assert report["picture"]["name"]["title"] == "Private DNS"

"""`python -m operations.review [ENV ...] [--out DIR] [--format md|html|json] [--fail-on RISK]`.

With `--destroy [--app PATH ...]` it reviews the destroy of all resources in all stacks.
"""

import sys
from pathlib import Path

from operations import interrupts
from operations.app_yaml.file import AppYaml, BadAppYamlError
from operations.arguments import Parser
from operations.review.environment import Environment
from operations.review.obstacles import obstacles
from operations.review.planning import Planner
from operations.review.progress import Progress
from operations.review.render import FORMATS, render
from operations.review.report import Report
from operations.review.risk import Risk
from operations.terraform.process import TerraformError, check_version
from operations.terraform.synthesized import Stack, UnusableOutputError, read
from settings.stack_names import environment_and_part

_CANNOT_PLAN = 1
_RISKY = 2


def main() -> int:
    """Plan, write the report, and return the exit status.

    Returns:
        0 when no risk reaches `--fail-on`, 2 when one does, 1 on an error, such as a stack that
        cannot be planned.
    """
    parser = _parser()
    options = parser.parse_args()
    if options.app and not options.destroy:
        parser.error("--app requires --destroy")
    try:
        apps = [AppYaml(path) for path in options.app]
        stacks = read(Path("cdktf.out"), options.environment)
        environments = interrupts.run(_planned(stacks, destroy=options.destroy))
        reports = [
            _report(environment, stacks, apps if options.destroy else None)
            for environment in environments
        ]
    except (UnusableOutputError, BadAppYamlError, TerraformError) as error:
        sys.stderr.write(f"{error}\n")
        return _CANNOT_PLAN
    try:
        _write(reports, options.format, options.out)
    except OSError as error:
        sys.stderr.write(
            f"{options.out} cannot be written ({error.strerror}): the report follows\n"
        )
        _write(reports, options.format, None)
        return _CANNOT_PLAN
    for report in reports:
        sys.stderr.write(f"{report.verdict}\n")
    if any(report.failures for report in reports):
        return _CANNOT_PLAN
    limit = Risk(options.fail_on)
    return _RISKY if any(report.worst.reaches(limit) for report in reports) else 0


def _parser() -> Parser:
    parser = Parser(
        prog="review",
        description="Plan all stacks of an environment and write one report on them.",
    )
    parser.add_argument("environment", nargs="*", help="such as dev (default: all environments)")
    parser.add_argument(
        "--destroy", action="store_true", help="review the destroy of all resources"
    )
    parser.add_argument(
        "--app",
        action="append",
        type=Path,
        default=[],
        help="with --destroy: an app.yaml that may name the connector; once per app",
    )
    parser.add_argument("--out", type=Path, help="folder for the report, instead of stdout")
    parser.add_argument("--format", choices=FORMATS, default="md", help="default: md")
    parser.add_argument(
        "--fail-on",
        choices=[risk.value for risk in Risk if risk is not Risk.NONE],
        default=Risk.HIGH.value,
        help="exit with status 2 if a risk is at least this severe (default: high)",
    )
    return parser


async def _planned(stacks: list[Stack], *, destroy: bool) -> list[Environment]:
    """Plan all stacks, and group the plans by environment."""
    await check_version()
    plans, failures = await Planner(stacks, Progress(), destroy=destroy).plans()
    return [
        Environment(
            name=name,
            plans=[
                plans[stack.name]
                for stack in stacks
                if stack.environment == name and stack.name in plans
            ],
            failures=[
                failure for failure in failures if environment_and_part(failure.stack)[0] == name
            ],
        )
        for name in dict.fromkeys(stack.environment for stack in stacks)
    ]


def _report(environment: Environment, stacks: list[Stack], apps: list[AppYaml] | None) -> Report:
    """Report on an environment, or on its destroy if `apps` is given."""
    if apps is None:
        return Report.of(environment)
    own = [stack for stack in stacks if stack.environment == environment.name]
    return Report.of_destroy(environment, list(obstacles(environment, own, apps)))


def _write(reports: list[Report], form: str, out: Path | None) -> None:
    text = render(reports, form)
    if out is None:
        sys.stdout.write(text)
        return
    out.mkdir(parents=True, exist_ok=True)
    (out / f"review.{form}").write_text(text, encoding="utf-8")
    sys.stderr.write(f"wrote {out / f'review.{form}'}\n")

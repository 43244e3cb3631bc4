"""`python -m operations.app_yaml ENV APP [--remove] [--check] [--force]`."""

import argparse
import sys
from pathlib import Path

from operations.app_yaml.file import AppYaml, BadAppYamlError
from operations.app_yaml.values import UnknownEnvironmentError, Values, values
from operations.arguments import Parser
from settings.errors import InvalidSettingsError

_REJECTED = 1
_DIFFERS = 2


def main() -> int:
    """Add the connector to an app.yaml, remove it, or check the file, and print the result.

    Returns:
        0 when there is nothing to change, or it was changed; 2 when `--check` finds that it would
        be changed; 1 on an error, in which case the file is unchanged.
    """
    options = _parser().parse_args()
    act = _remove if options.remove else _write
    try:
        # Terraform may take a while, so it comes first: nobody edits the file between its reading
        # and its replacement.
        wanted = values(options.environment)
        return act(AppYaml(options.app), wanted, options)
    except (BadAppYamlError, UnknownEnvironmentError, InvalidSettingsError) as error:
        sys.stderr.write(f"{error}\n")
        return _REJECTED


def _parser() -> Parser:
    parser = Parser(
        prog="app_yaml",
        description="Add an environment's connector to the app.yaml of an app, or remove it.",
    )
    parser.add_argument("environment", help="such as dev")
    parser.add_argument("app", type=Path, help="the app's app.yaml")
    parser.add_argument("--remove", action="store_true", help="remove the connector")
    parser.add_argument(
        "--check",
        action="store_true",
        help="change nothing: exit with status 0 if there is nothing to change, 2 if the file would"
        " be changed, 1 if it would be rejected",
    )
    parser.add_argument("--force", action="store_true", help="replace or remove another connector")
    return parser


def _write(file: AppYaml, wanted: Values, options: argparse.Namespace) -> int:
    if (conflicts := file.conflicts(wanted.section)) and not options.force:
        text = ", ".join(f"{key}: {value}" for key, value in conflicts.items())
        raise BadAppYamlError(f"{options.app} already has {text}; to replace it, use --force")
    if not file.write(wanted.section, check=options.check):
        _report(options.app, "is up to date", wanted)
        return 0
    _report(options.app, "is not up to date" if options.check else "is updated", wanted)
    return _DIFFERS if options.check else 0


def _remove(file: AppYaml, wanted: Values, options: argparse.Namespace) -> int:
    if file.has_no_connector:
        sys.stdout.write(f"{options.app} names no connector\n")
        return 0
    if file.connector != wanted.section["name"] and not options.force:
        raise BadAppYamlError(
            f"{options.app} names {file.connector}, not {wanted.section['name']} as in"
            f" {wanted.source}; to remove it, use --force"
        )
    file.remove(check=options.check)
    verb = "names" if options.check else "no longer names"
    sys.stdout.write(f"{options.app} {verb} {file.connector}\n")
    return _DIFFERS if options.check else 0


def _report(app: Path, result: str, wanted: Values) -> None:
    lines = "".join(f"  {key}: {value}\n" for key, value in wanted.section.items())
    sys.stdout.write(f"{app} {result}. The values come from {wanted.source}:\n{lines}")

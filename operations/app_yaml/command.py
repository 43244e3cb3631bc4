"""`python -m operations.app_yaml ENV APP [--remove] [--check] [--force]`."""

import argparse
import sys
from pathlib import Path

from operations.app_yaml.file import AppYaml, BadAppYamlError
from operations.app_yaml.values import UnknownEnvironmentError, Values, values
from settings.errors import InvalidSettingsError

_REJECTED = 1
_DIFFERS = 2


def main() -> int:
    """Add the connector to an app.yaml, remove it, or check the file, and print the result.

    Returns:
        0 when the file is up to date, 2 when `--check` finds that it is not, 1 on an error.
    """
    options = _parser().parse_args()
    act = _remove if options.remove else _write
    try:
        return act(AppYaml(options.app), values(options.environment), options)
    except (BadAppYamlError, UnknownEnvironmentError, InvalidSettingsError) as error:
        sys.stderr.write(f"{error}\n")
        return _REJECTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="app_yaml",
        description="Add an environment's connector to the app.yaml of an app, or remove it.",
    )
    parser.add_argument("environment", help="such as dev")
    parser.add_argument("app", type=Path, help="the app's app.yaml")
    parser.add_argument("--remove", action="store_true", help="remove the connector")
    parser.add_argument(
        "--check",
        action="store_true",
        help="only check: exit with status 0 if there is nothing to change, else 2",
    )
    parser.add_argument("--force", action="store_true", help="replace or remove another connector")
    return parser


def _write(file: AppYaml, wanted: Values, options: argparse.Namespace) -> int:
    current = file.matches(wanted.section)
    if current or options.check:
        _report(options.app, "is up to date" if current else "is not up to date", wanted)
        return 0 if current else _DIFFERS
    if (conflicts := file.conflicts(wanted.section)) and not options.force:
        text = ", ".join(f"{key}: {value}" for key, value in conflicts.items())
        raise BadAppYamlError(f"{options.app} already has {text}; to replace it, use --force")
    file.write(wanted.section)
    _report(options.app, "is updated", wanted)
    return 0


def _remove(file: AppYaml, wanted: Values, options: argparse.Namespace) -> int:
    if file.has_no_connector:
        sys.stdout.write(f"{options.app} names no connector\n")
        return 0
    if options.check:
        sys.stdout.write(f"{options.app} names {file.connector}\n")
        return _DIFFERS
    if file.connector != wanted.section["name"] and not options.force:
        raise BadAppYamlError(
            f"{options.app} names {file.connector}, not {wanted.section['name']} as in"
            f" {wanted.source}; to remove it, use --force"
        )
    file.remove()
    sys.stdout.write(f"{options.app} no longer names {file.connector}\n")
    return 0


def _report(app: Path, result: str, wanted: Values) -> None:
    lines = "".join(f"  {key}: {value}\n" for key, value in wanted.section.items())
    sys.stdout.write(f"{app} {result}. The values come from {wanted.source}:\n{lines}")

"""`python -m operations.app_yaml ENV APP [--remove] [--check] [--force]`."""

import argparse
import sys
from pathlib import Path

from operations.app_yaml.file import AppYaml, BadAppYamlError
from operations.app_yaml.values import UnknownEnvironmentError, Values, values
from settings.errors import InvalidSettingsError

_REJECTED = 1
_NOT_RIGHT = 2


def main() -> int:
    """Put the connector into an app.yaml, take it out, or only look, and report what was done.

    Returns:
        0 when the file is right now, 2 when `--check` finds that it is not, 1 when it was rejected.
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
        description="Put an environment's connector into the app.yaml of an app, or take it out.",
    )
    parser.add_argument("environment", help="such as dev")
    parser.add_argument("app", type=Path, help="the app's app.yaml")
    parser.add_argument("--remove", action="store_true", help="take the connector out")
    parser.add_argument(
        "--check",
        action="store_true",
        help="only report: status 0 if there is nothing to change, else 2",
    )
    parser.add_argument("--force", action="store_true", help="replace or remove another connector")
    return parser


def _write(file: AppYaml, wanted: Values, options: argparse.Namespace) -> int:
    right = file.says(wanted.section)
    if right or options.check:
        _report(options.app, "is right already" if right else "is not right", wanted)
        return 0 if right else _NOT_RIGHT
    if (other := file.other(wanted.section)) and not options.force:
        said = ", ".join(f"{key}: {value}" for key, value in other.items())
        raise BadAppYamlError(f"{options.app} says {said} already; --force replaces it")
    file.write(wanted.section)
    _report(options.app, "is written", wanted)
    return 0


def _remove(file: AppYaml, wanted: Values, options: argparse.Namespace) -> int:
    if file.says_nothing:
        sys.stdout.write(f"{options.app} names no connector\n")
        return 0
    if options.check:
        sys.stdout.write(f"{options.app} names {file.connector}\n")
        return _NOT_RIGHT
    if file.connector != wanted.section["name"] and not options.force:
        raise BadAppYamlError(
            f"{options.app} names {file.connector}, not {wanted.section['name']} as"
            f" {wanted.source} has it; --force removes it"
        )
    file.remove()
    sys.stdout.write(f"{options.app} no longer names {file.connector}\n")
    return 0


def _report(app: Path, what: str, wanted: Values) -> None:
    said = "".join(f"  {key}: {value}\n" for key, value in wanted.section.items())
    sys.stdout.write(f"{app} {what}. The values are those of {wanted.source}:\n{said}")


if __name__ == "__main__":
    sys.exit(main())

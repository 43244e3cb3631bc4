"""`python -m operations.app_yaml ENV APP [--check] [--force]`."""

import argparse
import sys
from pathlib import Path

from operations.app_yaml.file import AppYaml, BadAppYamlError
from operations.app_yaml.values import UnknownEnvironmentError, Values, values
from settings.errors import InvalidSettingsError

_REFUSED = 1
_NOT_RIGHT = 2


def main() -> int:
    """Put the connector into an app.yaml, or only look, and say what was done.

    Returns:
        0 when the file is right now, 2 when `--check` finds that it is not, 1 when it was refused.
    """
    options = _parser().parse_args()
    try:
        file = AppYaml(options.app)
        wanted = values(options.environment)
        return _check(file, wanted, options) if options.check else _write(file, wanted, options)
    except (BadAppYamlError, UnknownEnvironmentError, InvalidSettingsError) as error:
        sys.stderr.write(f"{error}\n")
        return _REFUSED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="app_yaml", description="Put a line's connector into the app.yaml of an app."
    )
    parser.add_argument("environment", help="such as dev")
    parser.add_argument("app", type=Path, help="the app's app.yaml")
    parser.add_argument("--check", action="store_true", help="only tell: status 0 right, 2 not")
    parser.add_argument("--force", action="store_true", help="replace another connector")
    return parser


def _check(file: AppYaml, wanted: Values, options: argparse.Namespace) -> int:
    right = file.says(wanted.section)
    _tell(options.app, "is right" if right else "is not right", wanted)
    return 0 if right else _NOT_RIGHT


def _write(file: AppYaml, wanted: Values, options: argparse.Namespace) -> int:
    if file.says(wanted.section):
        _tell(options.app, "is right already", wanted)
        return 0
    if (other := file.other(wanted.section)) and not options.force:
        said = ", ".join(f"{key}: {value}" for key, value in other.items())
        raise BadAppYamlError(f"{options.app} says {said} already; --force replaces it")
    file.write(wanted.section)
    _tell(options.app, "is written", wanted)
    return 0


def _tell(app: Path, what: str, wanted: Values) -> None:
    said = "".join(f"  {key}: {value}\n" for key, value in wanted.section.items())
    sys.stdout.write(f"{app} {what}. The values are those of {wanted.source}:\n{said}")


if __name__ == "__main__":
    sys.exit(main())

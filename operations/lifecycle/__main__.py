"""`python -m operations.lifecycle plan|deploy|destroy ENV STACK [OPTION ...]`."""

import argparse
import os
import shutil
import sys
from typing import Final

from operations.lifecycle.request import BadRequestError, Request
from settings.errors import InvalidSettingsError

_COMMANDS: Final = {"plan": "diff", "deploy": "deploy", "destroy": "destroy"}
"""What the cdktf command calls them."""

_AUTO_APPROVE: Final = "--auto-approve"


def main() -> None:
    """Check what was asked for, then become the cdktf command, whose exit status comes through."""
    arguments = _parser().parse_args()
    verb, options = arguments.verb, arguments.options
    try:
        request = Request.of(verb, arguments.environment, arguments.stack)
        _check_surroundings(request, is_approved=_AUTO_APPROVE in options)
    except (BadRequestError, InvalidSettingsError) as error:
        sys.exit(str(error))
    if verb != "plan" and request.others:
        sys.stderr.write(f"{request.stacks[0]} alone; left out: {', '.join(request.others)}.\n")
        if verb == "destroy" and request.readers:
            sys.stderr.write(
                f"Destroy {' and '.join(request.readers)} first if they exist: without"
                f" {request.stacks[0]} they can be neither planned nor destroyed.\n"
            )
        # Without it cdktf wants the stacks too that this one reads, or that read this one.
        options.append("--ignore-missing-stack-dependencies")
    if verb == "destroy":
        sys.stderr.write(f"Destroys in {request.settings.project}: {request.goes}.\n")
        if _AUTO_APPROVE not in options:
            _ask()
            options.append(_AUTO_APPROVE)
    if not sys.stdout.isatty():
        os.environ["CI"] = "true"  # cdktf then writes lines and draws no progress
    os.execvp("cdktf", ["cdktf", _COMMANDS[verb], *request.stacks, *options])  # noqa: S606, S607 - the Makefile's cdktf, no shell


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="lifecycle", description="Plan, deploy or destroy an environment with cdktf."
    )
    parser.add_argument("verb", choices=_COMMANDS)
    parser.add_argument("environment", help="such as dev")
    parser.add_argument("stack", help="such as network; empty for all stacks")
    parser.add_argument("options", nargs=argparse.REMAINDER, help="those of the cdktf command")
    return parser


def _check_surroundings(request: Request, *, is_approved: bool) -> None:
    """Check what cdktf reports late, or with a stack trace.

    Raises:
        BadRequestError: there is no Terraform, or nobody who could approve.
    """
    program = os.environ.get("TERRAFORM_BINARY_NAME", "terraform")
    if shutil.which(program) is None:
        raise BadRequestError(
            f"{program} is not on the PATH: install Terraform, or OpenTofu"
            " with TERRAFORM_BINARY_NAME=tofu"
        )
    if request.verb != "plan" and not is_approved and not sys.stdin.isatty():
        raise BadRequestError(
            f"make {request.verb} asks for approval, and there is no terminal to ask:"
            f" approve with ARGS={_AUTO_APPROVE}"
        )


def _ask() -> None:
    try:
        answer = input("Only yes destroys: ")
    except (EOFError, KeyboardInterrupt):
        answer = ""
    if answer != "yes":
        sys.exit("Nothing was destroyed.")


if __name__ == "__main__":
    main()

"""`python -m operations.lifecycle plan|deploy|destroy ENV STACK [OPTION ...]`."""

import argparse
import os
import sys
from typing import Final

from operations import interrupts
from operations.arguments import Parser
from operations.cdktf import cdktf
from operations.lifecycle.forgotten import check_forgotten
from operations.lifecycle.request import BadRequestError, Request
from operations.terraform.process import TerraformError, check_version
from operations.terraform.synthesized import UnusableOutputError
from settings.errors import InvalidSettingsError

_COMMANDS: Final = {"plan": "diff", "deploy": "deploy", "destroy": "destroy"}
"""The corresponding cdktf commands."""

_AUTO_APPROVE: Final = "--auto-approve"


def main() -> int:
    """Check the request, run cdktf, and return its exit status."""
    arguments = _parser().parse_args()
    verb, options = arguments.verb, arguments.options
    try:
        request = Request.of(verb, arguments.environment, arguments.stack)
        _check_prerequisites(request, is_approved=_AUTO_APPROVE in options)
    except (
        BadRequestError,
        InvalidSettingsError,
        TerraformError,
        UnusableOutputError,
    ) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    if verb != "plan" and request.others:
        sys.stderr.write(f"{request.stacks[0]} only; left out: {', '.join(request.others)}.\n")
        if verb == "destroy" and request.consumers:
            sys.stderr.write(
                f"Destroy {' and '.join(request.consumers)} first if they exist: without"
                f" {request.stacks[0]} Terraform can neither plan nor destroy them.\n"
            )
        # Without it, cdktf requires the stacks that this one depends on, or that depend on it.
        options.append("--ignore-missing-stack-dependencies")
    if verb == "destroy":
        sys.stderr.write(f"Destroys in {request.settings.project}: {request.destroyed}.\n")
        if _AUTO_APPROVE not in options:
            if not _is_confirmed():
                sys.stderr.write("Nothing was destroyed.\n")
                return 1
            options.append(_AUTO_APPROVE)
    return cdktf(_COMMANDS[verb], *request.stacks, *options)


def _parser() -> Parser:
    parser = Parser(
        prog="lifecycle", description="Plan, deploy or destroy an environment with cdktf."
    )
    parser.add_argument("verb", choices=_COMMANDS)
    parser.add_argument("environment", help="such as dev")
    parser.add_argument("stack", help="such as network; empty for all stacks")
    parser.add_argument("options", nargs=argparse.REMAINDER, help="options of the cdktf command")
    return parser


def _check_prerequisites(request: Request, *, is_approved: bool) -> None:
    """Check what cdktf would report late, or with a stack trace.

    Raises:
        BadRequestError: there is no terminal for the approval, or a destroy includes what exists.
        TerraformError: Terraform is missing or too old, or cannot read a state.
        UnusableOutputError: the states of what exists are not known.
    """
    interrupts.run(check_version())
    if request.verb == "destroy":
        interrupts.run(check_forgotten(request))
    if request.verb != "plan" and not is_approved and not os.isatty(0):
        raise BadRequestError(
            f"make {request.verb} needs your approval, but there is no terminal to ask:"
            f" approve with ARGS={_AUTO_APPROVE}"
        )


def _is_confirmed() -> bool:
    try:
        return input("Type yes to destroy: ") == "yes"
    except EOFError:
        return False

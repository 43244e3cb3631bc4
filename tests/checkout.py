"""Copies this checkout, so that tests can run the Makefile and the documented commands in it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tests.fake_cloud.memo import Run
from tests.support import ROOT

READY: Final = (".venv/.ready", "node_modules/.ready")
"""If these files exist and name the checkout, make installs nothing."""

NO_SETUP: Final = tuple(word for ready in READY for word in ("-o", ready))
"""Options that keep make from installing anything."""

_TIMEOUT_SECONDS: Final = 300


def lay_out(folder: Path) -> Path:
    """Copy the source of this checkout, and link its tools."""
    # The compiled Python is kept, because commands would compile it again.
    generated = (".*", "*.egg-info", "node_modules", "cdktf.out", "state")
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*generated))
    # The folders are real and their contents are links, so that removing a folder in the copy
    # leaves the tools of this checkout alone.
    for name, tools in {
        ".venv": Path(sys.prefix).iterdir(),
        "node_modules": [ROOT / "node_modules" / ".bin"],
    }.items():
        (folder / name).mkdir()
        for tool in tools:
            if tool.name != ".ready":
                (folder / name / tool.name).symlink_to(tool)
    # Without it, jsii unpacks the bindings and indexes 98 MB of JSON again.
    (folder / ".cache").mkdir()
    packages = ROOT / ".cache" / "jsii"
    packages.mkdir(parents=True, exist_ok=True)
    (folder / ".cache" / "jsii").symlink_to(packages)
    for ready in READY:
        (folder / ready).write_text(f"{folder}\n", encoding="utf-8")
    return folder


def make(folder: Path, *arguments: str, environment: Mapping[str, str] | None = None) -> Run:
    """Run make in a checkout, without the variables of an outer make."""
    return _run(folder, environment or os.environ, "make", *arguments)


def shell(folder: Path, environment: Mapping[str, str], commands: str, answer: str = "") -> Run:
    """Run documented commands in a checkout; make installs nothing.

    Args:
        folder: the checkout.
        environment: the environment variables of the commands.
        commands: a block of commands from a page.
        answer: the answer to every prompt.
    """
    programs = folder / ".cache" / "programs"
    programs.mkdir(parents=True, exist_ok=True)
    program = programs / "make"
    program.write_text(f'#!/bin/sh\nexec {shutil.which("make")} {" ".join(NO_SETUP)} "$@"\n')
    program.chmod(0o755)
    path = f"{programs}{os.pathsep}{environment['PATH']}"
    extra = {"PATH": path, "TF_INPUT": "1"} if answer else {"PATH": path}
    done = _run(folder, {**environment, **extra}, "bash", "-euc", commands, answer=answer)
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr
    return done


def _run(folder: Path, environment: Mapping[str, str], *command: str, answer: str = "") -> Run:
    return subprocess.run(  # noqa: S603 - our own commands
        command,
        cwd=folder,
        env={
            name: value
            for name, value in environment.items()
            if not name.startswith(("MAKE", "MFLAGS"))
        },
        input=f"{answer}\n" * 10_000 if answer else "",
        capture_output=True,
        text=True,
        timeout=_TIMEOUT_SECONDS,
        check=False,
    )

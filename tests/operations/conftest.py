"""Fixtures for tests of the commands."""

from pathlib import Path

import pytest

from tests.operations.lifecycle import STATUS, UNPROTECTED, write


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Settings of one environment, and a cdktf that records its arguments."""
    write(tmp_path, "dev", UNPROTECTED)
    for name, line in {
        "cdktf": f'printf "%s\\n" "$@" > called; exit {STATUS}',
        "terraform": """echo '{"terraform_version": "1.4.0"}'""",
    }.items():
        program = tmp_path / "bin" / name
        program.parent.mkdir(exist_ok=True)
        program.write_text(f"#!/bin/sh\n{line}\n", encoding="utf-8")
        program.chmod(0o755)
    return tmp_path

"""Settings can be read without cdktf, for example by `python -m operations.app_yaml`."""

import subprocess
import sys
from pathlib import Path

from tests.support import DEV, ROOT


def test_settings_load_neither_cdktf_nor_jsii_nor_a_stack() -> None:
    program = "import settings.load, sys; print(*sys.modules)"
    run = subprocess.run(  # noqa: S603 - our own Python, no shell
        [sys.executable, "-c", program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert not {"cdktf", "jsii", "stacks"} & set(run.stdout.split())


def test_invalid_settings_are_reported_before_cdktf_is_imported(tmp_path: Path) -> None:
    (tmp_path / "environments").mkdir()
    invalid = DEV.replace("10.8.0.0/28", "10.8.0.0/24")
    (tmp_path / "environments" / "dev.toml").write_text(invalid, encoding="utf-8")
    run = subprocess.run(  # noqa: S603 - our own Python, no shell
        [sys.executable, "-X", "importtime", ROOT / "main.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 1
    assert "must be a /28" in run.stderr
    imported = {line.rpartition("|")[2].strip() for line in run.stderr.splitlines()}
    assert "settings.load" in imported
    assert not {"cdktf", "jsii", "stacks"} & imported

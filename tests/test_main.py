"""The door, by the real command: `cdktf synth`."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import DEV_TABLE, ROOT, Synthesize
from tests.line import STACKS

DEV = (ROOT / "environments" / "dev.toml").read_text(encoding="utf-8")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of its own that runs this checkout's main.py."""
    config = json.loads((ROOT / "cdktf.json").read_text(encoding="utf-8"))
    config["app"] = f"{sys.executable} {ROOT / 'main.py'}"
    (tmp_path / "cdktf.json").write_text(json.dumps(config), encoding="utf-8")
    (tmp_path / "environments").mkdir()
    (tmp_path / "environments" / "dev.toml").write_text(DEV, encoding="utf-8")
    return tmp_path


def cdktf_synth(project: Path) -> subprocess.CompletedProcess[str]:
    command = ROOT / "node_modules" / ".bin" / "cdktf"
    return subprocess.run(  # noqa: S603 - our own command, no shell
        [command, "synth"],
        cwd=project,
        env={**os.environ, "CI": "true"},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )


def test_the_real_command_writes_the_five_stacks_and_keeps_them_when_settings_turn_bad(
    project: Path, synthesize: Synthesize
) -> None:
    good = cdktf_synth(project)
    assert good.returncode == 0, good.stderr
    output = project / "cdktf.out"
    written = {path: path.read_bytes() for path in output.rglob("*") if path.is_file()}
    expected = synthesize(DEV_TABLE).outdir
    for part in STACKS:
        file = Path("stacks") / f"dev-{part}" / "cdk.tf.json"
        assert written[output / file] == (expected / file).read_bytes()

    settings = project / "environments" / "dev.toml"
    settings.write_text(DEV.replace("10.8.0.0/28", "10.8.0.0/24"), encoding="utf-8")
    bad = cdktf_synth(project)
    assert bad.returncode == 1
    assert 'environments/dev.toml: network.connector = "10.8.0.0/24"' in bad.stderr
    assert "must be a /28" in bad.stderr
    assert "for example 10.8.0.0/28" in bad.stderr
    assert "Traceback" not in bad.stdout + bad.stderr
    assert {path: path.read_bytes() for path in output.rglob("*") if path.is_file()} == written

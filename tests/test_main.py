"""main.py, run by the real command `cdktf synth`."""

import os
from pathlib import Path

from tests.line import STACKS
from tests.project import Project
from tests.support import DEV, DEV_TABLE, Synthesize


def test_cdktf_synth_writes_the_five_stacks_and_keeps_them_if_settings_become_invalid(
    tmp_path: Path, synthesize: Synthesize
) -> None:
    project = Project(tmp_path, os.environ)
    succeeded = project.cdktf("synth")
    assert succeeded.returncode == 0, succeeded.stderr
    output = project.folder / "cdktf.out"
    written = {path: path.read_bytes() for path in output.rglob("*") if path.is_file()}
    expected = synthesize(DEV_TABLE).outdir
    for part in STACKS:
        file = Path("stacks") / f"dev-{part}" / "cdk.tf.json"
        assert written[output / file] == (expected / file).read_bytes()

    project.write(DEV.replace("10.8.0.0/28", "10.8.0.0/24"))
    failed = project.cdktf("synth")
    assert failed.returncode == 1
    assert 'environments/dev.toml: network.connector = "10.8.0.0/24"' in failed.stderr
    assert "must be a /28" in failed.stderr
    assert "for example 10.8.0.0/28" in failed.stderr
    assert "Traceback" not in failed.stdout + failed.stderr
    assert {path: path.read_bytes() for path in output.rglob("*") if path.is_file()} == written

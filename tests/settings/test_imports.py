"""Settings can be read where nothing is synthesized, such as by `python -m app_yaml`."""

import subprocess
import sys

from tests.support import ROOT


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

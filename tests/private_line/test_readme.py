"""README.md of the package: its example synthesizes, and its table lists every construct."""

import json
import os
import re
import subprocess
import sys
from importlib.metadata import distributions
from pathlib import Path

from tests.pages import blocks, page
from tests.support import ROOT

PACKAGE = ROOT / "constructs" / "private_line"
README = page("constructs/private_line/README.md")


def test_the_example_synthesizes_by_itself(tmp_path: Path) -> None:
    """Without settings and stacks, which the package does not contain."""
    (example,) = blocks("python", README)
    install = "import slim_bindings; slim_bindings.install()\n"
    (tmp_path / "main.py").write_text(install + example, encoding="utf-8")
    subprocess.run(
        [sys.executable, "main.py"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(PACKAGE.parent)},
        check=True,
        timeout=120,
    )
    stacks = {
        name: json.loads((tmp_path / "cdktf.out" / "stacks" / name / "cdk.tf.json").read_text())
        for name in ("base", "api")
    }
    assert "google_vpc_access_connector" in stacks["base"]["resource"]
    (record,) = stacks["api"]["resource"]["google_dns_record_set"].values()
    (service,) = stacks["api"]["resource"]["kubernetes_service_v1"].values()
    assert record["rrdatas"] == [service["spec"]["load_balancer_ip"]]


def test_the_table_lists_every_construct() -> None:
    found = {
        construct
        for path in PACKAGE.glob("*.py")
        for construct in re.findall(
            r"^class ([A-Z]\w+)\(Construct\)", path.read_text(), re.MULTILINE
        )
    }
    found -= {"ConnectorDeny"}  # part of Connector
    found |= {"AllowIngress", "AllowEgress"}  # subclasses of a base class
    rows = re.findall(r"^\| (`.+?`) \|", README, re.MULTILINE)
    assert {name for row in rows for name in re.findall(r"`(\w+)`", row)} == found


def test_the_wheel_contains_licence_and_readme() -> None:
    """An editable installation has the metadata of a wheel, by the same build."""
    found = distributions(name="private-line")
    # The build leaves other metadata in `constructs`, without the licence.
    (installed,) = (package for package in found if package.read_text("licenses/LICENSE"))
    assert installed.read_text("licenses/LICENSE") == (ROOT / "LICENSE").read_text("utf-8")
    # Only the title, because the installation may be older than the current text.
    assert README.splitlines()[0] in (installed.read_text("METADATA") or "").splitlines()

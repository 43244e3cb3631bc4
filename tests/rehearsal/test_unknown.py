"""What the stand-ins do not know before an apply is what the real providers do not know."""

import json

import pytest

from tests.fake_cloud.rehearsal import Rehearsal
from tests.support import ROOT

RECORDED = ROOT / "tests" / "operations" / "review" / "recorded" / "first-day.json"


@pytest.mark.parametrize("attribute", ["destination_ranges", "source_ranges", "target_tags"])
def test_one_unknown_element_makes_a_whole_set_unknown(deployed: Rehearsal, attribute: str) -> None:
    (deployed.folder / "state" / "dev-service.tfstate").unlink()
    deployed.succeed("service", "plan", "-out=plan")
    shown = json.loads(deployed.succeed("service", "show", "-json", "plan").stdout)
    recorded = json.loads(RECORDED.read_text(encoding="utf-8"))["dev-service"]
    ours, real = (
        next(
            entry["change"]
            for entry in plan["resource_changes"]
            if entry["address"] == "google_compute_firewall.allow-myapi"
        )
        for plan in (shown, recorded)
    )
    assert ours["after_unknown"].get(attribute) == real["after_unknown"].get(attribute)
    assert ours["after"].get(attribute) == real["after"].get(attribute)

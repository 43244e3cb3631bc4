"""Recorded plans of the real providers.

Recorded with Terraform 1.11.4, hashicorp/google 6.50.0 and hashicorp/kubernetes 2.38.0: the first
deploy without any cloud, the others with a deployed environment, against Google's mock of its API
(mockgcp of Config Connector) and a real kube-apiserver. Attributes that are null are left out,
and so are the values before of an unchanged resource.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from operations.review.plan import Plan
from operations.review.report import Report
from operations.review.risk import Finding
from operations.review.show import plan_of
from operations.terraform.synthesized import Stack, remote_states
from tests.line import Table
from tests.operations.review.fixtures import report_of

RECORDED: Final = Path(__file__).parent / "recorded"


def recorded(scenario: str) -> Table:
    """The plans of a scenario, by stack."""
    plans: Table = json.loads((RECORDED / f"{scenario}.json").read_text(encoding="utf-8"))
    return plans


def read(plans: Table, states: Mapping[str, Table] = MappingProxyType({})) -> list[Plan]:
    """The plans as the review reads them, with the states of some stacks."""
    return [
        plan_of(
            Stack(
                name=name,
                folder=RECORDED,
                configuration=plan["configuration"],
                upstream=tuple(remote_states(plan["configuration"])),
            ),
            plan,
            plan["placeholders"],
            states.get(name),
        )
        for name, plan in plans.items()
    ]


def reported(plans: Table) -> Report:
    """The review of recorded plans."""
    return report_of(read(plans))


def only(report: Report) -> Finding:
    """The only finding of a report."""
    (finding,) = report.findings
    return finding


def findings(report: Report, address: str) -> list[Finding]:
    """The findings on a resource."""
    return [finding for finding in report.findings if finding.address == address]


def change_of(plans: Table, address: str) -> Table:
    """The change of one resource in a recording, for a test to edit."""
    (change,) = (
        entry["change"]
        for plan in plans.values()
        for entry in plan["resource_changes"]
        if entry["address"] == address
    )
    found: Table = change
    return found


def update(plans: Table, address: str, /, **values: object) -> None:
    """Turn a no-op in a recording into an update."""
    change = change_of(plans, address)
    change.update(actions=["update"], before=change["after"], after={**change["after"], **values})


def replace(plans: Table, address: str, /, **values: object) -> None:
    """Turn a no-op in a recording into a replacement."""
    update(plans, address, **values)
    change_of(plans, address)["actions"] = ["delete", "create"]


def destroy(plans: Table, address: str) -> None:
    """Turn a no-op in a recording into a destroy."""
    change = change_of(plans, address)
    change.update(actions=["delete"], before=change["after"], after=None)

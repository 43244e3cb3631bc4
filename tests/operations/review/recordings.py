"""Plans that the real providers made, recorded.

Made by Terraform 1.11.4, hashicorp/google 6.50.0 and hashicorp/kubernetes 2.38.0: the first day
without any cloud, the others on a deployed environment, against Google's own mock of its API
(mockgcp of Config Connector) and a real kube-apiserver. Attributes that are null are left out, and
so is what an unchanged resource was before.
"""

import json
from pathlib import Path
from typing import Final

from operations.review.plan import Plan
from operations.review.report import Report
from operations.review.risk import Note
from operations.review.show import plan_of
from operations.terraform.synthesized import Stack, remote_states
from tests.line import Table
from tests.operations.review.fixtures import report_of

RECORDED: Final = Path(__file__).parent / "recorded"


def recorded(scenario: str) -> Table:
    """The plans of a scenario, by stack."""
    plans: Table = json.loads((RECORDED / f"{scenario}.json").read_text(encoding="utf-8"))
    return plans


def read(plans: Table) -> list[Plan]:
    """The plans as the review reads them."""
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
        )
        for name, plan in plans.items()
    ]


def reported(plans: Table) -> Report:
    """The review of recorded plans."""
    return report_of(read(plans))


def only(report: Report) -> Note:
    """The only note of a report."""
    (note,) = report.notes
    return note


def notes(report: Report, address: str) -> list[Note]:
    """The notes on a resource."""
    return [note for note in report.notes if note.address == address]


def change_of(plans: Table, address: str) -> Table:
    """What a recording says of one resource, to be changed."""
    (change,) = (
        entry["change"]
        for plan in plans.values()
        for entry in plan["resource_changes"]
        if entry["address"] == address
    )
    found: Table = change
    return found


def update(plans: Table, address: str, /, **values: object) -> None:
    """Let a recording change a resource that it leaves as it is."""
    change = change_of(plans, address)
    change.update(actions=["update"], before=change["after"], after={**change["after"], **values})


def replace(plans: Table, address: str, /, **values: object) -> None:
    """Let a recording replace a resource that it leaves as it is."""
    update(plans, address, **values)
    change_of(plans, address)["actions"] = ["delete", "create"]


def destroy(plans: Table, address: str) -> None:
    """Let a recording destroy a resource that it leaves as it is."""
    change = change_of(plans, address)
    change.update(actions=["delete"], before=change["after"], after=None)

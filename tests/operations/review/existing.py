"""Names, settings and edits for reviews of environments in which something exists already."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from operations.review.hop import Hop
from operations.review.plan import Plan, ResourceChange
from operations.review.report import Report
from tests.fake_cloud.cloud import FakeCloud
from tests.line import Table

NAME = "The name resolves to the address in this VPC"
EGRESS = "The firewall allows egress from the connector only to configured destinations"
INGRESS = "The firewall allows ingress from the connector only to configured destinations"

OWN: Table = {
    "network": {"existing": True, "name": "private", "node_subnet": "private-nodes"},
    "connector": {"existing": True, "name": "private-connector"},
    "cluster": {"existing": True, "name": "private-cluster"},
    "dns": {"existing": True, "name": "private-zone", "zone": "api.private"},
}
"""The sections of tests/fixtures/dev.toml, after its resources moved to another owner."""

Start = Callable[[Table], FakeCloud]


def hops(report: Report) -> dict[str, Hop]:
    """The hops to the only service, by title."""
    (path,) = report.hops.values()
    return {hop.title: hop for hop in path}


def edited(
    plans: Sequence[Plan],
    *,
    found: Callable[[ResourceChange], ResourceChange | None] = lambda resource: resource,
    managed: Callable[[ResourceChange], ResourceChange | None] = lambda resource: resource,
) -> list[Plan]:
    """Plans with other resources; None leaves a resource out."""
    return [
        replace(
            plan,
            found=tuple(kept for resource in plan.found if (kept := found(resource))),
            changes=tuple(kept for resource in plan.changes if (kept := managed(resource))),
        )
        for plan in plans
    ]

"""Mistakes that break the path, each caught at the hop that it breaks."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from operations.review.hop import Verdict
from operations.review.plan import Plan
from operations.review.report import Report
from operations.review.risks import Risk
from tests.fake_cloud.rehearsal import Rehearsal
from tests.line import Table, changed
from tests.operations.review.fixtures import report_on
from tests.support import Synthesize

NAME = "The name resolves in this VPC to the address"
ADDRESS = "The address is reserved, private and of the node subnet"
REGION = "The connector is in App Engine's region"
FIREWALL = "The firewall lets the connector reach the service's ports only"
SERVICE = "The Service is internal and takes the connector's calls"
PUBLIC = "Nothing on the way is public"

Mistake = Callable[[Table], None]


def put(kind: str, path: str, value: object) -> Mistake:
    """Write a value into the only resource of a kind, or into the one that `kind.NAME` names."""

    def mistake(stack: Table) -> None:
        kind_, _, name = kind.partition(".")
        resources = stack["resource"][kind_]
        (place,) = (one for key, one in resources.items() if name in key)
        *parts, last = path.split(".")
        for part in parts:
            place = place[int(part)] if part.isdigit() else place[part.replace("~", ".")]
        place[last.replace("~", ".")] = value

    return mistake


def allow_everything_else(stack: Table) -> None:
    (deny,) = (
        one for name, one in stack["resource"]["google_compute_firewall"].items() if "deny" in name
    )
    more: dict[str, Any] = {key: value for key, value in deny.items() if key != "deny"}
    more |= {"name": "private-more", "priority": 900, "allow": [{"protocol": "tcp"}]}
    stack["resource"]["google_compute_firewall"]["more"] = more


def another(**changes: object) -> Mistake:
    """A copy of the allow rule, with another name and some more changes."""

    def mistake(stack: Table) -> None:
        rules = stack["resource"]["google_compute_firewall"]
        (allow,) = (rule for name, rule in rules.items() if "allow" in name)
        rule = {**allow, "name": "private-another", **changes}
        rules["another"] = {key: value for key, value in rule.items() if value is not None}

    return mistake


def denied_first(protocol: str, **changes: object) -> Mistake:
    """A rule that denies a protocol to the load balancer, just before it is let through."""
    return another(priority=979, allow=None, deny=[{"protocol": protocol}], **changes)


def without_deny(stack: Table) -> None:
    rules = stack["resource"]["google_compute_firewall"]
    stack["resource"]["google_compute_firewall"] = {
        name: rule for name, rule in rules.items() if "deny" not in name
    }


OTHER = "10.9.0.0/28"
PRIVATE_NODES = "private_cluster_config.enable_private_nodes"
TYPE = "metadata.annotations.networking~gke~io/load-balancer-type"


@pytest.mark.parametrize(
    ("part", "mistake", "hop"),
    [
        ("dns", put("google_dns_managed_zone", "visibility", "public"), NAME),
        ("dns", put("google_dns_record_set", "rrdatas", ["192.168.32.99"]), NAME),
        (
            "dns",
            put(
                "google_dns_managed_zone",
                "private_visibility_config.networks.0.network_url",
                "projects/my-project-id/global/networks/other",
            ),
            NAME,
        ),
        ("network", put("google_compute_address", "address", "10.8.0.5"), ADDRESS),
        ("network", put("google_compute_address", "address_type", "EXTERNAL"), ADDRESS),
        ("connector", put("google_vpc_access_connector", "region", "us-central1"), REGION),
        ("network", put("google_compute_firewall.deny", "priority", 970), FIREWALL),
        ("network", put("google_compute_firewall.deny", "priority", 1001), FIREWALL),
        ("network", without_deny, FIREWALL),
        ("network", put("google_compute_firewall.allow", "allow.0.ports", ["8080"]), FIREWALL),
        (
            "network",
            put("google_compute_firewall.allow", "source_ranges", [OTHER]),
            FIREWALL,
        ),
        ("network", put("google_compute_firewall.allow", "target_tags", ["other"]), FIREWALL),
        ("network", allow_everything_else, FIREWALL),
        ("network", denied_first("tcp"), FIREWALL),
        ("network", denied_first("all"), FIREWALL),
        ("network", denied_first("tcp", destination_ranges=None, target_tags=None), FIREWALL),
        ("network", another(destination_ranges=["192.168.0.0/16"]), FIREWALL),
        ("network", another(destination_ranges=None), FIREWALL),
        (
            "service",
            put("kubernetes_service_v1", "spec.load_balancer_source_ranges", [OTHER]),
            SERVICE,
        ),
        ("service", put("kubernetes_service_v1", "spec.type", "ClusterIP"), SERVICE),
        ("service", put("kubernetes_service_v1", "spec.load_balancer_ip", "192.168.32.9"), SERVICE),
        ("service", put("kubernetes_service_v1", TYPE, "internal"), SERVICE),
        ("service", put("kubernetes_service_v1", TYPE, "internal"), PUBLIC),
        (
            "service",
            put("kubernetes_service_v1", "spec.load_balancer_source_ranges", ["0.0.0.0/0"]),
            PUBLIC,
        ),
        (
            "cluster",
            put("google_container_cluster", PRIVATE_NODES, value=False),
            PUBLIC,
        ),
    ],
)
def test_a_mistake_is_caught_at_its_hop(
    day_0: Rehearsal, day_0_plans: Sequence[Plan], part: str, mistake: Mistake, hop: str
) -> None:
    day_0.rewrite(part, mistake)
    report = report_on(day_0, part, day_0_plans)
    assert hop in failing(report)
    assert report.worst is Risk.BROKEN


@pytest.mark.parametrize(
    "rule",
    [
        denied_first("udp"),
        denied_first("tcp", target_tags=["other"]),
        denied_first("tcp", destination_ranges=["192.168.32.200/32"]),
        another(priority=979, allow=None, deny=[{"protocol": "tcp", "ports": ["22"]}]),
        another(source_ranges=["0.0.0.0/0"], allow=None, deny=[{"protocol": "udp"}]),
    ],
)
def test_a_deny_that_is_not_in_the_way_is_no_mistake(
    day_0: Rehearsal, day_0_plans: Sequence[Plan], rule: Mistake
) -> None:
    day_0.rewrite("network", rule)
    assert failing(report_on(day_0, "network", day_0_plans)) == set()


def test_without_a_mistake_every_hop_holds(day_0: Rehearsal, day_0_plans: Sequence[Plan]) -> None:
    assert failing(report_on(day_0, "network", day_0_plans)) == set()


def test_a_caller_of_another_region_needs_global_access(
    rehearsal: Rehearsal, synthesize: Synthesize, table: Table
) -> None:
    rehearsal.take(synthesize(changed(table, {"app_engine.location": "us-central"})))
    connector = report_on(rehearsal, "connector").line.plans
    assert failing(report_on(rehearsal, "service", connector)) & {SERVICE, REGION} == set()

    def without_global_access(stack: Table) -> None:
        annotations = stack["resource"]["kubernetes_service_v1"]["myapi"]["metadata"]["annotations"]
        del annotations["networking.gke.io/internal-load-balancer-allow-global-access"]

    rehearsal.rewrite("service", without_global_access)
    assert SERVICE in failing(report_on(rehearsal, "service", connector))


def failing(report: Report) -> set[str]:
    return {
        hop.title for hops in report.hops.values() for hop in hops if hop.verdict is Verdict.FAILS
    }

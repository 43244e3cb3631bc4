"""Misconfigurations that break the path of a call: each fails the hop that it breaks."""

from collections.abc import Callable, Sequence

import pytest

from operations.review.hop import Verdict
from operations.review.plan import Plan
from operations.review.risk import Risk
from tests.fake_cloud.cloud import FakeCloud
from tests.line import Table, changed
from tests.operations.review.fixtures import failing, report_of, report_on
from tests.support import Synthesize

NAME = "The name resolves to the address in this VPC"
ADDRESS = "The address is reserved, private and in the node subnet"
REGION = "The connector is in App Engine's region"
EGRESS = "The firewall allows egress from the connector only to configured destinations"
INGRESS = "The firewall allows ingress from the connector only to configured destinations"
SERVICE = "The Service is internal and accepts the connector's calls"
PUBLIC = "Nothing on the path is public"

Edit = Callable[[Table], None]


def put(kind: str, path: str, value: object) -> Edit:
    """Set a value in the only resource of a type, or in the resource that `kind.NAME` names.

    Parts of the path are separated by dots; a `~` is a dot inside a part.
    """

    def edit(stack: Table) -> None:
        kind_, _, name = kind.partition(".")
        resources = stack["resource"][kind_]
        (parent,) = (resource for key, resource in resources.items() if name in key)
        *parts, last = path.split(".")
        for part in parts:
            parent = parent[int(part)] if part.isdigit() else parent[part.replace("~", ".")]
        parent[last.replace("~", ".")] = value

    return edit


OTHER = "10.9.0.0/28"
PRIVATE_NODES = "private_cluster_config.enable_private_nodes"
TYPE = "metadata.annotations.networking~gke~io/load-balancer-type"


@pytest.mark.parametrize(
    ("part", "edit", "hop"),
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
        ("service", put("google_compute_address", "address", "10.8.0.5"), ADDRESS),
        ("service", put("google_compute_address", "address_type", "EXTERNAL"), ADDRESS),
        ("network", put("google_compute_subnetwork", "ip_cidr_range", "8.8.8.0/24"), ADDRESS),
        ("connector", put("google_compute_firewall.deny_ingress", "priority", 1000), INGRESS),
        ("connector", put("google_vpc_access_connector", "region", "us-central1"), REGION),
        ("connector", put("google_compute_firewall.deny_egress", "disabled", value=True), EGRESS),
        ("service", put("google_compute_firewall.egress-", "target_tags", ["other"]), EGRESS),
        ("connector", put("google_compute_firewall.deny_ingress", "priority", 970), INGRESS),
        ("service", put("google_compute_firewall.allow-", "source_ranges", [OTHER]), INGRESS),
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
def test_a_misconfiguration_fails_its_hop(
    day_0: FakeCloud, day_0_plans: Sequence[Plan], part: str, edit: Edit, hop: str
) -> None:
    day_0.rewrite(part, edit)
    report = report_on(day_0, part, day_0_plans)
    assert hop in failing(report)
    assert report.worst is Risk.BROKEN


def test_shared_address_space_counts_as_private(
    day_0: FakeCloud, day_0_plans: Sequence[Plan]
) -> None:
    day_0.rewrite("network", put("google_compute_subnetwork", "ip_cidr_range", "100.64.0.0/24"))
    assert failing(report_on(day_0, "network", day_0_plans)) == set()


def test_without_a_misconfiguration_every_hop_holds(day_0_plans: Sequence[Plan]) -> None:
    (hops,) = report_of(day_0_plans).hops.values()
    assert {hop.verdict for hop in hops} == {Verdict.HOLDS}
    assert [hop.title for hop in hops] == [
        NAME,
        ADDRESS,
        REGION,
        EGRESS,
        INGRESS,
        SERVICE,
        PUBLIC,
    ]


def test_a_caller_in_another_region_needs_global_access(
    cloud: FakeCloud, synthesize: Synthesize, table: Table
) -> None:
    cloud.take(synthesize(changed(table, {"app_engine.location": "us-central"})))
    assert failing(report_on(cloud, "service")) & {SERVICE, REGION} == set()

    def without_global_access(stack: Table) -> None:
        annotations = stack["resource"]["kubernetes_service_v1"]["service-myapi"]["metadata"][
            "annotations"
        ]
        del annotations["networking.gke.io/internal-load-balancer-allow-global-access"]

    cloud.rewrite("service", without_global_access)
    assert SERVICE in failing(report_on(cloud, "service"))

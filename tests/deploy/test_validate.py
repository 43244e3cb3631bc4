"""`terraform validate` with the schema of the real providers, without a state or a cloud."""

import json
from collections.abc import Callable

import pytest

from tests.fake_cloud.cloud import FakeCloud
from tests.line import STACKS, Line, Table


def complaints(cloud: FakeCloud, part: str) -> list[str]:
    """The errors and warnings of `terraform validate` for a stack."""
    cloud.succeed(part, "init", "-backend=false")
    validated = json.loads(cloud.terraform(part, "validate", "-json").stdout)
    return [
        f"{diagnostic['summary']}: {diagnostic['detail']}"
        for diagnostic in validated["diagnostics"]
    ]


def test_terraform_accepts_every_stack(any_line: Line, cloud: FakeCloud) -> None:
    cloud.take(any_line)
    assert {part: complaints(cloud, part) for part in STACKS} == {part: [] for part in STACKS}


def _cluster(change: Callable[[Table], None]) -> Callable[[Table], None]:
    return lambda stack: change(stack["resource"]["google_container_cluster"]["cluster"])


@pytest.mark.parametrize(
    ("change", "error"),
    [
        pytest.param(
            _cluster(lambda cluster: cluster.pop("name")),
            'Missing required argument: The argument "name" is required',
            id="an argument is missing",
        ),
        pytest.param(
            _cluster(lambda cluster: cluster.update(subnet="nodes")),
            "Extraneous JSON object property: No argument or block type is named",
            id="an argument is unknown",
        ),
        pytest.param(
            _cluster(lambda cluster: cluster["release_channel"].update(channel="NORMAL")),
            "expected release_channel.channel to be one of",
            id="a value is not allowed",
        ),
        pytest.param(
            _cluster(lambda cluster: cluster["ip_allocation_policy"].update(cluster_range="pods")),
            "Extraneous JSON object property",
            id="an argument of a block is unknown",
        ),
        pytest.param(
            _cluster(lambda cluster: cluster.update(cluster_ipv4_cidr="10.4.0.0/14")),
            "ip_allocation_policy conflicts with cluster_ipv4_cidr",
            id="two arguments exclude each other",
        ),
        pytest.param(
            _cluster(lambda cluster: cluster.update(initial_node_count="one")),
            "Incorrect attribute value type",
            id="a value is of the wrong type",
        ),
    ],
)
def test_terraform_reports_an_error(
    change: Callable[[Table], None], error: str, line: Line, cloud: FakeCloud
) -> None:
    cloud.take(line)
    cloud.rewrite("cluster", change)
    (complaint,) = complaints(cloud, "cluster")
    assert error in complaint

"""`terraform validate` against the providers' own schema, with no state and no cloud."""

import json
from collections.abc import Callable

import pytest

from tests.fake_cloud.cloud import FakeCloud
from tests.line import STACKS, Line, Table


def complaints(cloud: FakeCloud, part: str) -> list[str]:
    """What `terraform validate` says of a stack."""
    cloud.succeed(part, "init", "-backend=false")
    validated = cloud.terraform(part, "validate", "-json")
    return [
        f"{one['summary']}: {one['detail']}" for one in json.loads(validated.stdout)["diagnostics"]
    ]


def test_terraform_finds_nothing_wrong_with_any_stack(any_line: Line, cloud: FakeCloud) -> None:
    cloud.take(any_line)
    assert {part: complaints(cloud, part) for part in STACKS} == {part: [] for part in STACKS}


def _cluster(change: Callable[[Table], None]) -> Callable[[Table], None]:
    return lambda stack: change(stack["resource"]["google_container_cluster"]["cluster"])


@pytest.mark.parametrize(
    ("change", "told"),
    [
        pytest.param(
            _cluster(lambda cluster: cluster.pop("name")),
            'Missing required argument: The argument "name" is required',
            id="an argument is missing",
        ),
        pytest.param(
            _cluster(lambda cluster: cluster.update(subnet="nodes")),
            "Extraneous JSON object property: No argument or block type is named",
            id="an argument has a name that the provider does not know",
        ),
        pytest.param(
            _cluster(lambda cluster: cluster["release_channel"].update(channel="NORMAL")),
            "expected release_channel.channel to be one of",
            id="a value is none of those allowed",
        ),
        pytest.param(
            _cluster(lambda cluster: cluster["ip_allocation_policy"].update(cluster_range="pods")),
            "Extraneous JSON object property",
            id="a block holds what it cannot hold",
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
def test_terraform_tells_a_mistake(
    change: Callable[[Table], None], told: str, line: Line, cloud: FakeCloud
) -> None:
    cloud.take(line)
    cloud.rewrite("cluster", change)
    (complaint,) = complaints(cloud, "cluster")
    assert told in complaint

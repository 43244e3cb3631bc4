"""Every rule for nodes, disks, the connector's instances and maintenance, on both sides."""

from datetime import time
from typing import Final, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from private_line.choices import DiskType
from tests.line import Table, changed, errors_in
from tests.support import DEV_TABLE

ONE_ZONE: Final = {"cluster.location": "asia-northeast1-a"}
LARGE: Final = {"network.nodes": "192.168.0.0/16", "network.pods": "240.0.0.0/8"}

BAD: list[tuple[Table, str, str]] = [
    # changes, key of the error, its rule
    ({"connector.machine_type": "e2-small"}, "connector.machine_type", "e2-micro"),
    ({"connector.min_instances": 3}, "connector", "below max_instances, got 3 and 3"),
    ({"connector.min_instances": "2"}, "connector.min_instances", "integer"),
    ({"cluster.control_plane": "open"}, "cluster.control_plane", "'dns', 'private' or 'public'"),
    ({"cluster.machine_type": "big"}, "cluster.machine_type", "machine type"),
    ({"cluster.machine_type": "f1-micro"}, "cluster.machine_type", "too little memory"),
    ({"cluster.min_nodes": 4}, "cluster", "min_nodes or more, got 3 and 4"),
    ({"cluster.max_nodes": 2}, "cluster", "3 or more, got 2: GKE creates a node in each zone"),
    ({**ONE_ZONE, "cluster.max_nodes": 0}, "cluster.max_nodes", "1 to 3000, got 0"),
    ({**LARGE, "cluster.max_nodes": 3001}, "cluster.max_nodes", "1 to 3000, got 3001"),
    ({**LARGE, **ONE_ZONE, "cluster.max_nodes": 1001}, "cluster", "at most 1000, got 1001"),
    ({"cluster.disk_type": "pd-extreme"}, "cluster.disk_type", "pd-balanced"),
    (
        {"cluster.maintenance_window": {"days": ["SA", "SU"], "hours": 5}},
        "cluster.maintenance_window",
        "12 hours per week, got 10",
    ),
    (
        {"cluster.maintenance_window": {"days": [], "hours": 24}},
        "cluster.maintenance_window",
        "12 hours per week, got 0",
    ),
    (
        {"cluster.maintenance_window": {"days": ["SU"] * 3, "hours": 4}},
        "cluster.maintenance_window",
        "12 hours per week, got 4",
    ),
    (
        {"cluster.maintenance_window": {"days": ["Sunday"]}},
        "cluster.maintenance_window.days[0]",
        "'SU'",
    ),
    (
        {"cluster.maintenance_window": {"start": "24:00"}},
        "cluster.maintenance_window.start",
        "HH:MM",
    ),
    (
        {"cluster.maintenance_window": {"start": time(18, 0, 30)}},
        "cluster.maintenance_window.start",
        "HH:MM",
    ),
    ({"services[0].ports[0].target_port": 0}, "services[0].ports[0].target_port", "1 to 65535"),
    ({"services[0].ports[0].target_port": 1.5}, "services[0].ports[0].target_port", "or must be"),
]

GOOD: list[Table] = [
    {"connector.min_instances": 9, "connector.max_instances": 10},
    {"cluster.min_nodes": 3},
    {**ONE_ZONE, "cluster.max_nodes": 1},
    {**ONE_ZONE, **LARGE, "cluster.max_nodes": 1000},
    {**LARGE, "cluster.min_nodes": 3000, "cluster.max_nodes": 3000},
    {"cluster.disk_size_gb": 10, "cluster.machine_type": "n4-standard-2"}
    | {"cluster.disk_type": "hyperdisk-balanced"},
    {"cluster.machine_type": "g1-small"},
    {"cluster.machine_type": "x9-of-tomorrow-2"},
    {"cluster.maintenance_window": {"hours": 24, "days": ["SU"], "start": "23:59"}},
    {"cluster.maintenance_window": {"hours": 6, "days": ["SA", "SU"]}},
    {"services[0].ports[0].target_port": 65535},
]


@pytest.mark.parametrize(("changes", "key", "rule"), BAD, ids=lambda value: str(value)[:60])
def test_a_bad_value_is_the_only_error_and_has_a_rule_and_a_hint(
    table: Table, changes: Table, key: str, rule: str
) -> None:
    (error,) = errors_in(changed(table, changes))
    assert error.key == key
    assert rule in error.rule
    assert error.hint


@pytest.mark.parametrize("changes", GOOD, ids=lambda value: str(value)[:60])
def test_a_good_value_at_the_boundary_is_accepted(table: Table, changes: Table) -> None:
    assert errors_in(changed(table, changes)) == []


@pytest.mark.parametrize(
    ("series", "disks"),
    [
        *((series, ["hyperdisk-balanced"]) for series in ("c4", "c4a", "c4d", "n4", "n4a", "n4d")),
        *((series, ["pd-balanced", "pd-ssd", "hyperdisk-balanced"]) for series in ("c3", "c3d")),
        *(
            (series, ["pd-standard", "pd-balanced", "pd-ssd"])
            for series in ("e2", "n1", "n2", "n2d")
        ),
        *((series, list(get_args(DiskType))) for series in ("x9", "m7")),
    ],
)
def test_a_machine_boots_only_from_disks_that_it_supports(series: str, disks: list[str]) -> None:
    accepted = []
    for disk in get_args(DiskType):
        machine = {"cluster.machine_type": f"{series}-standard-4", "cluster.disk_type": disk}
        found = errors_in(changed(DEV_TABLE, machine))
        assert {error.key for error in found} <= {"cluster.disk_type"}
        if not found:
            accepted.append(disk)
    assert accepted == disks


@given(st.integers(2, 9), st.integers(3, 10))
@settings(max_examples=40)
def test_the_connector_has_fewer_instances_at_least_than_at_most(low: int, high: int) -> None:
    instances = {"connector.min_instances": low, "connector.max_instances": high}
    assert (errors_in(changed(DEV_TABLE, instances)) == []) == (low < high)

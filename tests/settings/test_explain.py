"""Reports list all invalid values, and what to write instead."""

import re
from ipaddress import IPv4Network

import pytest

from tests.line import Table, changed, errors_in

SERVICE = {
    "name": "myapi",
    "selector": {"app": "myapi"},
    "host": "my",
    "ports": [{"name": "http", "port": 80, "target_port": 8080}],
}


@pytest.mark.parametrize(
    ("changes", "hint"),
    [
        ({"network.conector": "10.8.0.0/28"}, "did you mean connector?"),
        ({"services[0].hots": "my"}, "did you mean host?"),
        ({"state": {"buket": "b", "backend": "gcs", "bucket": "tfstate"}}, "did you mean bucket?"),
        ({"state": {"backend": "gsc"}}, "did you mean gcs?"),
        ({"state": {"organization": "ours"}}, 'it is for backend = "cloud"'),
        (
            {"state": {"backend": "gcs", "bucket": "abc", "path": "x"}},
            'it is for backend = "local"',
        ),
        ({"state": {"nothing": "like it"}}, "remove it; valid keys: backend, path"),
        ({"state": {"backend": "s3"}}, "choose one of local, gcs, cloud"),
        ({"services": "myapi"}, "write a table [[services]]"),
        ({"services[0].ports": [80]}, 'for example ports = [{ name = "http", port = 80, '),
        ({"dns": None}, "write a table [dns]"),
        (
            {"connector.extra_destinations": ["10.8.0.0/13"]},
            "list smaller ranges that exclude it",
        ),
        (
            {"connector.extra_destinations": ["8.8.8.0/24"]},
            "remove it: the app reaches public addresses directly",
        ),
        ({"region": None}, 'for example region = "asia-northeast1"'),
    ],
    ids=str,
)
def test_the_hint_says_what_to_write_instead(table: Table, changes: Table, hint: str) -> None:
    (error,) = errors_in(changed(table, changes))
    assert error.hint.startswith(hint)


def test_a_missing_setting_shows_no_value(table: Table) -> None:
    (error,) = errors_in(changed(table, {"network.name": None}))
    assert (error.key, error.value) == ("network.name", None)


def test_all_invalid_values_are_reported_first_then_all_that_conflict(table: Table) -> None:
    conflicting = {
        "network.services": "10.4.0.0/20",
        "cluster.control_plane": "public",
        "services": [SERVICE, {**SERVICE, "host": "other"}],
    }
    invalid = {
        "project": "X",
        "network.nodes": "192.168.32.1/24",
        "services[0].host": "_",
        "services[1].namespace": "kube_system",
    }
    first_round = errors_in(changed(table, {**conflicting, **invalid}))
    second_round = errors_in(changed(table, conflicting))
    assert {error.key for error in first_round} == invalid.keys()
    assert {error.key for error in second_round} == {
        "network.services",
        "cluster.authorized_networks",
        "services[1].name",
    }


def test_the_hint_for_an_address_inside_a_range_is_the_range(table: Table) -> None:
    (error,) = errors_in(changed(table, {"network.pods": "10.4.1.0/14"}))
    suggested = re.search(r'"(.+)"', error.hint)
    assert suggested
    assert IPv4Network(suggested[1]) == IPv4Network("10.4.0.0/14")

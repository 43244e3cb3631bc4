"""Every rule for ranges and addresses, on both sides of its boundary."""

from ipaddress import IPv4Address, IPv4Network
from time import process_time
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from private_line import limits
from private_line.limits import Limit
from tests.line import Table, changed, errors_in
from tests.support import DEV_TABLE, REPORTS

BAD: list[tuple[Table, str, str]] = [
    # changes, key of the error, its rule
    ({"network.nodes": "192.168.32.0"}, "network.nodes", "must have a prefix length"),
    ({"network.nodes": "10.0.0.0"}, "network.nodes", "must have a prefix length"),
    ({"network.nodes": "192.168.32.1/24"}, "network.nodes", "first address"),
    ({"network.nodes": "192.168.32.0/33"}, "network.nodes", "IPv4 range"),
    ({"network.nodes": "192.168.32.0/255.255.255.0"}, "network.nodes", "in CIDR notation"),
    ({"network.connector": "10.8.0.0/028"}, "network.connector", "in CIDR notation"),
    ({"network.connector": "10.8.0.0/0.0.0.15"}, "network.connector", "in CIDR notation"),
    ({"network.nodes": "fd00::/64"}, "network.nodes", "IPv4 range"),
    ({"network.nodes": "hello"}, "network.nodes", "in CIDR notation"),
    ({"network.nodes": 24}, "network.nodes", "CIDR notation, as a string"),
    ({"network.nodes": "8.8.8.0/24"}, "network.nodes", "private range"),
    ({"network.nodes": "172.32.0.0/24"}, "network.nodes", "private range"),
    ({"network.nodes": "100.128.0.0/24"}, "network.nodes", "private range"),
    ({"network.nodes": "240.0.0.0/24"}, "network.nodes", "App Engine sends no other traffic"),
    ({"network.nodes": "172.17.4.0/24"}, "network.nodes", "Docker's bridge"),
    ({"network.nodes": "192.168.32.0/29"}, "network.nodes", "must have at least 10 addresses"),
    ({"network.nodes": "192.168.32.0/30"}, "network.nodes", "must be a /8 to a /29, got a /30"),
    ({"network.pods": "10.4.0.0/23"}, "network.pods", "a /24 for each of 4 nodes"),
    ({"network.pods": "172.16.0.0/15"}, "network.pods", "Docker's bridge"),
    ({"network.services": "10.4.16.0/20"}, "network.services", "overlap network.pods"),
    ({"network.pods": "192.168.0.0/16"}, "network.pods", "overlap network.nodes"),
    ({"network.connector": "10.0.16.0/28"}, "network.connector", "overlap network.services"),
    ({"network.connector": "10.8.0.0/27"}, "network.connector", "must be a /28, got a /27"),
    ({"network.connector": "203.0.113.0/28"}, "network.connector", "private range"),
    *(
        ({"connector.extra_destinations": destinations}, f"connector.extra_destinations{at}", rule)
        for destinations, at, rule in (
            ("10.20.0.0/24", "", "must be a list"),
            (["10.20.0.0"], "[0]", "must have a prefix length"),
            (["10.20.0.1/24"], "[0]", "first address"),
            (["fd00::/64"], "[0]", "IPv4 range"),
            (["0.0.0.0/0"], "[0]", "0.0.0.0/0, which is every address"),
            (["10.20.0.0/24", "8.8.8.0/24"], "[1]", "App Engine sends no other traffic"),
            (["192.168.32.0/28"], "[0]", "192.168.32.0/24: it would allow more ports"),
            (["10.4.0.0/24"], "[0]", "overlap network.pods"),
            (["10.0.0.0/19"], "[0]", "overlap network.services"),
            (["10.8.0.0/24"], "[0]", "overlap network.connector"),
            (["10.20.0.0/24"] * 2, "[1]", "connector.extra_destinations[0], which is"),
            (["10.20.0.0/16", "10.20.1.0/24"], "[1]", "overlap connector.extra_destinations[0]"),
            (["10.20.1.0/24", "10.20.0.0/16"], "[0]", "overlap connector.extra_destinations[1]"),
        )
    ),
    ({"cluster.control_plane": "public"}, "cluster.authorized_networks", "at least one"),
    ({"cluster.authorized_networks": ["10.0.0.0/8"]}, "cluster.authorized_networks", "empty"),
    ({"cluster.authorized_networks": "10.0.0.0/8"}, "cluster.authorized_networks", "be a list"),
    (
        {"cluster.control_plane": "public", "cluster.authorized_networks": ["0.0.0.0/0"]},
        "cluster.authorized_networks[0]",
        "allows every caller",
    ),
    (
        {
            "cluster.control_plane": "public",
            "cluster.authorized_networks": ["0.0.0.0/1", "128.0.0.0/1"],
        },
        "cluster.authorized_networks",
        "allows every caller",
    ),
    (
        {
            "cluster.control_plane": "private",
            "cluster.authorized_networks": ["10.0.0.0/8", "8.8.8.0/24"],
        },
        "cluster.authorized_networks",
        'no public range if control_plane is "private", got 8.8.8.0/24',
    ),
    (
        {"cluster.control_plane": "private", "cluster.authorized_networks": ["0.0.0.0/1"]},
        "cluster.authorized_networks",
        "no public range",
    ),
    ({"services[0].address": "10.9.9.9"}, "services[0].address", "in the node range"),
    ({"services[0].address": "192.168.32.0"}, "services[0].address", "the network address"),
    ({"services[0].address": "192.168.32.1"}, "services[0].address", "the gateway address"),
    ({"services[0].address": "192.168.32.254"}, "services[0].address", "the second-to-last"),
    ({"services[0].address": "192.168.32.255"}, "services[0].address", "the broadcast address"),
    ({"services[0].address": "my.api"}, "services[0].address", "IPv4 address"),
    ({"services[0].address": 3232243722}, "services[0].address", "as a string"),
    ({"services[0].address": True}, "services[0].address", "as a string"),
    ({"services[0].address": "192.168.32.300"}, "services[0].address", "as a string"),
    (
        {
            "services[0].address": "192.168.32.9",
            "services": [
                {**DEV_TABLE["services"][0], "address": "192.168.32.9"},
                {**REPORTS, "address": "192.168.32.9"},
            ],
        },
        "services[1].address",
        "already used by services[0]",
    ),
    (
        {"services[0].extra_source_ranges": ["0.0.0.0/0"]},
        "services[0].extra_source_ranges[0]",
        "every caller",
    ),
    (
        {"services[0].extra_source_ranges": ["0.0.0.0/1", "128.0.0.0/1"]},
        "services[0].extra_source_ranges",
        "every caller",
    ),
]

GOOD: list[Table] = [
    {"network.nodes": "192.168.32.0/28"},
    {"network.nodes": "100.64.0.0/24"},
    {"network.nodes": "172.16.0.0/24"},
    {"network.nodes": "172.18.0.0/24"},
    {"network.pods": "10.4.0.0/22"},
    {"network.services": "10.9.0.0/16"},
    {"network.services": "10.0.16.0/28"},
    {"network.connector": "10.3.255.240/28"},
    {"connector.extra_destinations": ["192.168.33.0/24", "10.9.0.0/16", "100.64.0.0/10"]},
    {"connector.extra_destinations": ["172.16.0.0/12", "10.20.0.7/32"]},
    {"cluster.control_plane": "private"},
    {"cluster.control_plane": "private", "cluster.authorized_networks": ["10.0.0.0/8"]},
    {"cluster.control_plane": "private", "cluster.authorized_networks": ["240.0.0.0/4"]},
    {"cluster.control_plane": "public", "cluster.authorized_networks": ["203.0.113.4/32"]},
    {"cluster.control_plane": "public", "cluster.authorized_networks": ["8.8.8.0/24"]},
    {"services[0].address": "192.168.32.2"},
    {"services[0].address": "192.168.32.253"},
    {"services[0].extra_source_ranges": ["10.100.0.0/16"]},
]

SIZES: Final = {
    "network.nodes": limits.NODES_PREFIX,
    "network.services": limits.SERVICES_PREFIX,
    "network.connector": limits.CONNECTOR_PREFIX,
}

ROOMY: Final = changed(
    DEV_TABLE,
    {
        "network.nodes": "192.168.32.0/24",
        "network.pods": "172.20.0.0/14",
        "network.services": "172.24.0.0/20",
        "network.connector": "192.168.33.0/28",
        "cluster.location": "asia-northeast1-a",
        "cluster.max_nodes": 1,
    },
)
"""An address plan in which 10.0.0.0/8 is free, and a /29 is large enough for the nodes."""


@pytest.mark.parametrize(("changes", "key", "rule"), BAD, ids=lambda value: str(value)[:60])
def test_a_bad_range_is_the_only_error_and_has_a_rule_and_a_hint(
    table: Table, changes: Table, key: str, rule: str
) -> None:
    (error,) = errors_in(changed(table, changes))
    assert error.key == key
    assert rule in error.rule
    assert error.hint


@pytest.mark.parametrize("changes", GOOD, ids=lambda value: str(value)[:60])
def test_a_good_range_at_the_boundary_is_accepted(table: Table, changes: Table) -> None:
    assert errors_in(changed(table, changes)) == []


@pytest.mark.parametrize(("key", "limit"), SIZES.items(), ids=SIZES)
def test_a_range_has_every_size_within_its_limit_and_no_other(key: str, limit: Limit) -> None:
    accepted = [
        length for length in range(33) if not errors_in(changed(ROOMY, {key: f"10.0.0.0/{length}"}))
    ]
    # A prefix shorter than /8 is in no private range.
    assert accepted == list(range(max(limit.least, 8), limit.most + 1))


def as_set(network: IPv4Network) -> range:
    """The addresses of a range, to compare ranges without the code under test."""
    return range(int(network[0]), int(network[-1]) + 1)


@given(
    st.sampled_from((*limits.PROHIBITED, *limits.NOT_PUBLIC, IPv4Network("5.0.0.0/8"))),
    st.integers(8, 22),
    st.sampled_from((-1, 0, 1)),
    st.data(),
)
@settings(max_examples=200)
def test_pods_have_every_range_that_touches_no_prohibited_one(
    near: IPv4Network, length: int, step: int, data: st.DataObject
) -> None:
    inside = data.draw(st.sampled_from(as_set(near)))
    size = 1 << (32 - length)
    start = (inside // size + step) * size % 2**32
    pods = IPv4Network((start, length))
    touches = any(
        max(start, int(prohibited[0])) <= min(start + size - 1, int(prohibited[-1]))
        for prohibited in limits.PROHIBITED
    )
    others = {"network.services": "10.0.16.0/28", "cluster.location": "asia-northeast1-a"}
    found = errors_in(changed(DEV_TABLE, {**others, "network.pods": str(pods)}))
    rules = [error.rule for error in found if "must not overlap network." not in error.rule]
    assert bool(rules) == touches
    assert all(rule.startswith("must not overlap ") for rule in rules)


@pytest.mark.parametrize(
    "services",
    [
        "100.127.255.0/24",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "198.18.0.0/16",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "240.0.0.0/16",
        "255.255.254.0/24",
        "5.1.0.0/16",
        "34.118.224.0/20",
    ],
)
def test_services_have_special_purpose_and_privately_used_public_ranges(services: str) -> None:
    assert errors_in(changed(DEV_TABLE, {"network.services": services})) == []


@pytest.mark.parametrize(
    ("services", "purpose"),
    [
        ("0.255.255.0/24", "this network"),
        ("127.0.0.0/24", "loopback"),
        ("169.254.255.0/24", "link-local"),
        ("172.17.255.0/24", "Docker's bridge"),
        ("199.36.153.0/28", "restricted.googleapis.com"),
        ("239.255.255.0/24", "multicast"),
        ("255.255.255.0/24", "broadcast"),
    ],
)
def test_services_have_no_range_that_google_prohibits(services: str, purpose: str) -> None:
    (error,) = errors_in(changed(DEV_TABLE, {"network.services": services}))
    assert error.key == "network.services"
    assert purpose in error.rule


@given(st.integers(0, 2**32 - 1).map(IPv4Address))
@settings(max_examples=50)
def test_a_private_endpoint_accepts_no_public_address(address: IPv4Address) -> None:
    changes = {"cluster.control_plane": "private", "cluster.authorized_networks": [f"{address}/32"]}
    found = errors_in(changed(DEV_TABLE, changes))
    private = any(int(address) in as_set(network) for network in limits.NOT_PUBLIC)
    assert (found == []) == private


def test_thousands_of_destinations_are_checked_in_no_time() -> None:
    ranges = [f"10.{100 + index // 256}.{index % 256}.0/24" for index in range(3000)]
    table = changed(DEV_TABLE, {"connector.extra_destinations": [*ranges, ranges[7]]})
    start = process_time()
    found = errors_in(table)
    assert process_time() - start < 2, "comparing each pair takes longer"
    assert [error.key for error in found] == ["connector.extra_destinations[3000]"]

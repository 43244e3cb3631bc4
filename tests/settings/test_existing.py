"""Sections with `existing = true`: what they accept, and what to write instead of the rest."""

from collections.abc import Sequence
from typing import Final

import pytest

from settings.existing import (
    ExistingCluster,
    ExistingConnector,
    ExistingDns,
)
from tests.line import Table, changed, errors_in, settings_from
from tests.support import COMBINATIONS, DEV_TABLE, existing

SECTIONS: Final = {
    "connector": ExistingConnector,
    "cluster": ExistingCluster,
    "dns": ExistingDns,
}
PARTS: Final = tuple(SECTIONS)

NETWORK: Final = changed(DEV_TABLE, existing())
"""Only the network exists."""

WITH_SUBNET: Final = changed(DEV_TABLE, existing(connector_subnet="serverless"))
"""The network and the connector's subnet exist."""

ALL: Final = changed(DEV_TABLE, existing(*PARTS))
"""Everything exists."""


@pytest.mark.parametrize("parts", COMBINATIONS, ids=str)
def test_every_combination_in_an_existing_network_is_accepted(parts: Sequence[str]) -> None:
    found = settings_from(changed(DEV_TABLE, existing(*parts)))
    assert found.existing_parts == {"network", *parts}
    assert {type(getattr(found, part)) for part in PARTS if part in parts} == {
        SECTIONS[part] for part in parts
    }


@pytest.mark.parametrize("parts", COMBINATIONS, ids=str)
def test_nothing_exists_in_a_network_that_the_stacks_create(parts: Sequence[str]) -> None:
    table = changed(DEV_TABLE, {**existing(*parts), "network": DEV_TABLE["network"]})
    found = errors_in(table)
    assert [error.key for error in found] == [f"{part}.existing" for part in parts]
    assert all("needs network.existing = true" in error.rule for error in found)
    assert all("[network], with existing = true" in error.hint for error in found)


@pytest.mark.parametrize("part", ["network", *PARTS])
def test_existing_false_is_the_default(part: str) -> None:
    table = changed(DEV_TABLE, {f"{part}.existing": False})
    assert settings_from(table) == settings_from(DEV_TABLE)
    assert settings_from(table).existing_parts == frozenset()


@pytest.mark.parametrize("table", [DEV_TABLE, ALL], ids=["created", "existing"])
@pytest.mark.parametrize("part", ["network", *PARTS])
@pytest.mark.parametrize(
    "value", ["yes", "true", "", "${x}", 0, 1, 1.0, 10**400, [], [True], {}, {"a": 1}], ids=repr
)
def test_an_existing_that_is_no_boolean_is_the_only_error_of_its_section(
    table: Table, part: str, value: object
) -> None:
    (error,) = errors_in(changed(table, {f"{part}.existing": value}))
    assert (error.key, error.value) == (f"{part}.existing", value)
    assert error.rule == "must be true or false"
    assert error.hint == "write existing = true, or remove it: by default, the stacks create it"


@pytest.mark.parametrize("value", [[], [{"existing": True}], 3, "private", True], ids=repr)
def test_a_section_that_is_no_table_is_an_error(value: object) -> None:
    (error,) = errors_in(changed(NETWORK, {"network": value}))
    assert (error.key, error.rule) == ("network", "must be a table")
    assert error.hint == "write a table [network]"


@pytest.mark.parametrize(
    ("part", "missing"),
    [
        ("network", ["network.name", "network.node_subnet"]),
        ("connector", ["connector.name"]),
        ("cluster", ["cluster.name"]),
        ("dns", ["dns.name", "dns.zone"]),
    ],
)
def test_a_section_with_nothing_but_existing_lacks_the_names(part: str, missing: list[str]) -> None:
    found = errors_in(changed(ALL, {part: {"existing": True}}))
    assert [error.key for error in found] == missing
    assert all(error.rule == "is missing" and "for example" in error.hint for error in found)


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("network.nat", False, "create neither the VPC nor its node subnet and Cloud NAT"),
        ("connector.machine_type", "e2-micro", "do not create the connector"),
        ("connector.min_instances", 2, "do not create the connector"),
        ("connector.max_instances", 3, "do not create the connector"),
        ("cluster.authorized_networks", ["10.0.0.0/8"], "do not create the cluster or its nodes"),
        ("cluster.machine_type", "e2-medium", "do not create the cluster or its nodes"),
        ("cluster.maintenance_window", {"hours": 5}, "do not create the cluster or its nodes"),
        ("cluster.secrets_key", "x", "do not create the cluster or its nodes"),
    ],
)
def test_a_key_for_what_is_created_is_no_setting_of_what_exists(
    key: str, value: object, reason: str
) -> None:
    (error,) = errors_in(changed(ALL, {key: value}))
    assert (error.key, error.value, error.hint) == (key, value, "remove it")
    assert error.rule == f"is not a setting with existing = true: the stacks {reason}"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("network.prefix", "line"),
        ("network.node_subnet", "gke-nodes"),
        ("network.pods_range", "pods"),
        ("network.services_range", "services"),
        ("network.connector_subnet", "serverless"),
        ("connector.deny_rules", True),
        ("cluster.node_tags", ["gke-batch"]),
        ("dns.name", "api-private"),
    ],
)
def test_a_key_for_what_exists_is_no_setting_of_what_is_created(key: str, value: object) -> None:
    (error,) = errors_in(changed(DEV_TABLE, {key: value}))
    assert (error.key, error.value) == (key, value)
    assert error.rule == "is a setting only with existing = true"
    assert error.hint == "remove it, or write existing = true and the names of what exists"


@pytest.mark.parametrize(
    ("table", "changes", "hint"),
    [
        (NETWORK, {"network.node_subnt": "x"}, "did you mean node_subnet?"),
        (ALL, {"cluster.existng": True}, "did you mean existing?"),
        (DEV_TABLE, {"cluster.existng": True}, "did you mean existing?"),
        (ALL, {"dns.records": []}, "remove it; valid keys: existing, name, zone"),
        (NETWORK, {"app_engine.existing": True}, "remove it; valid keys: location"),
        (NETWORK, {"state.existing": True}, "remove it; valid keys: backend, path"),
    ],
    ids=str,
)
def test_the_hint_for_an_unknown_key_is_a_key_of_its_section(
    table: Table, changes: Table, hint: str
) -> None:
    (error,) = errors_in(changed(table, changes))
    assert (error.rule, error.hint) == ("is not a setting", hint)


@pytest.mark.parametrize(
    "key",
    [
        "network.name",
        "network.node_subnet",
        "network.connector_subnet",
        "connector.name",
        "cluster.name",
        "dns.name",
    ],
)
def test_a_path_is_not_a_name_and_the_hint_is_its_last_part(key: str) -> None:
    for path in ("networks/private", "https://example.com/private/"):
        (error,) = errors_in(changed(ALL, {key: path}))
        assert (error.key, error.hint) == (key, 'write "private"')
        assert "short name of what exists in `project`" in error.rule


@pytest.mark.parametrize("start", ["https://www.googleapis.com/compute/v1/", "//compute/", ""])
def test_the_hint_for_a_path_with_a_project_says_that_no_other_project_is_supported(
    start: str,
) -> None:
    path = f"{start}projects/host/global/networks/private"
    (error,) = errors_in(changed(ALL, {"network.name": path}))
    assert error.hint == (
        'write "private" if `project` is host: what is in another project, such as a Shared VPC, is'
        " not supported"
    )


@pytest.mark.parametrize(
    ("key", "example"),
    [
        ("network.name", '"private"'),
        ("network.prefix", '"line"'),
        ("network.node_subnet", '"gke-nodes"'),
        ("network.pods_range", '"pods"'),
        ("network.services_range", '"services"'),
        ("network.connector_subnet", '"serverless"'),
        ("connector.name", '"shared-connector"'),
        ("cluster.name", '"batch"'),
        ("dns.name", '"api-private"'),
        ("dns.zone", '"api.private"'),
    ],
)
def test_the_hint_for_an_invalid_format_is_the_example_of_the_setting(
    key: str, example: str
) -> None:
    (error,) = errors_in(changed(ALL, {key: "_"}))
    assert (error.key, error.hint) == (key, f"for example {key.partition('.')[2]} = {example}")


def test_a_long_network_name_needs_a_prefix() -> None:
    long = changed(NETWORK, {"network.name": "a" * 63})
    assert errors_in(long) == []
    assert errors_in(changed(NETWORK, {"network.name": "a" * 24, "network.prefix": None})) == []
    (error,) = errors_in(changed(long, {"network.name": "a" * 25, "network.prefix": None}))
    assert (error.key, error.value) == ("network.name", "a" * 25)
    assert error.rule == "as a prefix of resource names must be at most 24 characters, got 25"
    assert error.hint == 'write a shorter one beside it, for example prefix = "line"'
    (error,) = errors_in(changed(NETWORK, {"network.prefix": "a" * 25}))
    assert error.rule == "must be at most 24 characters, got 25"


@pytest.mark.parametrize(
    ("table", "setting"),
    [
        (DEV_TABLE, "network.name"),
        (NETWORK, "network.prefix"),
        (changed(NETWORK, {"network.prefix": None}), "network.prefix"),
    ],
    ids=["created", "prefix", "no prefix"],
)
def test_the_hint_for_a_long_service_name_is_the_setting_of_the_prefix(
    table: Table, setting: str
) -> None:
    (error,) = errors_in(changed(table, {"services[0].name": "x" * 57}))
    assert error.hint.startswith(f"shorten it or {setting} by ")


@pytest.mark.parametrize("part", ["pods", "services"])
def test_a_new_cluster_needs_the_names_of_secondary_ranges(part: str) -> None:
    without = {f"network.{part}_range": None}
    (error,) = errors_in(changed(NETWORK, without))
    assert error.key == f"network.{part}_range"
    assert error.rule == f"is missing: the cluster needs a secondary range for {part}"
    assert error.hint == f'for example {part}_range = "{part}"'
    assert errors_in(changed(ALL, without)) == []


@pytest.mark.parametrize(
    ("part", "given"), [("pods", "10.64.0.0/14"), ("services", "10.11.0.0/20")]
)
def test_a_given_secondary_range_needs_the_name_of_the_range(part: str, given: str) -> None:
    assert errors_in(changed(ALL, {f"network.{part}": given})) == []
    (error,) = errors_in(changed(ALL, {f"network.{part}": given, f"network.{part}_range": None}))
    assert error.key == f"network.{part}_range"
    assert error.rule == f"is missing: it names the range that network.{part} is compared with"


def test_pods_and_services_have_different_ranges() -> None:
    (error,) = errors_in(changed(ALL, {"network.services_range": "pods"}))
    assert (error.key, error.value) == ("network.services_range", "pods")
    assert error.rule == "must be another range than pods_range"


def test_a_new_connector_needs_a_subnet_or_a_range() -> None:
    (error,) = errors_in(changed(NETWORK, {"network.connector": None}))
    assert error.key == "network.connector_subnet"
    assert error.rule == "is missing: the connector needs a subnet, or a range to create one"
    assert 'connector_subnet = "serverless"' in error.hint
    assert 'connector = "10.8.0.0/28"' in error.hint


def test_the_range_of_an_existing_connector_or_of_its_subnet_can_be_given() -> None:
    for table in (WITH_SUBNET, ALL):
        assert errors_in(changed(table, {"network.connector": "10.8.0.0/28"})) == []
        (error,) = errors_in(changed(table, {"network.connector": "10.8.0.0/27"}))
        assert (error.key, error.rule) == ("network.connector", "must be a /28, got a /27")


def test_an_existing_connector_has_its_subnet_already() -> None:
    (error,) = errors_in(changed(ALL, {"network.connector_subnet": "serverless"}))
    assert (error.key, error.value) == ("network.connector_subnet", "serverless")
    assert "is not a setting with connector.existing = true" in error.rule
    assert error.hint == "remove it"


def test_the_subnets_of_nodes_and_connector_are_two() -> None:
    (error,) = errors_in(changed(WITH_SUBNET, {"network.connector_subnet": "gke-nodes"}))
    assert (error.key, error.value) == ("network.connector_subnet", "gke-nodes")
    assert error.rule.startswith("must be another subnet than node_subnet")


def test_extra_destinations_of_an_existing_connector_need_deny_rules() -> None:
    extra = {"connector.extra_destinations": ["10.99.0.0/24"]}
    (error,) = errors_in(changed(ALL, extra))
    assert error.key == "connector.extra_destinations"
    assert error.rule.startswith("needs deny_rules = true: ")
    assert errors_in(changed(ALL, {**extra, "connector.deny_rules": True})) == []


def test_given_ranges_do_not_overlap() -> None:
    (error,) = errors_in(changed(NETWORK, {"network.nodes": "10.8.0.0/16"}))
    assert (error.key, str(error.value)) == ("network.connector", "10.8.0.0/28")
    assert error.rule == "must not overlap network.nodes, which is 10.8.0.0/16"


def test_given_ranges_are_large_enough_for_a_new_cluster_only() -> None:
    small = {"network.nodes": "10.10.0.0/29", "network.pods": "10.64.0.0/24"}
    found = errors_in(changed(NETWORK, small))
    assert {error.key for error in found} == {"network.nodes", "network.pods"}
    assert errors_in(changed(ALL, small)) == []


@pytest.mark.parametrize(
    ("nodes", "address", "rule"),
    [
        (None, "10.1.2.3", None),
        (None, "8.8.8.8", "must be in a private range"),
        ("10.10.0.0/20", "10.10.0.2", None),
        ("10.10.0.0/20", "10.1.2.3", "must be in the node range 10.10.0.0/20"),
        ("10.10.0.0/20", "10.10.0.1", "is the gateway address"),
    ],
)
def test_a_fixed_address_is_in_the_node_range_if_that_is_given(
    nodes: str | None, address: str, rule: str | None
) -> None:
    found = errors_in(changed(NETWORK, {"network.nodes": nodes, "services[0].address": address}))
    if rule is None:
        assert found == []
    else:
        (error,) = found
        assert error.key == "services[0].address"
        assert error.rule.startswith(rule)


def test_the_zone_of_an_existing_zone_can_be_any_dns_name() -> None:
    for zone in ("corp.example.com", "co.uk"):
        assert errors_in(changed(ALL, {"dns.zone": zone})) == []
    (error,) = errors_in(changed(ALL, {"dns.zone": "api.private."}))
    assert error.hint == "write api.private"


@pytest.mark.parametrize("tags", [["a", "a"], [""], "x", ["A"], ["${a}"], ["a b"], [7]], ids=repr)
def test_network_tags_of_nodes_are_distinct_names(tags: object) -> None:
    (error,) = errors_in(changed(ALL, {"cluster.node_tags": tags}))
    assert error.key.startswith("cluster.node_tags")
    assert error.hint


def test_the_location_of_an_existing_cluster_is_in_the_region_of_the_node_subnet() -> None:
    assert errors_in(changed(ALL, {"cluster.location": "asia-northeast1-b"})) == []
    (error,) = errors_in(changed(ALL, {"cluster.location": "us-central1"}))
    assert error.key == "cluster.location"


def test_the_connector_region_is_that_of_app_engine() -> None:
    found = settings_from(changed(ALL, {"app_engine.location": "us-central"}))
    assert found.connector_region == "us-central1"

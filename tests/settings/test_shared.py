"""Several environments use what exists, and take no name or range in it twice."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

from settings.checks import check_together
from settings.environment import Settings
from settings.errors import SettingError
from tests.line import changed, errors_in
from tests.support import DEV_TABLE, existing

OWN: Final[Mapping[str, object]] = {
    "network.prefix": "second",
    "connector.name": "second",
    "cluster.name": "second",
    "network.connector": "10.8.0.16/28",
}
"""What a second environment in an existing network has for itself."""


def environment(name: str, *parts: str, **changes: object) -> Settings:
    """An environment in an existing network; `__` in the name of a change is a dot."""
    dotted = {key.replace("__", "."): value for key, value in changes.items()}
    table = changed(DEV_TABLE, {**existing(*parts), **dotted})
    assert errors_in(table) == []
    return Settings.of(table, name)


def second(*parts: str, **changes: object) -> Settings:
    """A second environment, with names of its own for what it creates."""
    own = {
        key.replace(".", "__"): value
        for key, value in OWN.items()
        if key.partition(".")[0] not in parts
        and not (key == "network.connector" and "connector" in parts)
    }
    return environment("second", *parts, **{**own, **changes})


def created(**changes: object) -> Settings:
    """An environment that creates everything, which others can share."""
    dotted = {key.replace("__", "."): value for key, value in changes.items()}
    return Settings.of(changed(DEV_TABLE, dotted), "created")


def conflicts(*environments: Settings) -> list[SettingError]:
    files = {Path(f"{found.environment}.toml"): found for found in environments}
    return [error for _, error in check_together(files)]


def only(found: list[SettingError]) -> tuple[str, str]:
    """The key and hint of the only error."""
    (error,) = found
    return error.key, error.hint


@pytest.mark.parametrize(
    "parts", [(), ("connector",), ("cluster",), ("dns",), ("connector", "cluster", "dns")], ids=str
)
def test_environments_share_what_exists(parts: tuple[str, ...]) -> None:
    other_api = {"services__0": {**DEV_TABLE["services"][0], "name": "other", "host": "other"}}
    assert conflicts(environment("first", *parts), second(*parts, **other_api)) == []


def test_two_environments_in_one_network_need_different_prefixes() -> None:
    prefix = 'write another prefix, for example prefix = "second"'
    first = environment("first")
    assert only(conflicts(first, second(network__prefix="line"))) == ("network.prefix", prefix)
    first = environment("first", network__prefix="private")
    assert only(conflicts(first, second(network__prefix=None))) == ("network.name", prefix)
    assert conflicts(environment("first"), second(network__prefix=None)) == []


def test_an_environment_can_use_the_network_that_another_one_creates() -> None:
    assert conflicts(created(), second()) == []
    assert only(conflicts(created(), second(network__prefix=None)))[0] == "network.name"
    assert only(conflicts(second(network__prefix=None), created()))[0] == "network.name"


SHARED: Final[Mapping[str, tuple[Settings, Settings, str, str]]] = {
    # what both use: the file that creates it, the file that reads it, the key of the error, a hint
    "prefix": (
        created(),
        second(network__prefix=None),
        "network.name",
        'write another prefix, for example prefix = "second"',
    ),
    "given prefix": (
        created(),
        second(network__prefix="private"),
        "network.prefix",
        'write another prefix, for example prefix = "second"',
    ),
    "connector": (
        created(),
        second(connector__name="private-connector"),
        "connector.name",
        "choose another name, or share the connector: existing = true in [connector]",
    ),
    "cluster": (
        created(),
        second(cluster__name="private-cluster"),
        "cluster.name",
        "choose another name, or share the cluster: existing = true in [cluster]",
    ),
    "Service": (
        created(),
        second("cluster", cluster__name="private-cluster"),
        "services[0].name",
        "choose another name or namespace",
    ),
    "Service in a cluster in an existing network": (
        environment("zzz", cluster__name="batch"),
        second("cluster"),
        "services[0].name",
        "choose another name or namespace",
    ),
    "namespace": (
        created(cluster__namespaces=["apis"]),
        second(
            "cluster",
            cluster__name="private-cluster",
            cluster__namespaces=["apis"],
            services__0={**DEV_TABLE["services"][0], "namespace": "apis"},
        ),
        "cluster.namespaces[0]",
        "list it in one file only: a Service can use it without an entry",
    ),
    "record": (
        created(),
        second("dns", dns__name="private-zone"),
        "services[0].host",
        "choose another host",
    ),
    "fixed address": (
        created(services__0={**DEV_TABLE["services"][0], "address": "192.168.32.9"}),
        second(services__0={**DEV_TABLE["services"][0], "address": "192.168.32.9"}),
        "services[0].address",
        "choose another address",
    ),
    "firewall rule": (
        created(services__0={**DEV_TABLE["services"][0], "name": "egress-b"}),
        second(
            network__prefix="private-allow",
            services__0={**DEV_TABLE["services"][0], "name": "b"},
        ),
        "services[0].name",
        "choose another name",
    ),
}


@pytest.mark.parametrize("what", SHARED)
def test_the_file_that_reads_what_exists_has_the_error_whatever_the_order(what: str) -> None:
    creating, reading, key, hint = SHARED[what]
    for pair in ((creating, reading), (reading, creating)):
        files = {Path(f"{found.environment}.toml"): found for found in pair}
        ((path, error),) = check_together(files)
        assert (path.stem, error.key, error.hint) == (reading.environment, key, hint)
        assert f"by {creating.environment}.toml" in error.rule


def test_two_new_connectors_have_different_names_subnets_and_ranges() -> None:
    first = environment("first")
    name = {"connector__name": first.connector.name}
    assert only(conflicts(first, second(**name)))[0] == "connector.name"
    same = {"network__connector_subnet": "serverless", "network__connector": None}
    key, hint = only(conflicts(environment("first", **same), second(**same)))
    assert (key, "share the connector" in hint) == ("network.connector_subnet", True)


@pytest.mark.parametrize("taken", ["10.8.0.0/28", "192.168.32.0/28", "10.4.0.0/28"])
def test_a_new_connector_range_is_free_in_a_network_that_another_environment_creates(
    taken: str,
) -> None:
    (error,) = conflicts(created(), second(network__connector=taken))
    assert (error.key, str(error.value)) == ("network.connector", taken)
    assert "of created.toml, which is " in error.rule
    assert error.rule.endswith(": both are in the VPC private")
    # In whatever order the files are.
    (error,) = conflicts(second(network__connector=taken), created())
    assert (error.key, str(error.value)) == ("network.connector", taken)


def test_two_new_connector_ranges_in_one_network_do_not_overlap() -> None:
    first, clash = environment("first"), {"network__connector": "10.8.0.0/28"}
    (error,) = conflicts(first, second(**clash))
    assert error.rule == (
        "must not overlap network.connector of first.toml, which is 10.8.0.0/28:"
        " both are in the VPC private"
    )
    assert conflicts(first, second(**clash, network__name="other")) == []
    assert conflicts(first, second(**clash, project="my-other-project")) == []


def test_the_range_of_a_shared_connector_can_be_in_both_files() -> None:
    clash = {"network__connector": "10.8.0.0/28"}
    api = {"services__0": {**DEV_TABLE["services"][0], "name": "other", "host": "other"}}
    assert conflicts(environment("first"), second("connector", **clash, **api)) == []


def test_a_cluster_has_no_namespace_and_no_service_twice() -> None:
    namespaces = {"cluster__namespaces": ["apis"]}
    first = environment("first", "cluster", **namespaces)
    found = conflicts(first, second("cluster", **namespaces))
    assert {error.key for error in found} == {"cluster.namespaces[0]", "services[0].name"}
    assert any("a Service in my-project-id / asia-northeast1 / batch" in e.rule for e in found)
    elsewhere = {"cluster__location": "asia-northeast1-a"}
    assert conflicts(first, second("cluster", **namespaces, **elsewhere)) == []
    assert conflicts(first, second("cluster", **namespaces, cluster__name="routes")) == []


def test_a_service_of_the_same_name_can_be_in_another_namespace() -> None:
    other = {"services__0": {**DEV_TABLE["services"][0], "namespace": "other"}}
    assert conflicts(environment("first", "cluster"), second("cluster", **other)) == []


def test_a_cluster_that_two_environments_create_is_one_error() -> None:
    found = conflicts(environment("first"), second(cluster__name="private-cluster"))
    assert only(found)[0] == "cluster.name"


def test_a_zone_has_no_record_twice() -> None:
    first = environment("first", "dns")
    assert only(conflicts(first, second("dns"))) == ("services[0].host", "choose another host")
    assert conflicts(first, second("dns", dns__name="other-zone")) == []
    assert conflicts(first, second("dns", dns__zone="other.private")) == []


def test_a_zone_that_another_environment_creates_has_no_record_twice() -> None:
    shared = {"dns__name": "private-zone"}
    assert only(conflicts(created(), second("dns", **shared)))[0] == "services[0].host"
    host = {"services__0": {**DEV_TABLE["services"][0], "host": "other"}}
    assert conflicts(created(), second("dns", **shared, **host)) == []


def test_a_network_has_no_fixed_address_twice() -> None:
    fixed = {"services__0": {**DEV_TABLE["services"][0], "address": "10.10.0.5"}}
    first = environment("first", **fixed)
    key, hint = only(conflicts(first, second(**fixed)))
    assert (key, hint) == ("services[0].address", "choose another address")
    assert conflicts(first, second(**fixed, network__name="other")) == []


def test_deny_rules_have_the_prefix() -> None:
    """So two environments can both have them for one connector."""
    deny = {"connector__deny_rules": True}
    first = environment("first", "connector", **deny)
    assert conflicts(first, second("connector", **deny)) == []

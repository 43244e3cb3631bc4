"""The connector stack: where it stands and what app.yaml is told."""

import copy

from tests.line import Line, Table, changed
from tests.support import Synthesize


def test_the_connector_lives_where_app_engine_lives(synthesize: Synthesize, table: Table) -> None:
    line = synthesize(changed(table, {"app_engine.location": "us-central"}))
    connector = line.one("connector", "google_vpc_access_connector")
    subnet = line.one("connector", "google_compute_subnetwork")
    assert connector["region"] == subnet["region"] == "us-central1"
    nodes = line.one("network", "google_compute_subnetwork")
    assert nodes["region"] == "asia-northeast1"


def test_connector_settings_reach_the_connector(synthesize: Synthesize, table: Table) -> None:
    line = synthesize(
        changed(
            table,
            {
                "connector.machine_type": "e2-standard-4",
                "connector.min_instances": 4,
                "connector.max_instances": 7,
            },
        )
    )
    connector = line.one("connector", "google_vpc_access_connector")
    assert (connector["min_instances"], connector["max_instances"]) == (4, 7)
    assert connector["machine_type"] == "e2-standard-4"
    assert not connector.keys() & {"min_throughput", "max_throughput", "network", "ip_cidr_range"}


def test_app_yaml_names_the_connector_and_sends_private_traffic_only(line: Line) -> None:
    output = line.stacks["connector"]["output"]
    assert output["app_yaml"]["value"] == (
        "vpc_access_connector:\n"
        f"  name: {output['connector_id']['value']}\n"
        "  egress_setting: private-ranges-only\n"
    )
    assert line.source("connector", output["connector_id"]["value"]) == (
        "connector: private-connector google_vpc_access_connector.id"
    )


def test_the_connector_is_denied_everything_at_both_ends_before_it_exists(line: Line) -> None:
    connector = line.one("connector", "google_vpc_access_connector")
    rules = line.all("connector", "google_compute_firewall")
    for name, rule in rules.items():
        assert f"google_compute_firewall.{name}" in connector["depends_on"]
        assert rule["deny"] == [{"protocol": "all"}]
        assert rule["priority"] == 990
    ends = {rule.pop("direction"): rule for rule in copy.deepcopy(rules).values()}
    (source,) = ends["INGRESS"]["source_ranges"]
    assert line.source("connector", source) == (
        "connector: private-connector google_compute_subnetwork.ip_cidr_range"
    )
    assert not ends["INGRESS"].keys() & {"target_tags", "destination_ranges"}
    # Google's tag for the instances of a connector: vpc-connector-REGION-NAME.
    tag = f"vpc-connector-{connector['region']}-{connector['name']}"
    assert ends["EGRESS"]["target_tags"] == [tag]
    assert ends["EGRESS"]["destination_ranges"] == ["0.0.0.0/0"]


def test_extra_destinations_are_open_at_both_ends_before_the_deny_to_the_connector_alone(
    synthesize: Synthesize, table: Table
) -> None:
    destinations = ["10.20.0.0/24", "172.16.0.0/12"]
    line = synthesize(changed(table, {"connector.extra_destinations": destinations}))
    rules = line.all("connector", "google_compute_firewall").values()
    ends = {rule.pop("direction"): rule for rule in copy.deepcopy(list(rules)) if "allow" in rule}
    for rule in ends.values():
        assert rule["allow"] == [{"protocol": "all"}]
        assert rule["destination_ranges"] == destinations
        assert rule["priority"] == 980
    deny = line.named("connector", "google_compute_firewall", "private-deny-connector-egress")
    assert ends["EGRESS"]["target_tags"] == deny["target_tags"]
    (source,) = ends["INGRESS"]["source_ranges"]
    assert line.source("connector", source) == (
        "connector: private-connector google_compute_subnetwork.ip_cidr_range"
    )
    # Whose machines these are, and what their tags are, nobody here knows.
    assert "target_tags" not in ends["INGRESS"]


def test_without_extra_destinations_there_is_no_rule_that_allows(line: Line) -> None:
    rules = line.all("connector", "google_compute_firewall").values()
    assert [rule for rule in rules if "allow" in rule] == []
    assert "extra_destinations" not in line.stacks["connector"]["output"]

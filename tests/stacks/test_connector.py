"""The connector stack: its region, its firewall rules and the lines for app.yaml."""

import copy

from tests.line import Line, Table, changed
from tests.support import Synthesize


def test_the_connector_is_in_the_region_of_app_engine(synthesize: Synthesize, table: Table) -> None:
    line = synthesize(changed(table, {"app_engine.location": "us-central"}))
    connector = line.one("connector", "google_vpc_access_connector")
    subnet = line.one("connector", "google_compute_subnetwork")
    assert connector["region"] == subnet["region"] == "us-central1"
    nodes = line.one("network", "google_compute_subnetwork")
    assert nodes["region"] == "asia-northeast1"


def test_connector_settings_are_applied_to_the_connector(
    synthesize: Synthesize, table: Table
) -> None:
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


def test_app_yaml_contains_the_connector_and_sends_only_private_ranges_to_it(line: Line) -> None:
    output = line.stacks["connector"]["output"]
    assert output["app_yaml"]["value"] == (
        "vpc_access_connector:\n"
        f"  name: {output['connector_id']['value']}\n"
        "  egress_setting: private-ranges-only\n"
    )
    assert line.source("connector", output["connector_id"]["value"]) == (
        "connector: private-connector google_vpc_access_connector.id"
    )


def test_ingress_and_egress_are_denied_before_the_connector_exists(line: Line) -> None:
    connector = line.one("connector", "google_vpc_access_connector")
    rules = line.all("connector", "google_compute_firewall")
    for name, rule in rules.items():
        assert f"google_compute_firewall.{name}" in connector["depends_on"]
        assert rule["deny"] == [{"protocol": "all"}]
        assert rule["priority"] == 990
    by_direction = {rule.pop("direction"): rule for rule in copy.deepcopy(rules).values()}
    (source,) = by_direction["INGRESS"]["source_ranges"]
    assert line.source("connector", source) == (
        "connector: private-connector google_compute_subnetwork.ip_cidr_range"
    )
    assert not by_direction["INGRESS"].keys() & {"target_tags", "destination_ranges"}
    # Google's network tag for a connector's instances: vpc-connector-REGION-NAME.
    tag = f"vpc-connector-{connector['region']}-{connector['name']}"
    assert by_direction["EGRESS"]["target_tags"] == [tag]
    assert by_direction["EGRESS"]["destination_ranges"] == ["0.0.0.0/0"]


def test_extra_destinations_are_allowed_to_the_connector_only_ahead_of_the_deny_rules(
    synthesize: Synthesize, table: Table
) -> None:
    destinations = ["10.20.0.0/24", "172.16.0.0/12"]
    line = synthesize(changed(table, {"connector.extra_destinations": destinations}))
    rules = line.all("connector", "google_compute_firewall").values()
    by_direction = {
        rule.pop("direction"): rule for rule in copy.deepcopy(list(rules)) if "allow" in rule
    }
    for rule in by_direction.values():
        assert rule["allow"] == [{"protocol": "all"}]
        assert rule["destination_ranges"] == destinations
        assert rule["priority"] == 980
    deny = line.named("connector", "google_compute_firewall", "private-deny-connector-egress")
    assert by_direction["EGRESS"]["target_tags"] == deny["target_tags"]
    (source,) = by_direction["INGRESS"]["source_ranges"]
    assert line.source("connector", source) == (
        "connector: private-connector google_compute_subnetwork.ip_cidr_range"
    )
    # The rule applies to all machines: their network tags are unknown.
    assert "target_tags" not in by_direction["INGRESS"]


def test_without_extra_destinations_no_rule_allows_traffic(line: Line) -> None:
    rules = line.all("connector", "google_compute_firewall").values()
    assert [rule for rule in rules if "allow" in rule] == []
    assert "extra_destinations" not in line.stacks["connector"]["output"]

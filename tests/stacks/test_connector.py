"""The connector stack: where it stands and what app.yaml is told."""

from tests.line import Line, Table, changed
from tests.support import Synthesize


def test_the_connector_lives_where_app_engine_lives(synthesize: Synthesize, table: Table) -> None:
    line = synthesize(changed(table, {"app_engine.location": "us-central"}))
    connector = line.one("connector", "google_vpc_access_connector")
    subnet = line.named("network", "google_compute_subnetwork", "private-connector")
    assert connector["region"] == subnet["region"] == "us-central1"
    nodes = line.named("network", "google_compute_subnetwork", "private-nodes")
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

"""The DNS stack: what people are told to call."""

import pytest

from tests.line import Line, Table, changed
from tests.support import Synthesize


def test_people_are_told_the_addresses_and_the_urls(line: Line) -> None:
    addresses = line.stacks["service"]["output"]["addresses"]["value"]
    assert line.source("service", addresses["myapi"]) == (
        "service: private-myapi google_compute_address.address"
    )
    assert line.stacks["dns"]["output"]["urls"]["value"] == {"myapi": "http://my.api.private"}


@pytest.mark.parametrize(
    ("port", "protocol", "url"),
    [
        (80, "TCP", "http://my.api.private"),
        (443, "TCP", "https://my.api.private"),
        (2746, "TCP", "http://my.api.private:2746"),
        (53, "UDP", "udp://my.api.private:53"),
    ],
)
def test_the_url_says_the_port_unless_the_scheme_does(
    synthesize: Synthesize, table: Table, port: int, protocol: str, url: str
) -> None:
    ports = [{"name": "p", "port": port, "target_port": 8080, "protocol": protocol}]
    line = synthesize(changed(table, {"services[0].ports": ports}))
    assert line.stacks["dns"]["output"]["urls"]["value"]["myapi"] == url


def test_a_record_is_kept_by_its_host(synthesize: Synthesize, table: Table) -> None:
    """So two APIs that swap hosts update both in place, and a rename touches none."""
    hosts = {"my": "first", "my.team": "second", "myteam": "third"}
    services = [
        {**table["services"][0], "name": name, "host": host} for host, name in hosts.items()
    ]
    line = synthesize(changed(table, {"services": services}))
    records = line.all("dns", "google_dns_record_set")
    assert {
        key: line.source("dns", record["rrdatas"][0]).split()[1] for key, record in records.items()
    } == {
        "record-my": "private-first",
        "record-my_team": "private-second",
        "record-myteam": "private-third",
    }

"""The DNS stack: its records and the URLs in its outputs."""

import pytest

from tests.line import Line, Table, changed
from tests.support import Synthesize


def test_the_outputs_contain_the_addresses_and_the_urls(line: Line) -> None:
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
def test_the_url_contains_the_port_unless_it_is_the_default_of_the_scheme(
    synthesize: Synthesize, table: Table, port: int, protocol: str, url: str
) -> None:
    ports = [{"name": "p", "port": port, "target_port": 8080, "protocol": protocol}]
    line = synthesize(changed(table, {"services[0].ports": ports}))
    assert line.stacks["dns"]["output"]["urls"]["value"]["myapi"] == url


def test_the_id_of_a_record_comes_from_its_host(synthesize: Synthesize, table: Table) -> None:
    """If two APIs swap hosts, both records are updated in place; a rename changes no record."""
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

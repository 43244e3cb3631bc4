"""The DNS stack: what people are told to call."""

import pytest

from tests.line import Line, Table, changed
from tests.support import Synthesize


def test_people_are_told_the_addresses_and_the_urls(line: Line) -> None:
    addresses = line.stacks["network"]["output"]["addresses"]["value"]
    assert line.source("network", addresses["myapi"]) == (
        "network: private-myapi google_compute_address.address"
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

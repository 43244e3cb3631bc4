"""Pods keep their addresses among each other, whatever range they have."""

import pytest

from tests.line import Table, changed
from tests.support import Synthesize


@pytest.mark.parametrize(
    ("pods", "block"),
    [
        ("10.4.0.0/14", None),
        ("240.0.0.0/14", None),
        ("198.18.0.0/16", None),
        ("5.4.0.0/14", {"disabled": True}),
    ],
)
def test_nodes_do_not_translate_the_addresses_of_pods_with_a_public_range(
    table: Table, synthesize: Synthesize, pods: str, block: Table | None
) -> None:
    line = synthesize(changed(table, {"network.pods": pods}))
    cluster = line.one("cluster", "google_container_cluster")
    assert cluster.get("default_snat_status") == block

"""Each way to the control plane, from nothing to rest; `dns` is that of the first deploy."""

import pytest

from tests.fake_cloud.rehearsal import Rehearsal
from tests.line import ACCESSES, Table, changed
from tests.support import Synthesize


@pytest.mark.parametrize("access", ["private", "public"])
def test_each_access_deploys_and_comes_to_rest(
    access: str, rehearsal: Rehearsal, synthesize: Synthesize, table: Table
) -> None:
    settings = changed(table, {"cluster.control_plane": access, **ACCESSES[access]})
    rehearsal.take(synthesize(settings))
    for part in ("network", "connector", "cluster", "service"):
        rehearsal.succeed(part, "init")
        rehearsal.succeed(part, "apply", "-auto-approve")
    assert rehearsal.names()["kubernetes_service_v1"] == ["myapi"]
    assert rehearsal.planned("cluster") == rehearsal.planned("service") == []

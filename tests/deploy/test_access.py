"""A first deploy with each kind of access to the control plane except `dns`, the default."""

import pytest

from tests.fake_cloud.cloud import FakeCloud
from tests.line import ACCESSES, Table, changed
from tests.support import Synthesize


@pytest.mark.parametrize("access", ["private", "public"])
def test_a_first_deploy_with_each_access_leaves_empty_plans(
    access: str, cloud: FakeCloud, synthesize: Synthesize, table: Table
) -> None:
    settings = changed(table, {"cluster.control_plane": access, **ACCESSES[access]})
    cloud.take(synthesize(settings))
    for part in ("network", "connector", "cluster", "service"):
        cloud.succeed(part, "init")
        cloud.succeed(part, "apply", "-auto-approve")
    assert cloud.names()["kubernetes_service_v1"] == ["myapi"]
    assert cloud.planned("cluster") == cloud.planned("service") == []

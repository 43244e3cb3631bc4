"""Terraform never takes over objects of the same names in another cluster than that of a deploy."""

from typing import Any

import pytest

from tests.deploy.test_becomes_existing import OF_ANOTHER_OWNER
from tests.fake_cloud.cloud import FakeCloud
from tests.fake_cloud.existing import put_existing
from tests.fake_cloud.google.lookup import CLUSTER, SERVICE
from tests.fake_cloud.google.world import opened
from tests.line import changed
from tests.support import DEV_TABLE, Synthesize, existing

IN_BATCH = changed(DEV_TABLE, existing("connector", "cluster", "dns"))
IN_AUTOPILOT = changed(IN_BATCH, {"cluster.name": "autopilot"})


def services(cloud: FakeCloud) -> dict[str, dict[str, Any]]:
    return {
        key.rpartition("/clusters/")[2]: service
        for key, service in cloud.world.items(SERVICE).items()
    }


@pytest.fixture
def renamed(cloud: FakeCloud, synthesize: Synthesize) -> FakeCloud:
    """An environment in `batch`, whose settings now name `autopilot`, with a Service of others."""
    cloud.folder.mkdir(parents=True)
    with opened(cloud.folder / "world.json") as world:
        put_existing(world)
    cloud.take(synthesize(IN_BATCH))
    cloud.deploy()
    ours = services(cloud)["batch default/myapi"]
    (autopilot,) = (found for found in cloud.world.all(CLUSTER) if found["name"] == "autopilot")
    with opened(cloud.folder / "world.json") as world:
        world.put(SERVICE, f"{autopilot['id']} default/myapi", {**ours, "status": []})
    cloud.take(synthesize(IN_AUTOPILOT))
    return cloud


def test_another_cluster_stops_the_deploy_in_the_cluster_stack(renamed: FakeCloud) -> None:
    before = services(renamed)
    run = renamed.terraform("cluster", "apply", "-auto-approve", "-no-color")
    assert run.returncode == 1
    assert 'cluster.name = "autopilot"' in run.stderr
    assert "projects/my-project-id/locations/asia-northeast1/clusters/batch" in run.stderr
    # The service stack still connects to the cluster of the last deploy.
    renamed.succeed("service", "apply", "-auto-approve")
    assert services(renamed) == before


def test_a_destroy_with_another_cluster_in_the_settings_destroys_only_what_was_deployed(
    renamed: FakeCloud,
) -> None:
    renamed.destroy()
    assert list(services(renamed)) == ["autopilot default/myapi"]


def test_an_environment_that_becomes_existing_keeps_its_cluster(
    deployed: FakeCloud, synthesize: Synthesize
) -> None:
    deployed.take(synthesize(changed(DEV_TABLE, OF_ANOTHER_OWNER)))
    deployed.deploy("network")
    with opened(deployed.folder / "world.json") as world:
        (own,) = world.all(CLUSTER)
        other = {**own, "id": f"{own['id']}-2", "name": f"{own['name']}-2"}
        world.put(CLUSTER, other["id"], other)
    deployed.take(
        synthesize(changed(DEV_TABLE, {**OF_ANOTHER_OWNER, "cluster.name": other["name"]}))
    )
    run = deployed.terraform("cluster", "apply", "-auto-approve", "-no-color")
    assert run.returncode == 1
    assert f"must be the cluster of the last deploy: {own['id']}" in " ".join(run.stderr.split())

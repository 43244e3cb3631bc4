"""The effect of App Engine on a Virtual Private Cloud (VPC) network.

A version blocks the deletion of its connector's network until the version is deleted, even if the
connector no longer exists. Source: VPC documentation, "Can't delete a VPC network that was used
with Serverless VPC Access".
"""

from tests.fake_cloud.google.lookup import CONNECTOR, VERSION
from tests.fake_cloud.google.rules import RejectedError
from tests.fake_cloud.google.world import World
from tests.fake_cloud.provider.values import Values, first


def deploy(world: World, version: str, app: Values) -> None:
    """Deploy a version, as `gcloud app deploy` does; earlier versions stay.

    Args:
        world: the world.
        version: the ID of the version.
        app: the contents of app.yaml.

    Raises:
        RejectedError: the connector does not exist.
    """
    name = first(app, "vpc_access_connector.name")
    connector = world.get(CONNECTOR, name) if name else {}
    if connector is None:
        raise RejectedError(f"VPC connector {name} does not exist")
    world.put(
        VERSION,
        version,
        {"id": version, "name": version, "connector": name, "network": connector.get("network")},
    )


def delete(world: World, version: str) -> None:
    """Delete a version, as `gcloud app versions delete` does."""
    world.remove(VERSION, version)

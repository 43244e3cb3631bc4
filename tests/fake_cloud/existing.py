"""Resources that exist before Terraform's first deploy: they are in the world, and in no state."""

import tomllib
from pathlib import Path
from typing import Any, Final

from tests.fake_cloud.google.computed_values import Place, fill, written
from tests.fake_cloud.google.lookup import API
from tests.fake_cloud.google.world import World
from tests.fake_cloud.provider.catalogue import Block, Catalogue, attributes, nested
from tests.fake_cloud.provider.plan import planned
from tests.fake_cloud.provider.values import Values

_EXISTING: Final = Path(__file__).parent / "existing.toml"

_PROVIDER: Final = {"project": "my-project-id", "region": "asia-northeast1"}


def put_existing(world: World) -> None:
    """Put the resources of `existing.toml` into a world, with the APIs that they need."""
    catalogue = Catalogue("google")
    for name, resources in tomllib.loads(_EXISTING.read_text(encoding="utf-8")).items():
        kind = catalogue.resources[name]
        world.put(API, f"{_PROVIDER['project']}/{kind.api}", {"service": kind.api})
        for given in resources:
            values = planned(kind, _configuration(kind.block, given), None, _PROVIDER)
            for argument in kind.inherits_late:
                values[argument] = _PROVIDER[argument]
            place = Place(world)
            fill(kind, values, place)
            # Terraform, which adds a label to what it creates, did not create it.
            if "effective_labels" in values:
                values["effective_labels"] = given.get("labels") or given.get("resource_labels", {})
            world.put(name, values["id"], written(kind, values, place))


def _configuration(block: Block, given: dict[str, Any]) -> Values:
    """The arguments as Terraform sends them: null for what is left out."""
    return {
        **{name: given.get(name) for name in attributes(block)},
        **{
            name: [_configuration(inner["block"], element) for element in given.get(name, [])]
            for name, inner in nested(block).items()
        },
    }

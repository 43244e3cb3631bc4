"""Every kind of resource that the stand-ins serve: the bindings' schema, and traits.toml."""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tf.gen import tfplugin_pb2 as pb

from tests.fake_cloud.provider.schema import Block

_TRAITS: Final = Path(__file__).parent / "traits.toml"
_NESTING: Final = {
    "single": pb.Schema.NestedBlock.SINGLE,
    "list": pb.Schema.NestedBlock.LIST,
    "set": pb.Schema.NestedBlock.SET,
}


@dataclass(frozen=True)
class Kind:
    """A resource type; traits.toml says what each attribute means."""

    name: str
    block: Block
    api: str | None = None
    new: tuple[str, ...] = ()
    shrinks: tuple[str, ...] = ()
    off: tuple[str, ...] = ()
    inherits: tuple[str, ...] = ()
    computed: tuple[str, ...] = ()
    sensitive: tuple[str, ...] = ()
    follows: Mapping[str, list[str]] = field(default_factory=dict)
    default: Mapping[str, object] = field(default_factory=dict)
    one_of: Mapping[str, list[str]] = field(default_factory=dict)
    between: Mapping[str, list[float]] = field(default_factory=dict)
    pattern: Mapping[str, str] = field(default_factory=dict)
    alone: tuple[list[str], ...] = ()
    exactly_one: tuple[list[str], ...] = ()
    made: Mapping[str, Any] = field(default_factory=dict)
    adopts: bool = False
    stays_unless: str | None = None

    def message(self) -> pb.Schema:
        """The schema as the plugin protocol has it."""
        return pb.Schema(block=_block(self.block, self.sensitive))


class Catalogue:
    """One provider's block, resources and data sources."""

    def __init__(self, provider: str, schema: Path) -> None:
        """Read the schema's JSON file and traits.toml."""
        read = json.loads(schema.read_text(encoding="utf-8"))[provider]
        traits = tomllib.loads(_TRAITS.read_text(encoding="utf-8"))
        self.provider = Kind(provider, read["provider"])
        self.resources = _kinds(read["resources"], traits)
        self.data = _kinds(read["data"], traits)


def _kinds(blocks: Mapping[str, Block], traits: Mapping[str, Any]) -> dict[str, Kind]:
    return {name: Kind(name, block, **traits[name]) for name, block in blocks.items()}


def _block(block: Block, sensitive: tuple[str, ...] = ()) -> pb.Schema.Block:
    return pb.Schema.Block(
        attributes=[
            pb.Schema.Attribute(
                name=name,
                type=json.dumps(attribute["type"]).encode(),
                sensitive=name in sensitive,
                **dict.fromkeys(attribute["flags"], True),
            )
            for name, attribute in block["attributes"].items()
        ],
        block_types=[
            pb.Schema.NestedBlock(
                type_name=name,
                nesting=_NESTING[nested["nesting"]],
                min_items=nested["min"],
                max_items=nested["max"],
                block=_block(nested["block"]),
            )
            for name, nested in block["blocks"].items()
        ],
    )

"""The resource types that the fake providers serve, from schema.json and traits.toml.

schema.json is the output of `terraform providers schema -json` for the real providers, reduced to
the types in use and without descriptions. `make conformance ARGS=--schema` regenerates it.
"""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from tf.gen import tfplugin_pb2 as pb

SCHEMA: Final = Path(__file__).parent / "schema.json"
_TRAITS: Final = Path(__file__).parent / "traits.toml"
_FLAGS: Final = ("required", "optional", "computed", "sensitive", "deprecated")

Block = dict[str, Any]
"""A block as Terraform prints it, with `attributes` and `block_types`; empty ones are left out."""


@dataclass(frozen=True)
class Kind:
    """A resource type. traits.toml explains the fields after `block`."""

    name: str
    version: int
    block: Block
    api: str | None = None
    new: tuple[str, ...] = ()
    shrinks: tuple[str, ...] = ()
    off: tuple[str, ...] = ()
    inherits: tuple[str, ...] = ()
    inherits_late: tuple[str, ...] = ()
    computed: tuple[str, ...] = ()
    keeps: tuple[str, ...] = ()
    follows: Mapping[str, list[str]] = field(default_factory=dict)
    default: Mapping[str, object] = field(default_factory=dict)
    ignores: Mapping[str, object] = field(default_factory=dict)
    known: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    unset: tuple[str, ...] = ()
    one_of: Mapping[str, list[str]] = field(default_factory=dict)
    between: Mapping[str, list[float]] = field(default_factory=dict)
    pattern: Mapping[str, str] = field(default_factory=dict)
    alone: tuple[list[str], ...] = ()
    exactly_one: tuple[list[str], ...] = ()
    made: Mapping[str, Any] = field(default_factory=dict)
    adopts: bool = False
    stays_unless: str | None = None

    def message(self) -> pb.Schema:
        """The schema as a message of the plugin protocol."""
        return pb.Schema(version=self.version, block=_block(self.block))


class Catalogue:
    """The provider block, resource types and data sources of one provider.

    Attributes:
        source: the source address of the provider, such as `hashicorp/google`.
        version: the version of the real provider that the schema comes from.
    """

    def __init__(self, provider: str) -> None:
        """Read schema.json and traits.toml."""
        read = json.loads(SCHEMA.read_text(encoding="utf-8"))[provider]
        traits = tomllib.loads(_TRAITS.read_text(encoding="utf-8"))
        self.source: str = read["source"]
        self.version: str = read["version"]
        self.provider = Kind(provider, **read["provider"])
        self.resources = _kinds(read["resource_schemas"], traits)
        self.data = _kinds(read["data_source_schemas"], traits)

    @cached_property
    def schema(self) -> pb.GetProviderSchema.Response:
        """The schema of the provider as a message of the plugin protocol."""
        return pb.GetProviderSchema.Response(
            provider=self.provider.message(),
            resource_schemas={name: kind.message() for name, kind in self.resources.items()},
            data_source_schemas={name: kind.message() for name, kind in self.data.items()},
            # Like the real providers: Terraform reads the schema once per run.
            server_capabilities=pb.ServerCapabilities(get_provider_schema_optional=True),
        )


def catalogues() -> dict[str, Catalogue]:
    """The catalogues of all providers in schema.json, by local name."""
    return {name: Catalogue(name) for name in json.loads(SCHEMA.read_text(encoding="utf-8"))}


def _kinds(schemas: Mapping[str, Any], traits: Mapping[str, Any]) -> dict[str, Kind]:
    return {name: Kind(name, **schema, **traits.get(name, {})) for name, schema in schemas.items()}


def attributes(block: Block) -> Mapping[str, Any]:
    """The attributes of a block, by name."""
    found: Mapping[str, Any] = block.get("attributes", {})
    return found


def nested(block: Block) -> Mapping[str, Any]:
    """The nested blocks of a block, by name: `nesting_mode`, `block`, and limits, if any."""
    found: Mapping[str, Any] = block.get("block_types", {})
    return found


def _block(block: Block) -> pb.Schema.Block:
    return pb.Schema.Block(
        deprecated=block.get("deprecated", False),
        attributes=[
            pb.Schema.Attribute(
                name=name,
                type=json.dumps(attribute["type"]).encode(),
                **{flag: attribute.get(flag, False) for flag in _FLAGS},
            )
            for name, attribute in attributes(block).items()
        ],
        block_types=[
            pb.Schema.NestedBlock(
                type_name=name,
                nesting=pb.Schema.NestedBlock.NestingMode.Value(inner["nesting_mode"].upper()),
                min_items=inner.get("min_items", 0),
                max_items=inner.get("max_items", 0),
                block=_block(inner["block"]),
            )
            for name, inner in nested(block).items()
        ],
    )

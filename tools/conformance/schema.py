"""Reduces the output of `terraform providers schema -json` to what the fake providers serve."""

from collections.abc import Collection, Iterable
from typing import Any, Final

from tests.conformance.text import text
from tests.line import Table

_DROPPED: Final = ("description", "description_kind")


def pins(stacks: Iterable[Table]) -> dict[str, Table]:
    """The `required_providers` of all stacks together."""
    return {
        name: pin
        for stack in stacks
        for name, pin in stack["terraform"]["required_providers"].items()
    }


def fixture(printed: Table, stacks: Collection[Table]) -> str:
    """The text of schema.json.

    Args:
        printed: the output of `terraform providers schema -json`.
        stacks: the Terraform JSON of the stacks. Types that they do not use are removed.
    """
    pinned = pins(stacks)
    schemas = printed["provider_schemas"]
    return text({name: _provider(pin, schemas, stacks) for name, pin in pinned.items()})


def _provider(pin: Table, schemas: Table, stacks: Iterable[Table]) -> Table:
    source = pin["source"] if "/" in pin["source"] else f"hashicorp/{pin['source']}"
    (printed,) = (schema for key, schema in schemas.items() if key.endswith(source))
    kept = {"source": source, "version": pin["version"], "provider": _plain(printed["provider"])}
    for section, key in (("resource", "resource_schemas"), ("data", "data_source_schemas")):
        used = {type_ for stack in stacks for type_ in stack.get(section, {})}
        kept[key] = {type_: _plain(printed[key][type_]) for type_ in sorted(used & {*printed[key]})}
    return kept


def _plain(value: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, dict):
        return {
            key: _plain(inner)
            for key, inner in value.items()
            # An attribute named `description` is a table; the description of a block is a string.
            if key not in _DROPPED or isinstance(inner, dict)
        }
    return value

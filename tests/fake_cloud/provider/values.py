"""Terraform's values as Python values, decoded from msgpack: dicts, and lists for lists and sets.

A path such as `spec.port.name` leads through every element of the lists along it.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

import msgpack
from tf.gen.tfplugin_pb2 import DynamicValue

Values = dict[str, Any]

UNKNOWN: Final = msgpack.ExtType(0, b"\x00")
"""A value that is known only after the apply."""


def decode(value: DynamicValue) -> Values | None:
    """Decode a value from Terraform; None means null."""
    decoded: Values | None = msgpack.unpackb(
        value.msgpack, ext_hook=lambda _code, _data: UNKNOWN, strict_map_key=False
    )
    return decoded


def encode(values: Values | None) -> DynamicValue:
    """Encode a value for Terraform."""
    return DynamicValue(msgpack=msgpack.packb(values))


def places(values: Values, path: str) -> Iterator[tuple[Values, str]]:
    """Every object that contains the last name of a path, with that name."""
    name, _, rest = path.partition(".")
    if not rest:
        yield values, name
        return
    inner = values.get(name)
    for element in inner if isinstance(inner, list) else [inner]:
        if isinstance(element, dict):
            yield from places(element, rest)


def found(values: Values, path: str) -> list[Any]:
    """All values at a path that are set and not empty; lists and sets yield their elements."""
    result: list[Any] = []
    for holder, name in places(values, path):
        value = holder.get(name)
        result += value if isinstance(value, list) else [value]
    return [element for element in result if element not in (None, "")]


def first(values: Values, path: str) -> Any:  # noqa: ANN401 - any type of the schema
    """The first value at a path, or None."""
    return next(iter(found(values, path)), None)


def shaped(value: Any, type_: Any) -> Any:  # noqa: ANN401 - any type of the schema
    """A value reduced to the members of a type of the schema."""
    match type_:
        case ["object", members]:
            return {name: shaped(value.get(name), inner) for name, inner in members.items()}
        case ["list" | "set", inner]:
            return [shaped(element, inner) for element in value or []]
    return value


def zero(type_: Any) -> Any:  # noqa: ANN401 - any type of the schema
    """The zero value of a type, which version 2 of the plugin SDK writes for an unset attribute."""
    match type_:
        case "string":
            return ""
        case "number":
            return 0
        case "bool":
            return False
        case ["map", _]:
            return {}
    return []


def relative(link: str) -> str:
    """A self link without its host, in the form of an `id`."""
    return re.sub(r"^https://[\w.]+/compute/v1/", "", link)

"""Values as Terraform sends them: objects as dicts, lists and sets as lists, by msgpack.

A path such as `spec.port.name` walks through every element of the lists on its endpoint.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

import msgpack
from tf.gen.tfplugin_pb2 import DynamicValue

Values = dict[str, Any]

UNKNOWN: Final = msgpack.ExtType(0, b"\x00")
"""A value that is known after apply."""


def decode(value: DynamicValue) -> Values | None:
    """Read what Terraform sent; None where there is no object."""
    decoded: Values | None = msgpack.unpackb(
        value.msgpack, ext_hook=lambda _code, _data: UNKNOWN, strict_map_key=False
    )
    return decoded


def encode(values: Values | None) -> DynamicValue:
    """Write what Terraform reads."""
    return DynamicValue(msgpack=msgpack.packb(values))


def places(values: Values, path: str) -> Iterator[tuple[Values, str]]:
    """Every object that holds the last name of a path, with that name."""
    name, _, rest = path.partition(".")
    if not rest:
        yield values, name
        return
    inner = values.get(name)
    for one in inner if isinstance(inner, list) else [inner]:
        if isinstance(one, dict):
            yield from places(one, rest)


def found(values: Values, path: str) -> list[Any]:
    """All values at a path that are set, and not empty; lists and sets give their elements."""
    result: list[Any] = []
    for holder, name in places(values, path):
        value = holder.get(name)
        result += value if isinstance(value, list) else [value]
    return [one for one in result if one not in (None, "")]


def first(values: Values, path: str) -> Any:  # noqa: ANN401 - whatever the schema says
    """The first value at a path; None where there is none."""
    return next(iter(found(values, path)), None)


def shaped(value: Any, type_: Any) -> Any:  # noqa: ANN401 - whatever the schema says
    """A value with just the members that a type of the schema has."""
    match type_:
        case ["object", members]:
            return {name: shaped(value.get(name), inner) for name, inner in members.items()}
        case ["list" | "set", inner]:
            return [shaped(one, inner) for one in value or []]
    return value


def zero(type_: Any) -> Any:  # noqa: ANN401 - whatever the schema says
    """What stands for nothing in a state that SDKv2 wrote."""
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
    """A self link without its host, as an `id` is."""
    return re.sub(r"^https://[\w.]+/compute/v1/", "", link)

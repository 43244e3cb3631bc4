"""Validates configurations and plans changes, as the real providers do.

Both real providers are built on version 2 of Terraform's plugin SDK (SDKv2); some rules here are
its rules. This module names no resource type: all differences come from the catalogue.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from ipaddress import IPv4Network
from typing import Any, NamedTuple

from tests.fake_cloud.google.computed_values import known
from tests.fake_cloud.provider.catalogue import Block, Kind, attributes, nested
from tests.fake_cloud.provider.values import UNKNOWN, Values, first, found, places, relative, zero


def complaints(kind: Kind, config: Values) -> list[str]:
    """The errors that the provider finds in a configuration, without a state."""
    return [*_invalid_values(kind, config), *_invalid_combinations(kind, config)]


def _invalid_values(kind: Kind, config: Values) -> list[str]:
    errors = []
    for path, allowed in kind.one_of.items():
        errors += [
            f"expected {path} to be one of {allowed}, got {value}"
            for value in _known(config, path)
            if value not in allowed
        ]
    for path, pattern in kind.pattern.items():
        errors += [
            f"{path} ({value!r}) does not match {pattern!r}"
            for value in _known(config, path)
            if not re.fullmatch(pattern, value)
        ]
    for path, (low, high) in kind.between.items():
        errors += [
            f"expected {path} to be in the range ({low} - {high}), got {value}"
            for value in _known(config, path)
            if not low <= value <= high
        ]
    return errors


def _invalid_combinations(kind: Kind, config: Values) -> list[str]:
    def number_set(names: list[str]) -> int:
        return sum(bool(found(config, name)) for name in names)

    not_one = [names for names in kind.exactly_one if number_set(names) != 1]
    conflicting = [names for names in kind.alone if number_set(names) > 1]
    return [
        *(f"exactly one of {', '.join(names)} must be specified" for names in not_one),
        *(" conflicts with ".join(names) for names in conflicting),
    ]


def _known(config: Values, path: str) -> list[Any]:
    return [value for value in found(config, path) if value != UNKNOWN]


def planned(kind: Kind, config: Values, prior: Values | None, provider: Values) -> Values:
    """The planned state; most computed values of a new resource are unknown.

    Args:
        kind: the resource type.
        config: the configuration of the resource.
        prior: the state before, or None if the resource is to be created.
        provider: the configuration of the provider, from which some arguments are inherited.
    """
    result = _block(kind, kind.block, "", config, _Prior(prior, exists=prior is not None))
    for name in kind.inherits:
        if config[name] is None:
            result[name] = provider.get(name)
    for path, value in kind.ignores.items():
        for holder, name in places(result, path):
            if holder[name] == value and first(prior or {}, path) is None:
                holder[name] = None
    if prior is not None:
        for name, sources in kind.follows.items():
            if any(found(prior, source) != found(result, source) for source in sources):
                result[name] = UNKNOWN
        for path in kind.links:
            _keep_links(path, prior, result)
    result = known(kind, result)
    return prior if prior is not None and _same(prior, result) else result


def _keep_links(path: str, prior: Values, result: Values) -> None:
    """Keep a set of links that differs only in form: self links and IDs are equal."""
    parent, _, attribute = path.rpartition(".")
    for (old, name), (new, _) in zip(places(prior, parent), places(result, parent), strict=False):
        before, after = (
            {*map(relative, found(values, f"{name}.{attribute}"))} for values in (old, new)
        )
        if before == after:
            new[name] = old[name]


def _same(before: Any, after: Any) -> bool:  # noqa: ANN401 - any type of the schema
    """Whether two states are equal, where null, false, 0 and empty values are equal."""
    if isinstance(before, dict) and isinstance(after, dict):
        return all(
            _same(before.get(name), after.get(name)) for name in before.keys() | after.keys()
        )
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        return all(map(_same, before, after))
    return bool(before == after) or (not before and not after)


class _Prior(NamedTuple):
    """The state of a block before the plan: its values, and whether the resource exists."""

    values: Values | None
    exists: bool

    def at(self, name: str) -> Any:  # noqa: ANN401 - any type of the schema
        return self.values[name] if self.values else None


def _block(kind: Kind, block: Block, prefix: str, config: Values, prior: _Prior) -> Values:
    result: Values = {}
    for name, attribute in attributes(block).items():
        given = config[name]
        if given is None or (given == {} and attribute["type"][0] == "map"):
            default = kind.default.get(prefix + name)
            result[name] = _left_out(attribute, prior, name) if default is None else default
            if result[name] is None and prefix and prior.values and not prior.at(name):
                result[name] = zero(attribute["type"])
        else:
            # If an element of a list, set or map is unknown, SDKv2 plans the whole as unknown.
            result[name] = UNKNOWN if _holds_unknown(given) else given
    for name, inner in nested(block).items():
        given = config[name]
        if inner["nesting_mode"] == "single" or given == UNKNOWN:
            result[name] = given
        elif not given and prefix + name in kind.computed:
            result[name] = prior.at(name) if prior.values else UNKNOWN
        elif not given and prefix + name in kind.keeps and prior.values:
            result[name] = prior.at(name)
        else:
            # An element of a set has no index by which to find it in the prior state. That is no
            # loss: no set in use contains a computed value.
            is_list = inner["nesting_mode"] == "list"
            before = (prior.at(name) or []) if is_list else []
            path = f"{prefix}{name}."
            result[name] = [
                _block(kind, inner["block"], path, element, _Prior(old, prior.exists))
                for element, old in zip(given, before + [None] * len(given), strict=False)
            ]
            if not is_list:
                for element in result[name]:
                    _zero_unset(inner["block"], element)
    return result


def _left_out(attribute: Values, prior: _Prior, name: str) -> Any:  # noqa: ANN401
    """The value that SDKv2 plans for an attribute that the configuration leaves out."""
    before = prior.at(name)
    if not attribute.get("computed"):
        # Null and the zero value of a type are equal.
        return None if before else before
    primitive = isinstance(attribute["type"], str)
    return UNKNOWN if before is None and not (prior.exists and primitive) else before


def _zero_unset(block: Block, element: Values) -> None:
    """Set the null attributes of a set element to zero values, as SDKv2 does to hash it."""
    for name, attribute in attributes(block).items():
        if element[name] is None:
            element[name] = zero(attribute["type"])


def _holds_unknown(value: Any) -> bool:  # noqa: ANN401 - any type of the schema
    if isinstance(value, dict):
        return any(map(_holds_unknown, value.values()))
    return any(map(_holds_unknown, value)) if isinstance(value, list) else bool(value == UNKNOWN)


Steps = tuple[str | int, ...]
"""The path of a value: names, and indexes of list elements."""


def replacing(kind: Kind, prior: Values, result: Values) -> list[Steps]:
    """The paths of changed values that force a replacement."""

    def changed(paths: Iterable[str], forces: Callable[[Any, Any], bool]) -> Iterator[Steps]:
        for path in paths:
            before, after = dict(_at(prior, path)), dict(_at(result, path))
            for steps in before.keys() | after.keys():
                if forces(before.get(steps), after.get(steps)):
                    yield steps

    replaced = {
        *changed(kind.new, lambda before, after: before != after),
        *changed(kind.shrinks, _smaller),
        *changed(kind.off, lambda before, after: before is True and not after),
    }
    return sorted(replaced, key=str)


def _at(values: Values, path: str) -> Iterator[tuple[Steps, Any]]:
    name, _, rest = path.partition(".")
    value = values.get(name)
    if not rest:
        yield (name,), value
    for index, element in enumerate(value if rest and isinstance(value, list) else []):
        for steps, inner in _at(element, rest):
            yield (name, index, *steps), inner


def _smaller(before: Any, after: Any) -> bool:  # noqa: ANN401 - a number or a range
    """Whether a number decreases, or a range loses addresses."""
    if UNKNOWN in (before, after) or None in (before, after):
        return False
    if isinstance(before, str):
        return not IPv4Network(before).subnet_of(IPv4Network(after))
    return bool(after < before)

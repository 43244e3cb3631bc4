"""What Terraform asks before an apply: is this configuration valid, and what would change?

No kind of resource is named here; all is read from the catalogue.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from ipaddress import IPv4Network
from typing import Any, NamedTuple

from tests.fake_cloud.google.computed_values import known
from tests.fake_cloud.provider.catalogue import Block, Kind, attributes, nested
from tests.fake_cloud.provider.values import UNKNOWN, Values, first, found, places, relative, zero


def complaints(kind: Kind, config: Values) -> list[str]:
    """What the provider refuses before it knows anything but the configuration."""
    return [*_wrong_values(kind, config), *_wrong_combinations(kind, config)]


def _wrong_values(kind: Kind, config: Values) -> list[str]:
    told = []
    for path, allowed in kind.one_of.items():
        told += [
            f"expected {path} to be one of {allowed}, got {value}"
            for value in _known(config, path)
            if value not in allowed
        ]
    for path, pattern in kind.pattern.items():
        told += [
            f"{path} ({value!r}) does not match {pattern!r}"
            for value in _known(config, path)
            if not re.fullmatch(pattern, value)
        ]
    for path, (low, high) in kind.between.items():
        told += [
            f"expected {path} to be in the range ({low} - {high}), got {value}"
            for value in _known(config, path)
            if not low <= value <= high
        ]
    return told


def _wrong_combinations(kind: Kind, config: Values) -> list[str]:
    def given(names: list[str]) -> int:
        return sum(bool(found(config, name)) for name in names)

    wrong = [names for names in kind.exactly_one if given(names) != 1]
    clashing = [names for names in kind.alone if given(names) > 1]
    return [
        *(f"exactly one of {', '.join(names)} must be specified" for names in wrong),
        *(" conflicts with ".join(names) for names in clashing),
    ]


def _known(config: Values, path: str) -> list[Any]:
    return [value for value in found(config, path) if value != UNKNOWN]


def planned(kind: Kind, config: Values, prior: Values | None, provider: Values) -> Values:
    """The state that an apply would lead to; most computed values are unknown at first.

    Args:
        kind: the resource type.
        config: what the configuration says.
        prior: the state before; None where the resource is to be created.
        provider: the provider's own configuration, which some arguments are inherited from.
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
    """A set of links is the same set, however the links are written."""
    holders, _, attribute = path.rpartition(".")
    for (old, name), (new, _) in zip(places(prior, holders), places(result, holders), strict=False):
        before, after = ({*map(relative, found(one, f"{name}.{attribute}"))} for one in (old, new))
        if before == after:
            new[name] = old[name]


def _same(before: Any, after: Any) -> bool:  # noqa: ANN401 - whatever the schema says
    """Whether two states differ at most in what stands for nothing."""
    if isinstance(before, dict) and isinstance(after, dict):
        return all(
            _same(before.get(name), after.get(name)) for name in before.keys() | after.keys()
        )
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        return all(map(_same, before, after))
    return bool(before == after) or (not before and not after)


class _Prior(NamedTuple):
    """A block before: its values, if it was there, and whether the resource exists."""

    values: Values | None
    exists: bool

    def at(self, name: str) -> Any:  # noqa: ANN401 - whatever the schema says
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
            # Where the schema has a list, set or map of values, SDKv2 plans all or nothing of it.
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
            # The elements of a set have no place by which to find them in the state before; none
            # of the sets in use holds a computed value that would have to be kept.
            is_list = inner["nesting_mode"] == "list"
            before = (prior.at(name) or []) if is_list else []
            path = f"{prefix}{name}."
            result[name] = [
                _block(kind, inner["block"], path, element, _Prior(there, prior.exists))
                for element, there in zip(given, before + [None] * len(given), strict=False)
            ]
            if not is_list:
                for element in result[name]:
                    _fill_up(inner["block"], element)
    return result


def _left_out(attribute: Values, prior: _Prior, name: str) -> Any:  # noqa: ANN401
    """What SDKv2 plans for an attribute that the configuration leaves out."""
    before = prior.at(name)
    if not attribute.get("computed"):
        # Nothing, and what stands for nothing in a state, are the same.
        return None if before else before
    primitive = isinstance(attribute["type"], str)
    return UNKNOWN if before is None and not (prior.exists and primitive) else before


def _fill_up(block: Block, element: Values) -> None:
    """An element of a set is hashed as a whole, so SDKv2 has nothing unset in it."""
    for name, attribute in attributes(block).items():
        if element[name] is None:
            element[name] = zero(attribute["type"])


def _holds_unknown(value: Any) -> bool:  # noqa: ANN401 - whatever the schema says
    if isinstance(value, dict):
        return any(map(_holds_unknown, value.values()))
    return any(map(_holds_unknown, value)) if isinstance(value, list) else bool(value == UNKNOWN)


Steps = tuple[str | int, ...]
"""Where a value is: names, and the places of elements in lists."""


def replacing(kind: Kind, prior: Values, result: Values) -> list[Steps]:
    """The arguments whose change cannot be made in place."""

    def changed(paths: Iterable[str], cannot: Callable[[Any, Any], bool]) -> Iterator[Steps]:
        for path in paths:
            before, after = dict(_at(prior, path)), dict(_at(result, path))
            for steps in before.keys() | after.keys():
                if cannot(before.get(steps), after.get(steps)):
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
    for place, element in enumerate(value if rest and isinstance(value, list) else []):
        for steps, inner in _at(element, rest):
            yield (name, place, *steps), inner


def _smaller(before: Any, after: Any) -> bool:  # noqa: ANN401 - a number or a range
    """Whether a number became smaller, or a range lost addresses."""
    if UNKNOWN in (before, after) or None in (before, after):
        return False
    if isinstance(before, str):
        return not IPv4Network(before).subnet_of(IPv4Network(after))
    return bool(after < before)

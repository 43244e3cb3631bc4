"""What Terraform asks before an apply: is this configuration valid, and what would change?

No kind of resource is named here; all is read from the catalogue.
"""

import re
from ipaddress import IPv4Network
from typing import Any

from tests.fake_cloud.provider.catalogue import Kind
from tests.fake_cloud.provider.schema import Block
from tests.fake_cloud.provider.values import UNKNOWN, Values, found, places


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
    """The state that an apply would lead to; computed values are unknown at first.

    Args:
        kind: the resource type.
        config: what the configuration says.
        prior: the state before; None where the resource is to be created.
        provider: the provider's own configuration, which some arguments are inherited from.
    """
    result = _block(kind, kind.block, "", config, prior)
    for name in kind.inherits:
        if config[name] is None:
            result[name] = provider.get(name)
    if prior is not None:
        for name, sources in kind.follows.items():
            if any(found(prior, source) != found(result, source) for source in sources):
                result[name] = UNKNOWN
    return result


def _block(kind: Kind, block: Block, prefix: str, config: Values, prior: Values | None) -> Values:
    result: Values = {}
    for name, attribute in block["attributes"].items():
        # Where the schema has a list, set or map of values, SDKv2 plans all or nothing of it.
        result[name] = UNKNOWN if _holds_unknown(config[name]) else config[name]
        if config[name] is None:
            computed = "computed" in attribute["flags"]
            before = _before(name, prior) if computed else None
            result[name] = kind.default.get(prefix + name, before)
    for name, nested in block["blocks"].items():
        given = config[name]
        if nested["nesting"] == "single" or given == UNKNOWN:
            result[name] = given
        elif not given and prefix + name in kind.computed:
            result[name] = _before(name, prior)
        else:
            # The elements of a set have no place by which to find them in the state before; none
            # of the sets in use holds a computed value that would have to be kept.
            is_list = prior is not None and nested["nesting"] == "list"
            known = prior[name] if prior and is_list else []
            result[name] = [
                _block(kind, nested["block"], f"{prefix}{name}.", one, before)
                for one, before in zip(given, known + [None] * len(given), strict=False)
            ]
    return result


def _holds_unknown(value: Any) -> bool:  # noqa: ANN401 - whatever the schema says
    if isinstance(value, dict):
        return any(map(_holds_unknown, value.values()))
    return any(map(_holds_unknown, value)) if isinstance(value, list) else bool(value == UNKNOWN)


def _before(name: str, prior: Values | None) -> Any:  # noqa: ANN401 - whatever the schema says
    return UNKNOWN if prior is None else prior[name]


def replacing(kind: Kind, prior: Values, result: Values) -> list[str]:
    """The arguments whose change cannot be made in place."""
    paths = [path for path in kind.new if _at(prior, path) != _at(result, path)]
    paths += [path for path in kind.shrinks if _smaller(_at(prior, path), _at(result, path))]
    paths += [
        path for path in kind.off if _at(prior, path) == [True] and not any(_at(result, path))
    ]
    return sorted({path.partition(".")[0] for path in paths})


def _at(values: Values, path: str) -> list[Any]:
    return [holder.get(name) for holder, name in places(values, path)]


def _smaller(before: list[Any], after: list[Any]) -> bool:
    """Whether a number became smaller, or a range lost addresses."""
    for old, new in zip(before, after, strict=True):
        if UNKNOWN in (old, new) or None in (old, new):
            continue
        if isinstance(old, str):
            if not IPv4Network(old).subnet_of(IPv4Network(new)):
                return True
        elif new < old:
            return True
    return False

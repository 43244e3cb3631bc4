"""Edits an app.yaml's text to add or remove the connector, with the smallest possible change.

The positions come from ruamel.yaml. The text between them does not change, so comments, order,
quotes and indentation stay the same, byte for byte.
"""

import re
from collections.abc import Iterator, Mapping

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, ScalarNode

from operations.app_yaml.values import SECTION

Node = MappingNode | ScalarNode


def changed(text: str, wanted: Mapping[str, str]) -> str:
    """Add the section or its missing keys, and change values that differ.

    With an unusual layout (a root in one line, an alias), the result may be wrong: load and
    check it.

    Args:
        text: YAML whose root is a mapping.
        wanted: keys and values of the section.
    """
    root: MappingNode = YAML(typ="safe", pure=True).compose(text)
    newline = "\r\n" if "\r\n" in text else "\n"
    for key, value in root.value:
        if key.value == SECTION:
            if isinstance(value, MappingNode) and value.value:
                return _amended(text, value, wanted, newline)
            return _filled(text, key, value, wanted)
    return _appended(text, root, wanted, newline)


def removed(text: str) -> str:
    """Remove the section but no comments, not even those inside it.

    For a section in braces, its key stays, without a value. With an unusual layout, the result may
    be wrong: load and check it.

    Args:
        text: YAML whose root is a mapping.
    """
    root: MappingNode = YAML(typ="safe", pure=True).compose(text)
    for key, section in root.value:
        if key.value == SECTION:
            if isinstance(section, MappingNode) and not section.flow_style:
                return _without_block(text, key, section)
            place = text.index(":", key.end_mark.index) + 1
            return text[:place] + text[max(place, section.end_mark.index) :]
    return text


def _without_block(text: str, key: Node, section: MappingNode) -> str:
    result = text
    # Edit from the end, so that earlier positions stay valid.
    for start, end in reversed(list(_block_parts(text, key, section))):
        result = _without(result, start, end)
    if text.endswith("\n"):
        return result
    return result.removesuffix("\n").removesuffix("\r")


def _block_parts(text: str, key: Node, section: MappingNode) -> Iterator[tuple[int, int]]:
    """Start and end of each part of a section: its key with the colon, then each pair."""
    yield key.start_mark.index, text.index(":", key.end_mark.index) + 1
    for inner_key, value in section.value:
        yield inner_key.start_mark.index, value.end_mark.index


def _without(text: str, start: int, end: int) -> str:
    """Remove a part of the text, and its line if the line has no other text."""
    line_start = text.rfind("\n", 0, start) + 1
    rest = re.compile(r"[ \t]*(\r?\n|\Z)").match(text, end)
    if rest and not text[line_start:start].strip():
        return text[:line_start] + text[rest.end() :]
    return text[:start] + text[end:].lstrip(" \t")


def _appended(text: str, root: MappingNode, wanted: Mapping[str, str], newline: str) -> str:
    margin, place = " " * root.start_mark.column, root.end_mark.index
    lines = [f"{SECTION}:", *(f"  {key}: {value}" for key, value in wanted.items())]
    added = "".join(f"{margin}{line}{newline}" for line in lines)
    if not text[:place].endswith("\n"):
        # A file that ends without a newline still does, so `removed` can restore it.
        added = newline + added.removesuffix(newline)
    return text[:place] + added + text[place:]


def _filled(text: str, key: Node, empty: Node, wanted: Mapping[str, str]) -> str:
    pairs = ", ".join(f"{name}: {value}" for name, value in wanted.items())
    if empty.start_mark.index < empty.end_mark.index:
        return _put(text, empty, f"{{{pairs}}}")
    # ruamel.yaml puts a missing value after the comment, so use the position of the colon.
    place = text.index(":", key.end_mark.index) + 1
    return f"{text[:place]} {{{pairs}}}{text[place:]}"


def _amended(text: str, section: MappingNode, wanted: Mapping[str, str], newline: str) -> str:
    between = ", " if section.flow_style else newline + " " * section.start_mark.column
    existing = {
        key.value: value
        for key, value in section.value
        if isinstance(key, ScalarNode) and key.value in wanted
    }
    # Edit from the end, so that earlier positions stay valid.
    for key, value in reversed(existing.items()):
        text = _put(text, value, wanted[key])
    place = section.value[0][0].start_mark.index
    added = "".join(f"{key}: {wanted[key]}{between}" for key in wanted if key not in existing)
    return text[:place] + added + text[place:]


def _put(text: str, node: Node, value: str) -> str:
    return text[: node.start_mark.index] + value + text[node.end_mark.index :]

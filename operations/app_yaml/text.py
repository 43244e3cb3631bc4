"""The smallest change of an app.yaml's text that makes it name a connector, or none.

The places come from ruamel.yaml; the text between them is left as it is, so comments, order,
quotes and indentation stay, byte for byte.
"""

import re
from collections.abc import Iterator, Mapping

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, ScalarNode

from operations.app_yaml.values import SECTION

Node = MappingNode | ScalarNode


def changed(text: str, wanted: Mapping[str, str]) -> str:
    """Add the section, or what it lacks, and change what it says otherwise.

    The result may say something else where the text is odd (a root in one line, an alias): read it.

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
    """Take the section out; comments stay, also those inside it.

    A section in braces leaves its key, with no value. The result may say something else where the
    text is odd: read it.

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
    # From the back, so that the places before stay right.
    for start, end in reversed(list(_block_parts(text, key, section))):
        result = _without(result, start, end)
    if text.endswith("\n"):
        return result
    return result.removesuffix("\n").removesuffix("\r")


def _block_parts(text: str, key: Node, section: MappingNode) -> Iterator[tuple[int, int]]:
    """Start and end of all that a section says: its key with the colon, then each pair."""
    yield key.start_mark.index, text.index(":", key.end_mark.index) + 1
    for inner_key, value in section.value:
        yield inner_key.start_mark.index, value.end_mark.index


def _without(text: str, start: int, end: int) -> str:
    """Take a part out, and its line with it where nothing else is in that line."""
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


def _filled(text: str, key: Node, nothing: Node, wanted: Mapping[str, str]) -> str:
    pairs = ", ".join(f"{one}: {value}" for one, value in wanted.items())
    if nothing.start_mark.index < nothing.end_mark.index:
        return _put(text, nothing, f"{{{pairs}}}")
    # What is left out has its place after a comment, if there is one.
    place = text.index(":", key.end_mark.index) + 1
    return f"{text[:place]} {{{pairs}}}{text[place:]}"


def _amended(text: str, section: MappingNode, wanted: Mapping[str, str], newline: str) -> str:
    between = ", " if section.flow_style else newline + " " * section.start_mark.column
    there = {
        key.value: value
        for key, value in section.value
        if isinstance(key, ScalarNode) and key.value in wanted
    }
    # From the back, so that the places before stay right.
    for key, value in reversed(there.items()):
        text = _put(text, value, wanted[key])
    place = section.value[0][0].start_mark.index
    added = "".join(f"{key}: {wanted[key]}{between}" for key in wanted if key not in there)
    return text[:place] + added + text[place:]


def _put(text: str, node: Node, value: str) -> str:
    return text[: node.start_mark.index] + value + text[node.end_mark.index :]

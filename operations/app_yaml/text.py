"""Edits an app.yaml's text to add or remove the connector, with the smallest possible change.

An edit inserts text, or deletes text of the section; comments, order, quotes, and indentation of
everything else stay the same, byte for byte. Each result is parsed again and compared with the
original. If none is right, the text has a layout that cannot be changed.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Final

from ruamel.yaml.events import ScalarEvent

from operations.app_yaml.document import (
    LINE_BREAK,
    BadYamlError,
    Content,
    Document,
    Node,
    Pair,
    content,
    parse,
)
from operations.app_yaml.values import SECTION

_COLON: Final = re.compile("[ \t]*:")
_COMMA: Final = re.compile("[ \t]*, ?")
_COMMA_BEFORE: Final = re.compile(r",[ \t]*\Z")
_FINAL_BREAK: Final = re.compile(f"(?:{LINE_BREAK.pattern})\\Z")
_LINE_END: Final = re.compile(f"[ \t]*(?:{LINE_BREAK.pattern}|\\Z)")
_MARGIN: Final = re.compile(" *")

_Entries = Mapping[tuple[Content, ...], tuple[Content, ...]]


class LayoutError(Exception):
    """The section has a layout that cannot be changed safely; the message names the line."""


def changed(document: Document, wanted: Mapping[str, str]) -> str:
    """Add the section or its missing keys, and change values that differ.

    Args:
        document: the app.yaml.
        wanted: keys and values of the section; plain scalars.

    Raises:
        LayoutError: the layout is not supported.
    """
    section = document.section
    if section is None:
        texts = _added(document, wanted)
    elif section.value.pairs:
        texts = _amended(document, section, wanted)
    else:
        texts = _filled(document, section, wanted)
    return _verified(document, texts, _expected(document, wanted))


def removed(document: Document) -> str:
    """Remove the section but no comments, not even those inside it.

    Raises:
        LayoutError: the layout is not supported.
    """
    section = document.section
    if section is None:
        return document.text
    remove = _without_pair if document.root.is_flow else _without_lines
    return _verified(document, remove(document, section), None)


def _verified(document: Document, texts: Iterable[str], entries: _Entries | None) -> str:
    """The first text that has these entries in its section, and otherwise the same content."""
    for text in texts:
        with suppress(BadYamlError):
            result = parse(text)
            if (
                result.entries == entries
                and result.rest == document.rest
                and _comments(result) == _comments(document)
            ):
                return text
    section = document.section
    raise _layout(section.key if section else document.root)


def _layout(node: Node) -> LayoutError:
    return LayoutError(
        f"line {node.line}: `{node.text or SECTION}` has a layout that cannot be changed safely"
    )


def _comments(document: Document) -> list[str]:
    return [comment[0] for comment in document.comments]


def _expected(document: Document, wanted: Mapping[str, str]) -> _Entries:
    entries = dict(document.entries or {})
    for key, value in _differing(document.section, wanted).items():
        pair = document.section and document.section.value.get(key)
        entries[pair.key.contents if pair else _plain(key)] = _plain(value)
    return entries


def _plain(value: str) -> tuple[Content, ...]:
    """The contents of a plain scalar."""
    return (content(ScalarEvent(None, None, (True, False), value)),)


def _differing(section: Pair | None, wanted: Mapping[str, str]) -> dict[str, str]:
    """The wanted values that the section does not have yet."""
    pairs = {key: section.value.get(key) if section else None for key in wanted}
    return {
        key: wanted[key]
        for key, pair in pairs.items()
        if pair is None or pair.value.text != wanted[key]
    }


def _added(document: Document, wanted: Mapping[str, str]) -> Iterator[str]:
    text, root = document.text, document.root
    if root.is_flow:
        yield _inserted_in_braces(text, root, f"{SECTION}: {_braces(wanted)}")
        return
    first = _line_start(text, root.pairs[0].key.start)
    margin = _MARGIN.match(text, first)
    lines = [f"{SECTION}:", *(f"  {key}: {value}" for key, value in wanted.items())]
    indented = [f"{margin[0] if margin else ''}{line}" for line in lines]
    newline = _newline(text, root.end)
    added = newline.join(indented)
    if _line_start(text, root.end) == root.end:
        yield _spliced(text, root.end, root.end, added + newline)
    else:
        # A file that ends without a newline still does, so that `removed` can restore it.
        yield _spliced(text, root.end, root.end, newline + added)
    # The end of a block scalar may have a meaning, so try before the first key.
    newline = _newline(text, first)
    yield _spliced(text, first, first, newline.join([*indented, ""]))


def _filled(document: Document, section: Pair, wanted: Mapping[str, str]) -> Iterator[str]:
    if section.value.is_mapping:
        pairs = ", ".join(f"{key}: {value}" for key, value in wanted.items())
        place = section.value.events[0].end_mark.index
        yield _spliced(document.text, place, place, pairs)
    elif section.value.scalar:
        yield _put(document.text, section, _braces(wanted))


def _amended(document: Document, section: Pair, wanted: Mapping[str, str]) -> Iterator[str]:
    text, differing = document.text, _differing(section, wanted)
    existing = {key: pair for key in differing if (pair := section.value.get(key))}
    # Edit from the end, so that earlier positions stay valid.
    for key, pair in sorted(existing.items(), key=lambda item: -item[1].value.start):
        if not pair.value.scalar:
            raise _layout(pair.key)
        text = _put(text, pair, differing[key])
    for key in reversed([key for key in differing if key not in existing]):
        text = _with_entry(text, section.value, f"{key}: {differing[key]}")
    yield text


def _with_entry(text: str, section: Node, entry: str) -> str:
    if section.is_flow:
        return _inserted_in_braces(text, section, entry)
    first = section.pairs[0].key.events[0].start_mark
    between = _newline(text, first.index) + " " * first.column
    return _spliced(text, first.index, first.index, entry + between)


def _inserted_in_braces(text: str, mapping: Node, pair: str) -> str:
    """Insert a first pair in such a form that `_without_pair` restores the text."""
    place = mapping.events[0].end_mark.index
    space = "" if LINE_BREAK.match(text, place) else " "
    return _spliced(text, place, place, f"{pair},{space}")


def _braces(wanted: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{key}: {value}" for key, value in wanted.items()) + "}"


def _put(text: str, pair: Pair, value: str) -> str:
    """Replace a scalar."""
    start, end = pair.value.start, pair.value.end
    if start < end:
        # The line breaks after a block scalar are part of it.
        return _spliced(text, start, start + len(text[start:end].rstrip()), value)
    # The position of an omitted value is after the comment, so use that of the colon.
    colon = _COLON.match(text, pair.key.end)
    if not colon:
        raise _layout(pair.key)
    return _spliced(text, colon.end(), colon.end(), f" {value}")


def _without_lines(document: Document, section: Pair) -> Iterator[str]:
    """Remove the lines of a section, except for comments and empty lines."""
    text, start = document.text, _line_start(document.text, section.key.start)
    end = _line_start(text, section.value.end)
    if text[end : section.value.end].strip():
        end = _next_line(text, section.value.end)
    kept, place = [], start
    while place < end:
        following = _next_line(text, place)
        kept.append(_foreign(document, place, following))
        place = following
    result = text[:start] + "".join(kept) + text[end:]
    if not LINE_BREAK.fullmatch(text[-1:]):
        # The file ends without a newline, so it still does.
        yield _FINAL_BREAK.sub("", result)
    yield result


def _foreign(document: Document, start: int, end: int) -> str:
    """What of a line of the section belongs to somebody else: its comment, or the line if empty."""
    line = document.text[start:end]
    comment = next((found for found in document.comments if start <= found.start() < end), None)
    own = document.text[start : comment.start() if comment else end]
    if not own.strip():
        return line
    if not comment:
        return ""
    return own[: len(own) - len(own.lstrip())] + document.text[comment.start() : end]


def _without_pair(document: Document, section: Pair) -> Iterator[str]:
    """Remove a section in braces, with the comma after it or before it."""
    text, start, end = document.text, section.key.start, section.value.end
    if comma := _COMMA.match(text, end):
        end = comma.end()
    elif before := _COMMA_BEFORE.search(text[:start]):
        start = before.start()
    line = _line_start(text, start)
    rest = _LINE_END.match(text, end)
    if rest and not text[line:start].strip():
        start, end = line, rest.end()
    yield text[:start] + text[end:]


def _line_start(text: str, place: int) -> int:
    """The start of a line, after the byte order mark."""
    start = max((found.end() for found in LINE_BREAK.finditer(text, 0, place)), default=0)
    return start + (start == 0 and text.startswith("\ufeff"))


def _next_line(text: str, place: int) -> int:
    found = LINE_BREAK.search(text, place)
    return found.end() if found else len(text)


def _newline(text: str, place: int) -> str:
    """The line break that the lines before a place use, or else those after it."""
    before = [found[0] for found in LINE_BREAK.finditer(text, 0, place)]
    after = LINE_BREAK.search(text, place)
    return before[-1] if before else after[0] if after else "\n"


def _spliced(text: str, start: int, end: int, new: str) -> str:
    return text[:start] + new + text[end:]

"""Parses an app.yaml into the events that gcloud reads, with their positions.

gcloud builds the app from the events of YAML 1.1, and supports neither anchors nor aliases, merge
keys, repeated keys, or several documents
(https://github.com/GoogleCloudPlatform/appengine-python-standard/tree/main/src/google/appengine/api,
yaml_listener.py, yaml_builder.py, and yaml_object.py; `lib/googlecloudsdk/appengine/api` in the
Cloud SDK).
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, pairwise
from typing import Final

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
)

from operations.app_yaml.values import SECTION

LINE_BREAK: Final = re.compile("\r\n|[\r\n\x85\u2028\u2029]")
"""The line breaks of YAML 1.1 (https://yaml.org/spec/1.1/current.html, 4.1.4)."""

_DEPTH: Final = 100
"""Deeper than any app.yaml; the time that ruamel.yaml takes is quadratic in the depth."""

_COMMENT: Final = re.compile("#[^\r\n\x85\u2028\u2029]*")
_NULL: Final = ("", "~", "null", "Null", "NULL")
_ATTRIBUTES: Final = ("anchor", "tag", "value", "implicit", "explicit", "version", "tags")

Content = tuple[object, ...]
"""An event without its position and layout: its type, value, tag, and so on."""


class BadYamlError(Exception):
    """The text is not an app.yaml that gcloud can read; the message names the line and the rule."""


@dataclass(frozen=True, kw_only=True)
class Node:
    """A scalar, a sequence, or a mapping.

    Attributes:
        events: its events, from the first to the last.
    """

    events: Sequence[Event]

    @property
    def start(self) -> int:
        """The index of its first character, which may be that of its tag."""
        return int(self.events[0].start_mark.index)

    @property
    def end(self) -> int:
        """The index after it; for what has no end of its own in the text, that of the next node."""
        return int(self.events[-1].end_mark.index)

    @property
    def line(self) -> int:
        """The number of its line; the first is 1."""
        return int(self.events[0].start_mark.line) + 1

    @property
    def scalar(self) -> ScalarEvent | None:
        """Its event, if it is a scalar."""
        event = self.events[0]
        return event if isinstance(event, ScalarEvent) else None

    @property
    def is_null(self) -> bool:
        """Whether it is a null value, written or omitted."""
        scalar = self.scalar
        if scalar is None or scalar.tag is not None:
            return False
        return bool(scalar.implicit[0]) and scalar.value in _NULL

    @property
    def text(self) -> str | None:
        """The value of a scalar without quotes and escapes; None for other nodes and for null."""
        scalar = self.scalar
        if scalar is None or self.is_null or scalar.tag not in {None, "tag:yaml.org,2002:str"}:
            return None
        return str(scalar.value)

    @property
    def is_mapping(self) -> bool:
        """Whether it is a mapping."""
        return isinstance(self.events[0], MappingStartEvent)

    @property
    def is_flow(self) -> bool:
        """Whether it is a collection in braces or brackets."""
        return bool(getattr(self.events[0], "flow_style", False))

    @property
    def contents(self) -> tuple[Content, ...]:
        """Its events without their positions."""
        return tuple(map(content, self.events))

    @cached_property
    def pairs(self) -> Sequence["Pair"]:
        """The keys and values of a mapping; empty for other nodes."""
        if not self.is_mapping:
            return ()
        nodes, depth, first = [], 0, 1
        for place, event in enumerate(self.events[1:-1], start=1):
            depth += isinstance(event, CollectionStartEvent)
            depth -= isinstance(event, CollectionEndEvent)
            if depth == 0:
                nodes.append(Node(events=self.events[first : place + 1]))
                first = place + 1
        return [
            Pair(key=key, value=value) for key, value in zip(nodes[::2], nodes[1::2], strict=True)
        ]

    def get(self, key: str) -> "Pair | None":
        """The pair of a mapping with this key."""
        return next((pair for pair in self.pairs if pair.key.text == key), None)


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A key of a mapping, and its value."""

    key: Node
    value: Node


@dataclass(frozen=True, kw_only=True)
class Document:
    """The text of an app.yaml, and its only document.

    Attributes:
        text: the text.
        events: all events, from the start of the stream to its end.
        root: the mapping that it consists of.
    """

    text: str
    events: Sequence[Event]
    root: Node

    @property
    def section(self) -> Pair | None:
        """The pair of the connector."""
        return self.root.get(SECTION)

    @property
    def entries(self) -> Mapping[tuple[Content, ...], tuple[Content, ...]] | None:
        """What the section contains; None without a section."""
        if self.section is None:
            return None
        return {pair.key.contents: pair.value.contents for pair in self.section.value.pairs}

    @property
    def rest(self) -> tuple[Content, ...]:
        """All events outside the section, without their positions."""
        own = {id(event) for event in _events_of(self.section)}
        return tuple(content(event) for event in self.events if id(event) not in own)

    @cached_property
    def comments(self) -> Sequence[re.Match[str]]:
        """All comments: `#` up to the end of the line, outside scalars."""
        scalars = [event for event in self.events if isinstance(event, ScalarEvent)]
        spans = [(0, 0), *(self._body(scalar) for scalar in scalars), (len(self.text),) * 2]
        return [
            comment
            for (_, start), (end, _) in pairwise(spans)
            for comment in _COMMENT.finditer(self.text, start, end)
        ]

    def _body(self, scalar: ScalarEvent) -> tuple[int, int]:
        """The part of the text in which `#` belongs to a scalar."""
        start, end = scalar.start_mark.index, scalar.end_mark.index
        if scalar.style in {"|", ">"} and (header := LINE_BREAK.search(self.text, start, end)):
            return header.end(), end
        # An omitted value is where the next node begins, but not longer than that.
        return start, end


def parse(text: str) -> Document:
    """Parse an app.yaml.

    Raises:
        BadYamlError: it is not YAML, or gcloud does not support it.
    """
    parser = YAML(typ="safe", pure=True)
    parser.version = (1, 1)
    try:
        events = list(_supported(parser.parse(text)))
    except MarkedYAMLError as error:
        place = f"line {error.problem_mark.line + 1}: " if error.problem_mark else ""
        raise BadYamlError(f"{place}not YAML: {error.problem}") from error
    except YAMLError as error:
        raise BadYamlError(f"not YAML: {str(error).splitlines()[0]}") from error
    documents = [event for event in events if isinstance(event, DocumentStartEvent)]
    if len(documents) > 1:
        line = documents[1].start_mark.line + 1
        raise BadYamlError(f"line {line}: a second document: gcloud rejects it")
    # Around the root are the start and end of the stream and of the document.
    root = Node(events=events[2:-2])
    if not (documents and root.is_mapping):
        raise BadYamlError("must be a mapping with keys such as `runtime`")
    return Document(text=text, events=events, root=root)


def content(event: Event) -> Content:
    """An event without its position and layout."""
    return type(event).__name__, *(str(getattr(event, name, None)) for name in _ATTRIBUTES)


def _events_of(pair: Pair | None) -> Iterator[Event]:
    return chain(pair.key.events, pair.value.events) if pair else iter(())


@dataclass
class _Open:
    """A collection whose end is not reached yet."""

    is_mapping: bool
    children: int = 0
    keys: set[str] = field(default_factory=set)


def _supported(events: Iterable[Event]) -> Iterator[Event]:
    """The events, up to one that is not supported."""
    stack = [_Open(is_mapping=False)]
    for event in events:
        yield event
        if isinstance(event, CollectionEndEvent):
            stack.pop()
        if not isinstance(event, NodeEvent):
            continue
        line, parent = event.start_mark.line + 1, stack[-1]
        if event.anchor is not None:
            raise BadYamlError(
                f"line {line}: gcloud supports no anchors and aliases: repeat the value"
            )
        if parent.is_mapping and parent.children % 2 == 0 and isinstance(event, ScalarEvent):
            if event.value == "<<":
                raise BadYamlError(
                    f"line {line}: gcloud supports no merge keys (`<<`): repeat the keys"
                )
            if event.value in parent.keys:
                raise BadYamlError(f"line {line}: `{event.value}` is there twice: remove one")
            parent.keys.add(event.value)
        parent.children += 1
        if isinstance(event, CollectionStartEvent):
            stack.append(_Open(is_mapping=isinstance(event, MappingStartEvent)))
            if len(stack) > _DEPTH:
                raise BadYamlError(f"line {line}: nested more than {_DEPTH} levels deep")

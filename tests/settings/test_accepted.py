"""Whatever the settings accept, cdktf synthesizes."""

import json
from collections.abc import Mapping
from ipaddress import IPv4Network
from typing import Final, get_origin

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from settings.environment import Settings
from stacks.app import synthesize
from tests.line import BACKENDS, STACKS, Line, Table, changed, errors_in
from tests.settings.places import FIELDS, KEYS
from tests.support import DEV_TABLE, existing

JAVASCRIPT: Final = ["constructor", "toString", "__proto__", "then", "toJSON", "valueOf", "length"]
texts = (
    st.sampled_from([*JAVASCRIPT, "backend", "google", "kubernetes", "$", "%"])
    | st.from_regex(r"[a-z0-9][-_./a-z0-9]{0,20}", fullmatch=True)
    | st.text(max_size=4)
)
PLACES: Final = [
    place for place, field in FIELDS.items() if field.annotation not in {bool, int, IPv4Network}
]


def values(place: str) -> st.SearchStrategy[object]:
    """Candidates for a setting that takes text, a list of text, or a table of text."""
    kind = get_origin(FIELDS[place].annotation)
    if kind is Mapping:
        return st.dictionaries(texts, texts, min_size=1, max_size=3)
    return st.lists(texts, min_size=1, max_size=2) if kind is tuple else texts


@st.composite
def accepted(draw: st.DrawFn) -> Table:
    """Settings, some of them replaced by arbitrary text that is accepted."""
    parts = draw(st.sampled_from([None, [], ["connector", "cluster", "dns"]]))
    exists = {} if parts is None else existing(*parts)
    state = draw(st.sampled_from(list(BACKENDS.values())))
    table = changed(DEV_TABLE, {**exists, "state": state})
    for place in draw(st.lists(st.sampled_from(PLACES), min_size=5, max_size=10)):
        other = changed(table, {KEYS[place]: draw(values(place))})
        if errors_in(other) == []:
            table = other
    return table


@pytest.mark.slow
@given(accepted())
@settings(max_examples=8, suppress_health_check=[HealthCheck.too_slow])
def test_accepted_settings_synthesize(
    tmp_path_factory: pytest.TempPathFactory, table: Table
) -> None:
    outdir = tmp_path_factory.mktemp("cdktf.out")
    synthesize([Settings.of(table, "dev")], outdir=outdir)
    stacks = Line(outdir).stacks
    assert stacks.keys() == set(STACKS)
    assert "TfToken" not in json.dumps(stacks)

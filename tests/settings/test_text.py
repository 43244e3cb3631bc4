"""One rule for every string, wherever a settings file has one; and reports show none as it is."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from settings.errors import InvalidSettingsError, SettingError
from tests.line import Table, changed, errors_in
from tests.settings.places import FIELDS, SELECTORS, errors_at, file_with
from tests.support import DEV_TABLE

hidden = st.characters(categories=["Cc", "Cf", "Co", "Cn", "Zl", "Zp"]) | st.sampled_from(
    ["\n", "\r", "\x00", "\x1b", "\x7f", "\x85", "\u00a0", "\u200b", "\u2028", "\u202e", "\u2066"]
)
evaluated = st.sampled_from(["${", "%{", "#{", "&{", "${TfToken[TOKEN.0]}", "#{TfToken[TOKEN.0]}"])
texts = st.builds(
    "{}{}{}".format, st.sampled_from(["", "x", "a-b"]), hidden | evaluated, st.just("x")
)

SHAPES: Final[list[Callable[[str], object]]] = [
    lambda text: text,
    lambda text: [text],
    lambda text: {"x": text},
    lambda text: {text: "x"},
]


def report_of(*errors: SettingError) -> str:
    return str(InvalidSettingsError({Path("environments/dev.toml"): errors}))


@given(
    place=st.sampled_from([place for place in FIELDS if place not in SELECTORS]),
    shape=st.sampled_from(SHAPES),
    text=texts,
)
@settings(max_examples=150)
def test_no_setting_accepts_text_that_is_hidden_or_evaluated(
    place: str, shape: Callable[[str], object], text: str
) -> None:
    (error,) = errors_at(place, shape(text))
    assert "printable characters" in error.rule or "Terraform or cdktf evaluates" in error.rule


@given(st.sampled_from(list(FIELDS)), st.sampled_from(SHAPES), texts)
@settings(max_examples=60)
def test_a_report_shows_no_character_that_breaks_a_line_or_hides_text(
    place: str, shape: Callable[[str], object], text: str
) -> None:
    tables: list[Table] = [
        file_with(place, shape(text)),
        changed(DEV_TABLE, {"network": {text: 1}}),
        {**DEV_TABLE, text: text},
    ]
    for table in tables:
        errors = errors_in(table)
        report = report_of(*errors)
        assert all(line.isprintable() for line in report.split("\n"))
        assert report.count("\n") == 4 * len(errors)


def test_the_name_of_a_file_and_its_rule_and_hint_are_escaped_too() -> None:
    error = SettingError(rule="must not be \x1b", hint="remove \u2028")
    report = str(InvalidSettingsError({Path("d\nev\u202e\U000e0001.toml"): [error]}))
    assert r"d\u000Aev\u202E\U000E0001.toml" in report
    assert r"rule: must not be \u001B" in report
    assert r"hint: remove \u2028" in report


def test_a_key_that_is_not_a_bare_key_is_quoted() -> None:
    (error,) = errors_in(changed(DEV_TABLE, {"labels": {"a b": "x"}}))
    assert 'labels = { "a b" = "x" }' in report_of(error)
    (unknown,) = errors_in({**DEV_TABLE, "a.b": 1})
    assert unknown.key == '"a.b"'


EXAMPLES: Final = [
    (place, example)
    for place, field in FIELDS.items()
    for example in [*(field.examples or ()), field.default]
    if isinstance(example, str)
]


@pytest.mark.parametrize(("place", "example"), EXAMPLES)
def test_letters_and_digits_are_those_of_ascii(place: str, example: str) -> None:
    for position, character in enumerate(example):
        for other in "\u0661\uff11" if character.isdigit() else "\u00e9":
            assert errors_in(file_with(place, example[:position] + other + example[position + 1 :]))

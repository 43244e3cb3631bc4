"""Whatever is in `environments/`, loading it ends, and reports what it cannot use."""

import os
import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from settings.errors import InvalidSettingsError
from settings.load import load
from tests.project import toml
from tests.settings.places import FIELDS, file_with
from tests.support import DEV

_SECONDS: Final = 5
"""The most that any file takes, on a busy machine."""


def report_of(folder: Path) -> str:
    def too_late(*_: object) -> None:
        raise TimeoutError

    previous = signal.signal(signal.SIGALRM, too_late)
    signal.alarm(_SECONDS)
    try:
        with pytest.raises(InvalidSettingsError) as caught:
            load(folder)
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, previous)
    return str(caught.value)


def written(folder: Path, content: bytes | str) -> Path:
    data = content.encode() if isinstance(content, str) else content
    (folder / "dev.toml").write_bytes(data)
    return folder


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (os.mkfifo, "Is not a regular file"),
        (lambda path: path.symlink_to("/dev/zero"), "Is not a regular file"),
        (lambda path: path.symlink_to("/dev/null"), "Is not a regular file"),
        (lambda path: path.mkdir(), "Is a directory"),
        (lambda path: path.symlink_to(path.name), "Too many levels of symbolic links"),
        (lambda path: path.symlink_to("nowhere"), "No such file or directory"),
    ],
    ids=["pipe", "endless device", "empty device", "folder", "link to itself", "dangling link"],
)
def test_what_is_not_a_file_is_an_error(
    tmp_path: Path, make: Callable[[Path], object], reason: str
) -> None:
    make(tmp_path / "dev.toml")
    assert f"dev.toml\n    rule: cannot be read: {reason}" in report_of(tmp_path)


def test_a_link_to_a_file_is_that_file(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text(DEV, encoding="utf-8")
    (tmp_path / "dev.toml").symlink_to("elsewhere")
    assert len(load(tmp_path)) == 1


def test_a_folder_that_cannot_be_listed_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "loop").symlink_to("loop")
    for name in ("file", "loop", "missing"):
        assert f"{tmp_path / name}\n    rule: cannot be read: " in report_of(tmp_path / name)


@pytest.mark.parametrize(
    "name", [".#dev.toml", "._dev.toml", "dev.toml~", "#dev.toml#", ".dev.toml.swp", ".toml"]
)
def test_what_an_editor_leaves_behind_is_passed_over(tmp_path: Path, name: str) -> None:
    written(tmp_path, DEV)
    if name.startswith(".#"):
        (tmp_path / name).symlink_to("user@host.123:456")
    else:
        (tmp_path / name).write_bytes(b"\x00\x05\x16\x07")
    assert [loaded.environment for loaded in load(tmp_path)] == ["dev"]


@pytest.mark.parametrize("name", ["prod.TOML", "prod.Toml"])
def test_another_case_of_the_suffix_is_an_error_and_not_passed_over(
    tmp_path: Path, name: str
) -> None:
    written(tmp_path, DEV)
    (tmp_path / name).write_text(DEV.replace("my-project-id", "my-other-project"), encoding="utf-8")
    report = report_of(tmp_path)
    assert f"{name}: " in report
    assert "hint: rename it to prod.toml" in report


@pytest.mark.parametrize("length", [63, 64])
def test_the_name_of_an_environment_has_at_most_63_characters(tmp_path: Path, length: int) -> None:
    (tmp_path / f"{'d' * length}.toml").write_text(DEV, encoding="utf-8")
    if length <= 63:
        assert len(load(tmp_path)) == 1
    else:
        assert "at most 63 characters" in report_of(tmp_path)


DEEP: Final = {
    "lists": "x = " + "[" * 900 + "]" * 900,
    "open lists": "x = " + "\n".join(["[" * 1000] * 200),
    "inline tables": "x = " + "{a=" * 300 + "1" + "}" * 300,
    "dotted key": ".".join(["a"] * 900) + " = 1",
    "table header": f"[{'.'.join(['a'] * 900)}]\n",
    "17 levels": "x = " + "[" * 17 + "]" * 17,
}


@pytest.mark.parametrize("text", DEEP.values(), ids=DEEP)
def test_deep_nesting_is_an_error(tmp_path: Path, text: str) -> None:
    assert "at most 16 tables and lists in each other" in report_of(written(tmp_path, text))


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (".".join(["a"] * 50_000) + " = 1", "lines of at most 2000 characters, but line 1"),
        ("#" * 1999 + "\n" + "#" * 2001, "but line 2 is longer"),
        ("#\n" * 131_073, "must be at most 262144 bytes"),
    ],
    ids=["long key", "long line", "long file"],
)
def test_what_would_take_long_to_parse_is_an_error(tmp_path: Path, text: str, rule: str) -> None:
    assert rule in report_of(written(tmp_path, text))


def test_integers_of_more_than_64_bits_are_errors(tmp_path: Path) -> None:
    for number, key in (
        (str(2**63), "cluster.max_nodes"),
        (str(-(2**63) - 1), "cluster.max_nodes"),
        (f"0x{'f' * 1900}", "cluster.max_nodes"),
        ("9" * 1900, "cluster.max_nodes"),
        (f"[{{ a = {2**63} }}]", "cluster.max_nodes[0].a"),
    ):
        text = DEV.replace("max_nodes = 3", f"max_nodes = {number}")
        report = report_of(written(tmp_path, text))
        assert report.startswith("1 error ")
        assert f"dev.toml: {key} = " in report
        assert "rule: must be a 64-bit integer" in report


scalars = (
    st.integers(-(2**70), 2**70)
    | st.booleans()
    | st.text(max_size=8)
    | st.sampled_from(["", "default", "10.0.0.0/8", "constructor", "__proto__"])
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["a", "name", "backend", "ports"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(place=st.sampled_from(sorted(FIELDS)), value=values)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_value_of_any_setting_is_accepted_or_reported(
    tmp_path: Path, place: str, value: object
) -> None:
    with suppress(InvalidSettingsError):
        load(written(tmp_path, toml(file_with(place, value))))


@given(st.binary(max_size=60) | st.text(alphabet='a.=[]{}"\n #0', max_size=60).map(str.encode))
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_content_of_a_file_is_reported(tmp_path: Path, content: bytes) -> None:
    assert report_of(written(tmp_path, content))

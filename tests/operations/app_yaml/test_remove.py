"""`app_yaml --remove`: removes the connector's lines and changes no other byte."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.operations.app_yaml.files import APP, CONNECTOR, LINES, OTHERS, UNUSUAL, Put
from tests.support import APP_YAML

BEFORE = {
    "ordinary": APP,
    "the example": APP_YAML.read_text(encoding="utf-8"),
    **{name: before for name, (before, _) in UNUSUAL.items() if CONNECTOR not in before},
}
"""The files of these tests that do not name the connector."""


@pytest.mark.parametrize("before", BEFORE.values(), ids=BEFORE)
def test_remove_restores_the_file(before: str, app: Path, put: Put) -> None:
    app.write_bytes(before.encode())
    assert put() == 0
    assert app.read_bytes() != before.encode()
    assert put("--remove") == 0
    assert app.read_bytes() == before.encode()


PARTS = (
    "# A comment.",
    "",
    "   ",
    "service: shop  ",
    "handlers:\n- url: /.*  # all\n  script: auto",
    "env_variables: {A: 'b', C: [d]}",
    "description: |\n  vpc_access_connector:\n    name: in a text\n",
    "network_settings: >+\n  kept\n\n",
)
"""Parts that may follow `runtime`, each at most once."""


@given(
    parts=st.lists(st.sampled_from(PARTS), unique=True),
    newline=st.sampled_from(["\n", "\r\n"]),
    end=st.sampled_from(["", "\n", "\n\n", "\n...\n", "\n# The end.", "  "]),
)
@example(parts=["description: |\n  no newline"], newline="\n", end="")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_file_is_rejected_or_restored(
    parts: list[str], newline: str, end: str, app: Path, put: Put
) -> None:
    text = "\n".join(["runtime: go122", *parts]) + end
    before = text.replace("\n", newline).encode()
    app.write_bytes(before)
    if put() == 0:
        assert CONNECTOR.encode() in app.read_bytes()
        assert put("--remove") == 0
    assert app.read_bytes() == before


def test_a_second_run_changes_nothing(
    app: Path, put: Put, capsys: pytest.CaptureFixture[str]
) -> None:
    before = app.stat()
    assert put("--remove") == 0
    assert app.stat() == before, "it was written again"
    assert "names no connector" in capsys.readouterr().out


def test_it_prints_the_removed_connector(put: Put, capsys: pytest.CaptureFixture[str]) -> None:
    put()
    put("--remove")
    assert capsys.readouterr().out.endswith(f"no longer names {CONNECTOR}\n")


def test_comments_inside_the_section_stay(app: Path, put: Put) -> None:
    app.write_text(
        "runtime: go122\n"
        "vpc_access_connector: # egress\n"
        "  # ours\n"
        f'  name: "{CONNECTOR}" # since May\n'
        "\n"
        "  egress_setting: all-traffic\n"
        "handlers: []\n",
        encoding="utf-8",
    )
    assert put("--remove") == 0
    assert app.read_text(encoding="utf-8") == (
        "runtime: go122\n# egress\n  # ours\n  # since May\n\nhandlers: []\n"
    )


def test_check_does_not_change_the_file(
    app: Path, put: Put, capsys: pytest.CaptureFixture[str]
) -> None:
    put()
    assert put("--check", "--remove") == 2
    assert capsys.readouterr().out.endswith(f"names {CONNECTOR}\n")
    assert app.read_text(encoding="utf-8") == APP + LINES
    put("--remove")
    assert put("--check", "--remove") == 0
    assert put("--check") == 2


@pytest.mark.parametrize("section", ["", "vpc_access_connector:\n", "vpc_access_connector: {}\n"])
def test_an_empty_section_names_no_connector(section: str, app: Path, put: Put) -> None:
    app.write_text(APP + section, encoding="utf-8")
    assert put("--check", "--remove") == put("--remove") == 0
    assert app.read_text(encoding="utf-8") == APP + section


FOREIGN = {name: section for name, section in OTHERS.items() if CONNECTOR not in section}


@pytest.mark.parametrize("section", FOREIGN.values(), ids=FOREIGN)
def test_another_connector_is_removed_only_with_force(
    section: str, app: Path, put: Put, capsys: pytest.CaptureFixture[str]
) -> None:
    app.write_text(APP + section, encoding="utf-8")
    assert put("--remove") == 1
    message = capsys.readouterr().err
    assert f"not {CONNECTOR} as in environments/dev.toml" in message
    assert "to remove it, use --force" in message
    assert app.read_text(encoding="utf-8") == APP + section
    assert put("--check", "--remove") == 2
    assert put("--remove", "--force") == 0
    assert put("--check", "--remove") == 0
    assert app.read_text(encoding="utf-8").startswith(APP)
    assert ("# why" in app.read_text(encoding="utf-8")) is ("# why" in section)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("runtime: [python312\n", "is not YAML"),
        ("service: shop\n", "names no runtime"),
        ("runtime: python\nenv: flex\n", "flexible environment"),
        (
            f"a: &c {{name: {CONNECTOR}}}\nruntime: go122\nvpc_access_connector: *c\n",
            "cannot be changed safely; remove `vpc_access_connector` by hand",
        ),
        (
            f"runtime: go122\nvpc_access_connector: &c\n  name: {CONNECTOR}\n",
            "cannot be changed safely; remove `vpc_access_connector` by hand",
        ),
    ],
)
def test_a_file_that_cannot_be_changed_is_rejected_and_left_unchanged(
    text: str, reason: str, app: Path, put: Put, capsys: pytest.CaptureFixture[str]
) -> None:
    app.write_text(text, encoding="utf-8")
    assert put("--remove") == 1
    assert reason in capsys.readouterr().err
    assert app.read_text(encoding="utf-8") == text

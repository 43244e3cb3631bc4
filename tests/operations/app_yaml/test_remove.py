"""`app_yaml --remove`: removes the connector's lines and changes no other byte."""

from pathlib import Path

import pytest

from tests.operations.app_yaml.files import (
    APP,
    CONNECTOR,
    IN_BRACES,
    LINES,
    OTHERS,
    REJECTED,
    UNUSUAL,
    Put,
    identity,
)
from tests.support import APP_YAML

BEFORE = {
    "ordinary": APP,
    "the example": APP_YAML.read_text(encoding="utf-8"),
    **{name: before for name, (before, _) in UNUSUAL.items() if "connector" not in before},
}
"""The files of these tests that have no section."""


@pytest.mark.parametrize("before", BEFORE.values(), ids=BEFORE)
def test_remove_restores_the_file(before: str, app: Path, put: Put) -> None:
    app.write_bytes(before.encode())
    assert put() == 0
    assert app.read_bytes() != before.encode()
    assert put("--remove") == 0
    assert app.read_bytes() == before.encode()


def test_a_second_run_changes_nothing(
    app: Path, put: Put, capsys: pytest.CaptureFixture[str]
) -> None:
    before = identity(app)
    assert put("--remove") == 0
    assert identity(app) == before, "it was written again"
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
    assert put("--remove") == put("--check", "--remove") == 1
    message = capsys.readouterr().err
    assert f"not {CONNECTOR} as in environments/dev.toml" in message
    assert "to remove it, use --force" in message
    assert app.read_text(encoding="utf-8") == APP + section
    assert put("--check", "--remove", "--force") == 2
    assert put("--remove", "--force") == 0
    assert put("--check", "--remove") == 0
    assert app.read_text(encoding="utf-8").startswith(APP)
    assert ("# why" in app.read_text(encoding="utf-8")) is ("# why" in section)


UNSUPPORTED = {
    f"runtime: a\n? # why\n  vpc_access_connector\n: name: {CONNECTOR}\n": "line 3: `vpc_access",
    f"runtime: a\ndescription: |\n  b\nvpc_access_connector:\n  # ours\n  name: {CONNECTOR}\n": (
        "line 4: `vpc_access_connector` has a layout"
    ),
    f"{{runtime: a, vpc_access_connector: {{ # ours\n  name: {CONNECTOR}}}}}\n": "has a layout",
}
"""Files from which the connector is not removed, and the reasons."""


@pytest.mark.parametrize(("text", "reason"), [*REJECTED.items(), *UNSUPPORTED.items()])
@pytest.mark.parametrize("options", [["--remove"], ["--remove", "--check"]])
def test_a_file_that_cannot_be_changed_is_rejected_and_left_unchanged(
    options: list[str],
    text: str,
    reason: str,
    app: Path,
    put: Put,
    capsys: pytest.CaptureFixture[str],
) -> None:
    app.write_bytes(text.encode())
    assert put(*options) == 1
    assert reason in capsys.readouterr().err
    assert app.read_bytes() == text.encode()


SECTIONS = {
    "braces": (f"{IN_BRACES} # why\n", "# why\n"),
    "comments in braces": (
        f"vpc_access_connector: {{ # a\n  name: {CONNECTOR}, # b\n  # c\n}} # d\n",
        "# a\n  # b\n  # c\n# d\n",
    ),
    "quoted": (LINES.replace("vpc_access_connector", "'vpc_access_connector'"), ""),
    "explicit key": (f"? vpc_access_connector # a:b\n: name: {CONNECTOR}\n", "# a:b\n"),
    "tags": (f"!!str vpc_access_connector: !!map\n  name: !!str {CONNECTOR}\n", ""),
    "null value": (
        f"vpc_access_connector:\n  name: {CONNECTOR}\n  egress_setting: # a\n",
        "  # a\n",
    ),
    "folded": (f"vpc_access_connector:\n  name: >-\n    {CONNECTOR}\n", ""),
}
"""Sections, and what they leave."""


@pytest.mark.parametrize(("section", "left"), SECTIONS.values(), ids=SECTIONS)
def test_the_section_is_removed_from_any_place(
    section: str, left: str, app: Path, put: Put
) -> None:
    for before, after in (("", APP), (APP, ""), (APP, "service: a\n"), ("\ufeff# a\n", APP)):
        app.write_bytes(f"{before}{section}{after}".encode())
        assert put("--remove") == 0
        assert app.read_bytes() == f"{before}{left}{after}".encode()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"{{runtime: a, {IN_BRACES}}}", "{runtime: a}"),
        (f"{{{IN_BRACES},runtime: a}}", "{runtime: a}"),
        (f"{{runtime: a,\n  {IN_BRACES},\n  service: b}}", "{runtime: a,\n  service: b}"),
    ],
)
def test_the_section_is_removed_from_braces(before: str, after: str, app: Path, put: Put) -> None:
    app.write_text(before, encoding="utf-8")
    assert put("--remove") == 0
    assert app.read_text(encoding="utf-8") == after


def test_direct_vpc_egress_beside_the_connector_does_not_keep_it(app: Path, put: Put) -> None:
    app.write_text(
        f"{LINES}runtime: a\nvpc_access: {{vpc_egress: all-traffic}}\n", encoding="utf-8"
    )
    assert put("--remove") == 0
    assert "connector" not in app.read_text(encoding="utf-8")

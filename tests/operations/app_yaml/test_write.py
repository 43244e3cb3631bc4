"""`app_yaml`: adds the connector, changes no other byte, and rejects unsuitable files."""

import json
import shutil
import tomllib
from pathlib import Path

import pytest

from operations.app_yaml.document import parse
from operations.app_yaml.text import LayoutError, changed
from tests.operations.app_yaml.files import (
    APP,
    CONNECTOR,
    LINES,
    OTHERS,
    REJECTED,
    UNUSUAL,
    Put,
    identity,
)
from tests.support import ROOT, Synthesize


def test_it_adds_the_connector_and_changes_no_other_byte(app: Path, put: Put) -> None:
    assert put() == 0
    assert app.read_bytes() == (APP + LINES).encode()


def test_a_second_run_changes_nothing(app: Path, put: Put) -> None:
    put()
    first = identity(app)
    assert put() == 0
    assert identity(app) == first, "it was written again"


def test_it_says_that_the_values_come_from_the_settings(
    put: Put, capsys: pytest.CaptureFixture[str]
) -> None:
    put()
    printed = capsys.readouterr().out
    assert "environments/dev.toml" in printed
    assert CONNECTOR in printed


@pytest.mark.parametrize(("before", "after"), UNUSUAL.values(), ids=UNUSUAL)
def test_unusual_layouts_are_supported(before: str, after: str, app: Path, put: Put) -> None:
    app.write_bytes(before.encode())
    assert put() == 0
    assert app.read_bytes() == after.encode()
    assert put("--check") == 0


def test_check_does_not_change_the_file(
    app: Path, put: Put, capsys: pytest.CaptureFixture[str]
) -> None:
    assert put("--check") == 2
    assert "is not up to date" in capsys.readouterr().out
    assert app.read_text(encoding="utf-8") == APP
    put()
    assert put("--check") == 0


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
def test_another_connector_is_rejected(
    other: str, app: Path, put: Put, capsys: pytest.CaptureFixture[str]
) -> None:
    app.write_text(APP + other, encoding="utf-8")
    assert put() == put("--check") == 1
    assert "--force" in capsys.readouterr().err
    assert put("--check", "--force") == 2
    assert app.read_text(encoding="utf-8") == APP + other


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
def test_another_connector_is_replaced_with_force(other: str, app: Path, put: Put) -> None:
    app.write_text(APP + other, encoding="utf-8")
    assert put("--force") == 0
    written = app.read_text(encoding="utf-8")
    assert written.startswith(APP)
    assert ("# why" in written) is ("# why" in other)
    assert put("--check") == 0


UNSUPPORTED = {
    "runtime: a\nvpc_access_connector: [other]\n": "line 2: `vpc_access_connector` has a layout",
    "runtime: a\nvpc_access_connector:\n  name: [other]\n": "line 3: `name` has a layout",
    "runtime: a\nvpc_access_connector:\n  ? name\n  : other\n": "line 2: `vpc_access_",
    "runtime: a\n? vpc_access_connector\n": "line 2: `vpc_access_connector` has a layout",
    "runtime: a\nvpc_access_connector:\n  name: >- # why\n    other\n": "has a layout",
    "runtime: a\nvpc_access: {vpc_egress: all-traffic}\n": "line 2: `vpc_access` (Direct",
    f"runtime: a\n{LINES}vpc_access: {{vpc_egress: all-traffic}}\n": "line 5: `vpc_access`",
}
"""Files that the connector is not added to, and the reasons."""


@pytest.mark.parametrize(("text", "reason"), [*REJECTED.items(), *UNSUPPORTED.items()])
@pytest.mark.parametrize("options", [["--force"], ["--force", "--check"]])
def test_an_unsuitable_file_is_rejected_and_left_unchanged(
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


@pytest.mark.parametrize("text", ["env: standard", "vm: no", "vm: off", "vpc_access:"])
def test_keys_without_effect_do_not_matter(text: str, app: Path, put: Put) -> None:
    app.write_text(f"runtime: go122\n{text}\n", encoding="utf-8")
    assert put() == 0
    assert app.read_text(encoding="utf-8") == f"runtime: go122\n{text}\n{LINES}"


def test_a_result_with_another_key_in_the_section_is_rejected() -> None:
    with pytest.raises(LayoutError):
        changed(parse("{runtime: a}"), {"name": "b, c: d"})


@pytest.mark.parametrize("content", [b"runtime: \xff\n", "runtime: a\n".encode("utf-16")])
def test_a_file_that_is_not_utf8_is_rejected(
    content: bytes, app: Path, put: Put, capsys: pytest.CaptureFixture[str]
) -> None:
    app.write_bytes(content)
    assert put() == put("--remove") == 1
    assert "is not UTF-8" in capsys.readouterr().err
    assert app.read_bytes() == content


def test_the_error_on_an_unknown_environment_lists_the_known_ones(
    app: Path, put: Put, capsys: pytest.CaptureFixture[str]
) -> None:
    assert put(environment="prod") == 1
    assert 'no environment named "prod": environments/ has dev' in capsys.readouterr().err
    assert app.read_text(encoding="utf-8") == APP


def test_invalid_settings_are_rejected_with_their_errors(
    app: Path, put: Put, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Path("environments/dev.toml")
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("10.8.0.0/28", "10.8.0.0/24"), encoding="utf-8")
    assert put() == 1
    assert "network.connector" in capsys.readouterr().err
    assert app.read_text(encoding="utf-8") == APP


def test_an_existing_connector_has_the_same_id_before_and_after_the_deploy(
    app: Path, put: Put, synthesize: Synthesize, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (ROOT / "examples" / "existing-network.toml").read_text(encoding="utf-8")
    text = text.replace('name = "shop-connector"', 'existing = true\nname = "shared-connector"')
    Path("environments/dev.toml").write_text(text, encoding="utf-8")
    shutil.copytree(synthesize(tomllib.loads(text)).outdir, "cdktf.out")
    connector = CONNECTOR.replace("private-connector", "shared-connector")
    assert put() == 0
    assert "(dev-connector is not applied yet)" in capsys.readouterr().out
    written = app.read_text(encoding="utf-8")
    assert written == APP + LINES.replace(CONNECTOR, connector)
    state = {"outputs": {"connector_id": {"value": connector}}}
    Path("state").mkdir()
    Path("state/dev-connector.tfstate").write_text(json.dumps(state), encoding="utf-8")
    assert put("--check") == 0
    assert app.read_text(encoding="utf-8") == written

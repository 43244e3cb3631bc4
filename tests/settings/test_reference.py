"""The files that are generated from the settings are up to date and correct."""

import json
import tomllib

import pytest
from jsonschema import Draft202012Validator, ValidationError

from tests.line import Table, changed
from tests.support import DEV_TABLE, ROOT, existing
from tools.reference import SCANNERS, SCHEMA, SETTINGS, scanners, schema, settings

VALIDATOR = Draft202012Validator(json.loads(schema()))


def test_the_schema_is_a_json_schema() -> None:
    VALIDATOR.check_schema(VALIDATOR.schema)


def test_the_schema_file_is_what_the_models_say() -> None:
    assert (ROOT / SCHEMA).read_text(encoding="utf-8") == schema(), "run: make reference"


def test_the_tables_of_settings_are_what_the_models_say() -> None:
    text = (ROOT / SETTINGS).read_text(encoding="utf-8")
    assert text == settings(text), "run: make reference"
    assert text.count("\n## `[network]`\n") == 1
    assert text.count("\n| `network.nodes` |") == 1


def test_the_tables_say_which_settings_only_existing_requires_or_makes_optional() -> None:
    lines = settings((ROOT / SETTINGS).read_text(encoding="utf-8")).splitlines()
    rows = [line.split(" | ") for line in lines if line.startswith("| `")]
    defaults = {key.removeprefix("| "): default for key, default, _ in rows}
    assert defaults["`network.node_subnet`"] == "required with `existing`"
    assert defaults["`dns.name`"] == "required with `existing`"
    assert defaults["`network.nodes`"] == "required; optional with `existing`"
    assert defaults["`network.name`"] == "required"


def test_the_table_of_accepted_findings_is_what_the_scan_accepts() -> None:
    text = (ROOT / SCANNERS).read_text(encoding="utf-8")
    assert text == scanners(text), "run: make reference"
    assert text.count("| CKV_GCP_12 |") == 1


EXAMPLES = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "examples").glob("*.toml"))


@pytest.mark.parametrize("name", ["tests/fixtures/dev.toml", *EXAMPLES])
def test_a_settings_file_refers_to_the_schema_in_its_first_line(name: str) -> None:
    path = ROOT / name
    first = path.read_text(encoding="utf-8").splitlines()[0]
    assert (path.parent / first.removeprefix("#:schema ")).samefile(ROOT / SCHEMA)


@pytest.mark.parametrize(
    "table",
    [
        DEV_TABLE,
        changed(DEV_TABLE, existing()),
        changed(DEV_TABLE, existing("connector", "cluster", "dns")),
        *(tomllib.loads((ROOT / name).read_text(encoding="utf-8")) for name in EXAMPLES),
    ],
    ids=["dev", "network", "everything", *EXAMPLES],
)
def test_an_editor_accepts_valid_settings(table: Table) -> None:
    """Each section matches one branch of the schema, also where keys of two are the same."""
    VALIDATOR.validate(table)


@pytest.mark.parametrize(
    "changes",
    [
        {"regoin": "x"},
        {"network.conector": "10.8.0.0/28"},
        {"project": None},
        {"connector.max_instances": "3"},
        {"connector.max_instances": 11},
        {"cluster.control_plane": "open"},
        {"cluster.maintenance_window": {"start": "6pm"}},
        {"state": {"backend": "gcs"}},
        {"services": []},
        {"network.existing": True},
        {"network.existing": "yes"},
        {"connector.deny_rules": True},
        {"dns": {"existing": True, "zone": "api.private"}},
    ],
    ids=str,
)
def test_the_schema_rejects_invalid_settings(changes: Table) -> None:
    with pytest.raises(ValidationError):
        VALIDATOR.validate(changed(DEV_TABLE, changes))

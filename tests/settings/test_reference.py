"""The files that are generated from the settings are up to date and correct."""

import json

import jsonschema
import pytest

from tests.line import Table, changed
from tests.support import DEV_TABLE, ROOT
from tools.reference import SCANNERS, SCHEMA, SETTINGS, scanners, schema, settings


def test_the_schema_file_is_what_the_models_say() -> None:
    assert (ROOT / SCHEMA).read_text(encoding="utf-8") == schema(), "run: make reference"


def test_the_tables_of_settings_are_what_the_models_say() -> None:
    text = (ROOT / SETTINGS).read_text(encoding="utf-8")
    assert text == settings(text), "run: make reference"
    assert text.count("\n## `[network]`\n") == 1
    assert text.count("\n| `network.nodes` |") == 1


def test_the_table_of_accepted_findings_is_what_the_scan_accepts() -> None:
    text = (ROOT / SCANNERS).read_text(encoding="utf-8")
    assert text == scanners(text), "run: make reference"
    assert text.count("| CKV_GCP_12 |") == 1


@pytest.mark.parametrize("name", ["tests/fixtures/dev.toml", "examples/argo.toml"])
def test_a_settings_file_refers_to_the_schema_in_its_first_line(name: str) -> None:
    path = ROOT / name
    first = path.read_text(encoding="utf-8").splitlines()[0]
    assert (path.parent / first.removeprefix("#:schema ")).samefile(ROOT / SCHEMA)


def test_an_editor_accepts_the_settings_of_dev_toml() -> None:
    jsonschema.validate(DEV_TABLE, json.loads(schema()))


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
    ],
    ids=str,
)
def test_the_schema_rejects_invalid_settings(changes: Table) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(changed(DEV_TABLE, changes), json.loads(schema()))

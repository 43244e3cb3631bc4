"""The files that users edit are valid."""

from pathlib import Path

from operations.app_yaml.file import AppYaml
from settings.load import load
from stacks.app import synthesize
from tests.line import STACKS
from tests.support import USERS_APP_YAML, USERS_ENVIRONMENTS


def test_every_environment_is_synthesized(tmp_path: Path) -> None:
    environments = load(USERS_ENVIRONMENTS)
    synthesize(environments, outdir=tmp_path)
    assert {path.parent.name for path in tmp_path.rglob("cdk.tf.json")} == {
        settings.stack(part) for settings in environments for part in STACKS
    }


def test_the_connector_can_be_added_to_the_app_yaml() -> None:
    AppYaml(USERS_APP_YAML)

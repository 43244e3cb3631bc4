"""The files in examples/caller: complete, pinned, and consistent with dev.toml as shipped."""

import re
import subprocess
import sys
from types import ModuleType
from typing import Final

import pytest
from ruamel.yaml import YAML

from tests.examples.caller.environment import CALLER, environment
from tests.line import Table
from tests.support import APP_YAML, DEV_TABLE, ROOT

APP: Final[Table] = YAML(typ="safe").load(APP_YAML)

REQUIREMENTS: Final = [
    line
    for line in (CALLER / "requirements.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]

KEYS: Final = {
    "automatic_scaling",
    "entrypoint",
    "env_variables",
    "handlers",
    "instance_class",
    "runtime",
    "service_account",
}
"""Keys of https://cloud.google.com/appengine/docs/standard/reference/app-yaml."""


def test_the_runtime_is_python_312() -> None:
    assert APP["runtime"] == "python312"


def test_app_yaml_is_complete_except_for_the_connector() -> None:
    assert APP.keys() == KEYS


def test_the_service_account_is_the_one_that_first_call_creates() -> None:
    page = (ROOT / "docs" / "first-call.md").read_text(encoding="utf-8")
    (name,) = re.findall(r"^gcloud iam service-accounts create (\S+)$", page, re.MULTILINE)
    account = f"{name}@{DEV_TABLE['project']}.iam.gserviceaccount.com"
    assert APP["service_account"] == account


def test_the_entrypoint_listens_on_the_port_of_app_engine() -> None:
    assert APP["entrypoint"].startswith("gunicorn --bind :$PORT ")


def test_every_page_is_served_by_the_app_over_https() -> None:
    assert APP["handlers"] == [{"url": "/.*", "secure": "always", "script": "auto"}]


def test_environment_variables_are_strings() -> None:
    assert all(isinstance(value, str) for value in APP["env_variables"].values())


def test_the_url_matches_the_settings_of_dev_toml() -> None:
    (service,) = DEV_TABLE["services"]
    assert [port["port"] for port in service["ports"]] == [80]
    assert APP["env_variables"]["API_URL"] == f"http://{service['host']}.{DEV_TABLE['dns']['zone']}"


def test_the_variables_in_app_yaml_have_the_default_values(settings: ModuleType) -> None:
    assert settings.read(APP["env_variables"]) == settings.read({})


@pytest.mark.parametrize("requirement", REQUIREMENTS)
def test_a_requirement_is_pinned(requirement: str) -> None:
    assert re.fullmatch(r"[a-z0-9_]+==[0-9.]+", requirement)


def test_mypy_accepts_the_app() -> None:
    # A separate run: the app's modules and packages are not those of the rest of the repository.
    checked = subprocess.run(  # noqa: S603 - our own command, no shell
        [
            *(sys.executable, "-m", "mypy", "--config-file=", "--strict"),
            *("--python-executable", environment() / "bin" / "python"),
            *("--cache-dir", ROOT / ".mypy_cache" / "caller"),
            *sorted(path.name for path in CALLER.glob("*.py")),
        ],
        cwd=CALLER,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr

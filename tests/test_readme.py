"""README.md: its commands are run, its settings are good, its pictures show the real values."""

import fnmatch
import os
import re
import shlex
import subprocess
import tomllib

import pytest

from stacks.load import load
from tests.conftest import DEV_TABLE, ROOT
from tests.line import STACKS, Line, mistakes_in

README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(.*?)\n(.*?)^```", README, flags=re.DOTALL | re.MULTILINE)


def blocks(kind: str) -> list[str]:
    found = [text for language, text in BLOCKS if language == kind]
    assert found, f"README.md has no block of {kind}"
    return found


def run(command: str) -> None:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("MAKE")}
    done = subprocess.run(  # noqa: S603 - the commands of our own page, no shell
        shlex.split(command),
        cwd=ROOT,
        env={**environment, "CI": "true"},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_command_that_needs_no_cloud_runs() -> None:
    commands = [line for text in blocks("sh") for line in text.splitlines()]
    assert commands == ["make synth", "make test"]
    run("make synth")
    # This run is itself inside `make test`: only ask make whether it knows how.
    run("make --dry-run test")


def test_the_stacks_that_cloud_commands_name_exist() -> None:
    words = [word for text in blocks("sh cloud") for word in shlex.split(text)]
    named = [re.sub(r"^-chdir=cdktf\.out/stacks/", "", word) for word in words]
    patterns = [word for word in named if word.startswith("dev-")]
    assert len(patterns) >= 6
    for pattern in patterns:
        assert fnmatch.filter([f"dev-{part}" for part in STACKS], pattern), pattern


@pytest.mark.parametrize("text", blocks("toml"))
def test_every_toml_block_is_good_settings(text: str) -> None:
    shown = tomllib.loads(text)
    services = [*DEV_TABLE["services"], *shown.get("services", [])]
    assert mistakes_in({**DEV_TABLE, **shown, "services": services}) == []


def test_the_stack_table_says_who_waits_for_whom(line: Line) -> None:
    for part in STACKS:
        (row,) = re.findall(rf"^\| `dev-{part}` \|.*\| (.*?)\|$", README, flags=re.MULTILINE)
        assert {one.strip() for one in row.split(",") if one.strip()} == line.dependencies(part)


def test_the_picture_shows_the_addresses_of_the_settings() -> None:
    (picture,) = blocks("mermaid")
    (settings,) = load(ROOT / "environments")
    (service,) = settings.services
    for shown in (
        settings.network.connector,
        settings.network.nodes,
        settings.network.pods,
        f"{service.host}.{settings.dns.zone}",
        f"TCP {service.ports[0].port}",
        f"port {service.ports[0].target_port}",
    ):
        assert str(shown) in picture


def test_app_yaml_is_shown_as_the_connector_stack_tells_it(line: Line) -> None:
    (shown,) = blocks("yaml")
    connector = line.one("connector", "google_vpc_access_connector")
    real = f"projects/my-project-id/locations/{connector['region']}/connectors/{connector['name']}"
    told = line.stacks["connector"]["output"]["app_yaml"]["value"]
    assert shown == re.sub(r"\$\{.*?\}", real, told)


def test_every_link_leads_somewhere() -> None:
    for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md"), ROOT / "CONTRIBUTING.md"]:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"

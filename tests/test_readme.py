"""The documentation: its commands run, its settings are valid, its diagrams show real values."""

import json
import os
import re
import shlex
import subprocess
import tomllib
from importlib.metadata import version

import pytest

from stacks.network import APIS
from tests.line import STACKS, Line, changed, errors_in, settings_from
from tests.pages import blocks, page
from tests.support import DEV_TABLE, ROOT

README = page("README.md")
FIRST_CALL = page("docs/first-call.md")
OPERATIONS = page("docs/operations.md")
HCP = page("docs/hcp-terraform.md")
TROUBLESHOOTING = page("docs/troubleshooting.md")


def commands(kind: str, text: str) -> list[str]:
    return [line for block in blocks(kind, text) for line in block.splitlines()]


CLOUD_COMMANDS = [line for text in (README, FIRST_CALL) for line in commands("sh cloud", text)]


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


@pytest.mark.slow
def test_commands_that_need_no_cloud_run() -> None:
    assert commands("sh", README) == ["make synth", "make test"]
    assert commands("sh", FIRST_CALL) == ["make synth"]
    run("make synth")
    # These tests run inside `make test`, so only check that the target exists.
    run("make --dry-run test")


@pytest.mark.parametrize("command", sorted({line for line in CLOUD_COMMANDS if "make" in line}))
def test_make_has_the_targets_of_commands_that_need_a_cloud(command: str) -> None:
    run(command.replace("make", "make --dry-run", 1))


def test_the_stacks_that_cloud_commands_name_exist() -> None:
    text = "\n".join(CLOUD_COMMANDS)
    parts = re.findall(r"cdktf\.out/stacks/dev-(\w+)", text) + re.findall(r"STACK=(\w+)", text)
    assert len(parts) >= 7
    assert set(parts) <= set(STACKS)
    assert set(re.findall(r"ENV=(\w+)", text)) == {"dev"}


def test_the_outputs_that_cloud_commands_read_exist(line: Line) -> None:
    for text in (README, FIRST_CALL):
        read = re.findall(r"stacks/dev-(\w+) output -raw (\w+)", text)
        assert read
        for part, output in read:
            assert output in line.stacks[part]["output"]


def test_the_readme_names_the_pinned_versions(line: Line) -> None:
    pins = line.stacks["service"]["terraform"]["required_providers"]
    cli = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["devDependencies"]
    sentence = (
        f"cdktf {version('cdktf')}, google provider {pins['google']['version']}, kubernetes"
        f" provider {pins['kubernetes']['version']} and cdktf-cli {cli['cdktf-cli']} are pinned"
    )
    assert sentence in " ".join(README.split())


def test_first_call_uses_the_names_of_the_settings(line: Line) -> None:
    settings = settings_from(DEV_TABLE)
    text = "\n".join(commands("sh cloud", FIRST_CALL))
    assert f"gcloud projects create {settings.project}\n" in text
    assert f"gcloud app create --region={settings.app_engine.location}\n" in text
    assert f"deployment/{settings.services[0].name} " in text
    assert (ROOT / re.findall(r"kubectl apply -f (\S+)", text)[0] / "deployment.yaml").exists()
    assert "--dns-endpoint" in line.stacks["cluster"]["output"]["credentials_command"]["value"]


def test_first_call_enables_every_api_of_the_stacks_in_one_command() -> None:
    (enabled,) = re.findall(
        r"^gcloud services enable (.*?[^\\])$", FIRST_CALL, flags=re.DOTALL | re.MULTILINE
    )
    assert set(APIS) < set(re.findall(r"[a-z]+\.googleapis\.com", enabled))


def test_troubleshooting_reads_the_logs_of_the_deny_rules_of_the_connector(line: Line) -> None:
    (shown,) = re.findall(r'rule_details\.reference:"([^"]+)"', TROUBLESHOOTING)
    rules = line.stacks["connector"]["resource"]["google_compute_firewall"].values()
    logged = [rule["name"] for rule in rules if "log_config" in rule]
    assert shown in logged
    # The filter matches every rule whose name contains the text.
    assert sorted(logged) == [shown, f"{shown}-egress"]


def test_hourly_prices_are_a_730th_of_the_monthly_prices() -> None:
    prices = (
        r"^\| (GKE|nodes|connector|load balancer|private zone)\b.*\| ([\d.]+)(?: to ([\d.]+))? \|$"
    )
    months = re.findall(prices, README, flags=re.MULTILINE)
    hours = re.findall(prices, FIRST_CALL, flags=re.MULTILINE)
    assert len(months) == len(hours) == 5
    for (resource, *month), (same_resource, *hour) in zip(months, hours, strict=True):
        assert resource == same_resource
        assert [float(price or 0) for price in hour] == pytest.approx(
            [float(price or 0) / 730 for price in month], rel=0.1
        )


def test_the_first_toml_block_of_the_readme_has_the_values_of_dev_toml() -> None:
    shown = tomllib.loads(blocks("toml", README)[0])
    assert settings_from(shown) == settings_from(
        changed(
            DEV_TABLE,
            {"labels": None, "services[0].external_traffic_policy": None},
        )
    )


@pytest.mark.parametrize(
    "text",
    [*blocks("toml", README)[1:], *blocks("toml", OPERATIONS), *blocks("toml", HCP)],
)
def test_every_other_toml_block_is_valid(text: str) -> None:
    shown = tomllib.loads(text)
    services = [*DEV_TABLE["services"], *shown.pop("services", [])]
    sections = {name: {**DEV_TABLE[name], **section} for name, section in shown.items()}
    assert errors_in({**DEV_TABLE, **sections, "services": services}) == []


def test_the_stack_table_lists_the_dependencies(line: Line) -> None:
    for part in STACKS:
        (row,) = re.findall(rf"^\| `dev-{part}` \|.*\| (.*?)\|$", README, flags=re.MULTILINE)
        listed = {name.strip() for name in row.split(",") if name.strip()}
        assert listed == line.dependencies(part)


def test_the_diagram_shows_the_values_of_the_settings() -> None:
    (picture,) = blocks("mermaid", README)
    settings = settings_from(DEV_TABLE)
    (service,) = settings.services
    for shown in (
        settings.network.connector,
        settings.network.nodes,
        settings.network.pods,
        f"{service.host}.{settings.dns.zone}",
        f"TCP {service.ports[0].port}",
        f"port {service.ports[0].target_port}",
        "examples/caller",
        "examples/myapi",
    ):
        assert str(shown) in picture


def test_the_readme_shows_the_app_yaml_output_of_the_connector_stack(line: Line) -> None:
    (shown,) = blocks("yaml", README)
    connector = line.one("connector", "google_vpc_access_connector")
    real = f"projects/my-project-id/locations/{connector['region']}/connectors/{connector['name']}"
    printed = line.stacks["connector"]["output"]["app_yaml"]["value"]
    assert shown == re.sub(r"\$\{.*?\}", real, printed)

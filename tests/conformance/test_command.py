"""`make conformance` without the real providers, and the schema that it reduces."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import ROOT
from tools.conformance.providers import NoProviderError, Providers
from tools.conformance.schema import fixture


@pytest.mark.terraform
def test_without_real_providers_the_exit_status_is_3(tmp_path: Path) -> None:
    (tmp_path / "terraformrc").write_text(
        f'provider_installation {{ filesystem_mirror {{ path = "{tmp_path}" }} }}', encoding="utf-8"
    )
    run = subprocess.run(
        [sys.executable, "-m", "tools.conformance"],
        cwd=ROOT,
        env={**os.environ, "TF_CLI_CONFIG_FILE": str(tmp_path / "terraformrc")},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 3
    (line,) = run.stderr.splitlines()
    assert line.startswith("no real providers: Error: Failed to query available provider packages")


@pytest.fixture
def linked(tmp_path: Path) -> Path:
    """A folder with a provider that is installed from a mirror on disk, as a symbolic link."""
    mirror = tmp_path / "mirror"
    mirror.mkdir()
    program = mirror / "terraform-provider-google_v6.50.0"
    program.write_text(
        "#!/bin/sh\necho Provider started.\n"
        'echo "  TF_REATTACH_PROVIDERS=\'{\\"google\\": {}}\'"\nexec sleep 60\n',
        encoding="utf-8",
    )
    program.chmod(0o755)
    installed = tmp_path / ".terraform/providers/registry/hashicorp/google/6.50.0"
    installed.mkdir(parents=True)
    (installed / "linux_amd64").symlink_to(mirror)
    return tmp_path


def test_a_provider_in_a_linked_folder_is_started(linked: Path) -> None:
    with Providers(folder=linked, count=1).attached() as attached:
        assert json.loads(attached) == {"google": {}}


def test_a_missing_real_provider_is_not_replaced_by_a_fake_one(linked: Path) -> None:
    both = Providers(folder=linked, count=2)
    with (
        pytest.raises(NoProviderError, match="2 providers expected, started: google"),
        both.attached(),
    ):
        pass


def test_a_schema_contains_only_the_types_in_use_and_has_a_line_per_attribute() -> None:
    block = {
        "attributes": {
            "name": {"type": "string", "description": "A name.", "required": True},
            "description": {"type": "string", "description": "A text.", "optional": True},
        },
        "description_kind": "plain",
    }
    schema = {"version": 1, "block": block}
    printed = {
        "provider_schemas": {
            "registry.terraform.io/hashicorp/google": {
                "provider": {"version": 0, "block": {}},
                "resource_schemas": {"google_compute_network": schema, "google_dns_policy": schema},
                "data_source_schemas": {"google_client_config": schema},
            }
        }
    }
    stack = {
        "terraform": {"required_providers": {"google": {"source": "google", "version": "6.50.0"}}},
        "resource": {"google_compute_network": {}},
        "data": {"terraform_remote_state": {}},
    }
    text = fixture(printed, [stack])
    kept = json.loads(text)["google"]
    assert kept["source"] == "hashicorp/google"
    assert kept["version"] == "6.50.0"
    assert kept["data_source_schemas"] == {}
    assert list(kept["resource_schemas"]) == ["google_compute_network"]
    assert '"name": {"required": true, "type": "string"}' in text
    assert '"description": {' in text
    assert "A text" not in text

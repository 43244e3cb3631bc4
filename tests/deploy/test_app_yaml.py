"""`python -m operations.app_yaml` in a deployed environment: the state overrides the settings."""

import shutil
from pathlib import Path

import pytest

from tests.deploy.app import put_connector
from tests.fake_cloud.cloud import FakeCloud
from tests.support import DEV


@pytest.mark.parametrize("initialised", [True, False])
def test_the_values_come_from_the_state_even_if_the_settings_differ(
    initialised: bool,  # noqa: FBT001 - a case
    deployed: FakeCloud,
) -> None:
    stack = deployed.folder / "cdktf.out" / "stacks" / "dev-connector"
    if not initialised:
        shutil.rmtree(stack / ".terraform")
    before = sorted(path.relative_to(stack) for path in stack.rglob("*"))
    run = put_connector(deployed, DEV.replace("private-connector", "not-yet-applied"))
    assert run.returncode == 0, run.stderr
    assert "the applied state of dev-connector" in run.stdout
    (connector,) = deployed.world.all("google_vpc_access_connector")
    assert (deployed.folder / "app.yaml").read_text(encoding="utf-8") == (
        "runtime: python312\n"
        "vpc_access_connector:\n"
        f"  name: {connector['id']}\n"
        "  egress_setting: private-ranges-only\n"
    )
    assert sorted(path.relative_to(stack) for path in stack.rglob("*")) == before


def test_before_the_first_apply_the_values_come_from_the_settings(deployed: FakeCloud) -> None:
    shutil.rmtree(deployed.folder / "state")
    run = put_connector(deployed, DEV)
    assert run.returncode == 0, run.stderr
    assert "environments/dev.toml (dev-connector is not applied yet)" in run.stdout


def test_a_state_that_cannot_be_read_is_reported(deployed: FakeCloud) -> None:
    state = Path(deployed.folder / "state" / "dev-connector.tfstate")
    state.write_text("damaged", encoding="utf-8")
    run = put_connector(deployed, DEV)
    assert run.returncode == 0, run.stderr
    assert (
        "environments/dev.toml (the state of dev-connector cannot be read: the state is damaged"
        in run.stdout
    )

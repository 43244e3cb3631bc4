"""All resource names are derived from the settings, and all of them are valid."""

import pytest
from pydantic import ValidationError

from tests.line import Table, changed, settings_from
from tests.support import DEV_TABLE, Synthesize


def test_settings_are_immutable() -> None:
    network = settings_from(DEV_TABLE).network
    with pytest.raises(ValidationError, match="frozen"):
        setattr(network, "name", "other")  # noqa: B010 - mypy rejects the plain assignment


def test_a_stack_is_named_after_its_environment() -> None:
    assert settings_from(DEV_TABLE).stack("network") == "dev-network"


def test_a_resource_is_named_after_its_network() -> None:
    assert settings_from(DEV_TABLE).name("nodes") == "private-nodes"


@pytest.mark.parametrize(
    ("location", "region"),
    [
        ("us-central", "us-central1"),
        ("europe-west", "europe-west1"),
        ("asia-northeast1", "asia-northeast1"),
    ],
)
def test_the_connector_is_in_the_region_of_app_engine(location: str, region: str) -> None:
    settings = settings_from(changed(DEV_TABLE, {"app_engine.location": location}))
    assert settings.connector_region == region


def test_the_longest_names_are_within_the_limits_of_google_cloud(
    table: Table, synthesize: Synthesize
) -> None:
    line = synthesize(
        changed(
            table, {"network.name": "n" * 24, "services[0].name": "s" * 31, "network.nat": True}
        )
    )
    names = [
        str(value)
        for key, value in line.everything()
        if ".resource.google_" in key and key.endswith(".name") and not str(value).startswith("${")
    ]
    assert max(map(len, names)) == 63
    account = line.one("cluster", "google_service_account")["account_id"]
    assert 6 <= len(account) <= 30

"""The caller's environment variables: valid and invalid values."""

from types import ModuleType

import pytest


@pytest.mark.parametrize(
    "url", ["http://my.api.private", "https://other.api.private:8443/v1", "http://10.0.0.1"]
)
def test_a_valid_url_is_accepted(settings: ModuleType, url: str) -> None:
    assert settings.read({"API_URL": url}).api_url == url


@pytest.mark.parametrize(
    "url",
    ["", "my.api.private", "ftp://my.api.private", "http://", "http://my:port", "http://my:0"],
)
def test_an_invalid_url_is_rejected(settings: ModuleType, url: str) -> None:
    with pytest.raises(settings.SettingsError) as caught:
        settings.read({"API_URL": url})
    assert str(caught.value).startswith(f"API_URL is {url!r}: it must be a URL such as http://")


@pytest.mark.parametrize(("text", "seconds"), [("10", 10.0), ("0.1", 0.1)])
def test_a_valid_timeout_is_accepted(settings: ModuleType, text: str, seconds: float) -> None:
    assert settings.read({"API_TIMEOUT_SECONDS": text}).timeout_seconds == seconds


@pytest.mark.parametrize("text", ["", "soon", "0", "-1", "nan", "inf", "10.1"])
def test_an_invalid_timeout_is_rejected(settings: ModuleType, text: str) -> None:
    with pytest.raises(settings.SettingsError) as caught:
        settings.read({"API_TIMEOUT_SECONDS": text})
    assert str(caught.value) == (
        f"API_TIMEOUT_SECONDS is {text!r}: it must be a number above 0, at most 10"
    )

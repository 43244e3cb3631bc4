"""The caller's environment variables: what is good, and what is refused."""

from types import ModuleType

import pytest


@pytest.mark.parametrize(
    "url", ["http://my.api.private", "https://other.api.private:8443/v1", "http://10.0.0.1"]
)
def test_a_good_url(settings: ModuleType, url: str) -> None:
    assert settings.read({"API_URL": url}).api_url == url


@pytest.mark.parametrize(
    "url",
    ["", "my.api.private", "ftp://my.api.private", "http://", "http://my:port", "http://my:0"],
)
def test_a_bad_url(settings: ModuleType, url: str) -> None:
    with pytest.raises(settings.SettingsError) as refused:
        settings.read({"API_URL": url})
    assert str(refused.value).startswith(f"API_URL is {url!r}: it must be a URL such as http://")


@pytest.mark.parametrize(("text", "seconds"), [("10", 10.0), ("0.1", 0.1)])
def test_a_good_timeout(settings: ModuleType, text: str, seconds: float) -> None:
    assert settings.read({"API_TIMEOUT_SECONDS": text}).timeout_seconds == seconds


@pytest.mark.parametrize("text", ["", "soon", "0", "-1", "nan", "inf", "10.1"])
def test_a_bad_timeout(settings: ModuleType, text: str) -> None:
    with pytest.raises(settings.SettingsError) as refused:
        settings.read({"API_TIMEOUT_SECONDS": text})
    assert str(refused.value) == (
        f"API_TIMEOUT_SECONDS is {text!r}: it must be a number above 0, at most 10"
    )

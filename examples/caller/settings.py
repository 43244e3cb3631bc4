"""Settings from environment variables, which `env_variables` in app.yaml sets."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

LONGEST_TIMEOUT: Final = 10.0
"""Seconds. Two attempts stay far below gunicorn's worker timeout of 30 seconds."""


class SettingsError(Exception):
    """Invalid variables, all of them in one message."""


@dataclass(frozen=True)
class Settings:
    """Settings of the app."""

    api_url: str = "http://my.api.private"
    timeout_seconds: float = 2.0
    """Per step of a call: the name, the connection, the answer."""


def read(environment: Mapping[str, str]) -> Settings:
    """Read settings from the environment, or their defaults.

    Raises:
        SettingsError: a variable has an invalid value.
    """
    settings = Settings(
        api_url=environment.get("API_URL", Settings.api_url),
        timeout_seconds=_number(environment.get("API_TIMEOUT_SECONDS", Settings.timeout_seconds)),
    )
    errors = []
    if not _is_url(settings.api_url):
        errors.append(
            f"API_URL is {settings.api_url!r}: it must be a URL such as {Settings.api_url}"
        )
    if not 0 < settings.timeout_seconds <= LONGEST_TIMEOUT:
        errors.append(
            f"API_TIMEOUT_SECONDS is {environment.get('API_TIMEOUT_SECONDS')!r}: "
            f"it must be a number above 0, at most {LONGEST_TIMEOUT:g}"
        )
    if errors:
        raise SettingsError("; ".join(errors))
    return settings


def _number(value: str | float) -> float:
    try:
        return float(value)
    except ValueError:
        return math.nan


def _is_url(value: str) -> bool:
    try:
        url = urlsplit(value)
        return url.scheme in {"http", "https"} and bool(url.hostname) and url.port != 0
    except ValueError:
        return False

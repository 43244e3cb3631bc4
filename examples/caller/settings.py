"""Settings from environment variables; app.yaml's `env_variables` sets them."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

LONGEST_TIMEOUT: Final = 10.0
"""Seconds. Two tries stay far below gunicorn's 30 seconds for a worker that gives no sign."""


class SettingsError(Exception):
    """Variables that the app cannot start with, all of them in one message."""


@dataclass(frozen=True)
class Settings:
    """What the app is told from outside."""

    api_url: str = "http://my.api.private"
    timeout_seconds: float = 2.0
    """For each step of a call: the name, the connection, the answer."""


def read(environment: Mapping[str, str]) -> Settings:
    """Settings from the environment; what is not set has its default.

    Raises:
        SettingsError: a variable has no usable value.
    """
    settings = Settings(
        api_url=environment.get("API_URL", Settings.api_url),
        timeout_seconds=_number(environment.get("API_TIMEOUT_SECONDS", Settings.timeout_seconds)),
    )
    mistakes = []
    if not _is_url(settings.api_url):
        mistakes.append(
            f"API_URL is {settings.api_url!r}: it must be a URL such as {Settings.api_url}"
        )
    if not 0 < settings.timeout_seconds <= LONGEST_TIMEOUT:
        mistakes.append(
            f"API_TIMEOUT_SECONDS is {environment.get('API_TIMEOUT_SECONDS')!r}: "
            f"it must be a number above 0, at most {LONGEST_TIMEOUT:g}"
        )
    if mistakes:
        raise SettingsError("; ".join(mistakes))
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

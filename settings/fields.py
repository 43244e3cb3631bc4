"""Parsers and rules of single values that only settings have.

Each takes a value and returns it, parsed or unchanged, or raises `InvalidValueError`. Rules that a
construct keeps too stand in `private_line.rules`.
"""

import re
from collections.abc import Callable
from datetime import time
from functools import cache
from ipaddress import AddressValueError, IPv4Network, NetmaskValueError
from pathlib import PurePosixPath
from typing import Final

from publicsuffixlist import PublicSuffixList

from private_line import rules
from private_line.errors import InvalidValueError

APP_ENGINE_REGIONS: Final = {"us-central": "us-central1", "europe-west": "europe-west1"}
"""The two App Engine locations that are not called like their region."""

GOOGLE_ZONES: Final = ("internal", "google.internal")
"""The metadata server's own zones: a private zone over them cuts nodes off from it."""


def network(value: object) -> IPv4Network:
    """Parse a CIDR such as `10.8.0.0/28`; bits behind the mask are rejected."""
    if isinstance(value, IPv4Network):
        return value
    if not isinstance(value, str):
        raise InvalidValueError(
            "must be a range in CIDR form, as a string", 'for example "10.8.0.0/28"'
        )
    if "/" not in value:
        raise InvalidValueError("must say its size", f'for example "{value}/28"')
    try:
        return IPv4Network(value)
    except (AddressValueError, NetmaskValueError):
        raise InvalidValueError(
            "must be an IPv4 range in CIDR form", 'for example "10.8.0.0/28"'
        ) from None
    except ValueError:
        start = IPv4Network(value, strict=False)
        raise InvalidValueError("must start at its first address", f'write "{start}"') from None


def time_of_day(value: object) -> time:
    """Parse a time of day such as `18:00`."""
    if isinstance(value, time):
        return value
    if isinstance(value, str) and re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
        return time.fromisoformat(value)
    raise InvalidValueError("must be a time of day as HH:MM, UTC", 'for example "18:00"')


def _matching(pattern: str, rule: str, example: str) -> Callable[[str], str]:
    def check(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise InvalidValueError(rule, f"for example {example}")
        return value

    return check


project = _matching(
    r"[a-z][-a-z0-9]{4,28}[a-z0-9]",
    "must be a project id: 6 to 30 of a-z, 0-9 and -, starting with a letter",
    "my-project-id",
)
service_account = _matching(
    r"[-a-z0-9]+@[-.a-z0-9]+\.gserviceaccount\.com",
    "must be a service account's e-mail address",
    "deployer@my-project-id.iam.gserviceaccount.com",
)
machine_type = _matching(
    r"[a-z][a-z0-9]*(-[a-z0-9]+)+",
    "must be a Compute Engine machine type",
    "e2-medium",
)
bucket = _matching(
    r"[a-z0-9][-_.a-z0-9]{1,220}[a-z0-9]",
    "must be a bucket's name: 3 or more of a-z, 0-9, -, _ and .",
    "my-project-tfstate",
)
word = _matching(
    r"[A-Za-z0-9][-_A-Za-z0-9]{0,59}",
    "must hold only letters, digits, - and _, 60 at most",
    "my-organization",
)


def word_or_nothing(value: str) -> str:
    """Check a part of a workspace's name that may be empty."""
    return word(value) if value else value


def region(value: str) -> str:
    """Check a region's form; which regions exist changes, so only Google knows."""
    if value in APP_ENGINE_REGIONS:
        raise InvalidValueError(
            "is an App Engine location, not a region", f'write "{APP_ENGINE_REGIONS[value]}"'
        )
    zone = re.fullmatch(r"([a-z]+-[a-z]+\d+)-[a-z]", value)
    if zone:
        raise InvalidValueError("is a zone, not a region", f'write "{zone[1]}"')
    if not re.fullmatch(r"[a-z]+-[a-z]+\d+", value):
        raise InvalidValueError("must be a region", 'for example "asia-northeast1"')
    return value


def app_engine_location(value: str) -> str:
    """Check a location id's form: a region, but for the two that are older than regions."""
    for location, its_region in APP_ENGINE_REGIONS.items():
        if value == its_region:
            raise InvalidValueError(
                "is a region; App Engine calls it otherwise", f'write "{location}"'
            )
    return value if value in APP_ENGINE_REGIONS else region(value)


def network_name(value: str) -> str:
    """Check a VPC's name: 24 characters at most, so that every name made from it fits.

    The tightest is the node service account, `NAME-nodes`, at 30.
    """
    rules.dns_label(value)
    if len(value) > 24:
        raise InvalidValueError(
            f"must be at most 24 characters, got {len(value)}", "the node account is NAME-nodes"
        )
    return value


def services_range(value: IPv4Network) -> IPv4Network:
    """Check the size of a cluster's range for Services: /16 to /28."""
    if not 16 <= value.prefixlen <= 28:
        raise InvalidValueError(
            f"must be a /16 to /28, got a /{value.prefixlen}", "a /20 holds 4096 Services"
        )
    return value


@cache
def _public_suffixes() -> PublicSuffixList:
    return PublicSuffixList(accept_unknown=False)


def private_zone(value: str) -> str:
    """Check that a private zone hides neither a public suffix nor Google's own names."""
    rules.dns_name(value)
    if _public_suffixes().publicsuffix(value) == value:
        raise InvalidValueError(
            f"is a public suffix: inside the VPC all names under .{value} would vanish",
            f"choose a name below it that you own, or one such as api.private, not {value}",
        )
    if value in GOOGLE_ZONES or value.endswith(".google.internal"):
        raise InvalidValueError(
            "is Google's own: nodes would lose the metadata server", "for example api.private"
        )
    return value


def target_port(value: int | str) -> int | str:
    """Check the pods' port: a number, or a port name of at most 15 characters."""
    if isinstance(value, int):
        return rules.port_number(value)
    if not re.fullmatch(r"(?=.*[a-z])[a-z0-9]([-a-z0-9]{0,13}[a-z0-9])?", value) or "--" in value:
        raise InvalidValueError(
            "must be a port number or a container port's name", "for example 8080"
        )
    return value


def relative_path(value: str) -> str:
    """Check a folder that stays where it belongs: relative, without `..`."""
    path = PurePosixPath(value)
    if not path.parts or path.is_absolute() or ".." in path.parts or "\\" in value:
        raise InvalidValueError("must be a relative path without ..", "for example state")
    return value

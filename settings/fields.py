"""How settings write ranges and times, and the rules that no cloud but this project has.

Each function takes a value and returns it, parsed or unchanged, or raises `InvalidValueError`.
Rules of Google and Kubernetes are in `private_line.names` and `private_line.rules`.
"""

import re
from datetime import time
from ipaddress import AddressValueError, IPv4Address, IPv4Network, NetmaskValueError
from pathlib import PurePosixPath

from private_line import names
from private_line.errors import InvalidValueError


def network(value: object) -> IPv4Network:
    """Parse a CIDR such as `10.8.0.0/28`; bits behind the mask are rejected."""
    if isinstance(value, IPv4Network):
        return value
    if not isinstance(value, str):
        raise InvalidValueError(
            "must be a range in CIDR form, as a string", 'for example "10.8.0.0/28"'
        )
    if re.fullmatch(r"\d+(\.\d+){3}", value):
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


def address(value: object) -> IPv4Address:
    """Parse an address such as `192.168.32.10`; a number is none."""
    if isinstance(value, IPv4Address):
        return value
    try:
        return IPv4Address(value if isinstance(value, str) else "")
    except AddressValueError:
        raise InvalidValueError(
            "must be an IPv4 address, as a string", 'for example "192.168.32.10"'
        ) from None


def time_of_day(value: object) -> time:
    """Parse a time of day such as `18:00`."""
    if isinstance(value, time) and value == value.replace(second=0, microsecond=0):
        return value
    if isinstance(value, str) and re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
        return time.fromisoformat(value)
    raise InvalidValueError("must be a time of day as HH:MM, UTC", 'for example "18:00"')


def word(value: str) -> str:
    """Check a name in HCP Terraform."""
    if not re.fullmatch(r"[A-Za-z0-9][-_A-Za-z0-9]{0,59}", value):
        raise InvalidValueError(
            "must hold only letters, digits, - and _, 60 at most", "for example my-organization"
        )
    return value


def project(value: str) -> str:
    """Check the name of a project in HCP Terraform."""
    if not re.fullmatch(r"[-\w]([-\w ]{1,38}[-\w])", value, re.ASCII):
        raise InvalidValueError(
            "must be 3 to 40 letters, digits, -, _ and inner spaces", "for example Networking"
        )
    return value


def word_or_nothing(value: str) -> str:
    """Check a part of a workspace's name that may be empty."""
    return word(value) if value else value


def network_name(value: str) -> str:
    """Check a VPC's name: 24 characters at most, so that every name made from it fits.

    The tightest is the node service account, `NAME-nodes`, at 30.
    """
    names.dns_label(value)
    if len(value) > 24:
        raise InvalidValueError(
            f"must be at most 24 characters, got {len(value)}", "the node account is NAME-nodes"
        )
    return value


def distinct(values: tuple[str, ...]) -> tuple[str, ...]:
    """Check that a list holds each name once."""
    twice = sorted({value for value in values if values.count(value) > 1})
    if twice:
        raise InvalidValueError("must hold each name once", f"remove one {', '.join(twice)}")
    return values


def relative_path(value: str) -> str:
    """Check a folder that stays where it belongs: relative, without `..`."""
    path = PurePosixPath(value)
    if not path.parts or path.is_absolute() or ".." in path.parts or "\\" in value:
        raise InvalidValueError("must be a relative path without ..", "for example state")
    if "${" in value or "%{" in value:
        raise InvalidValueError("must not hold ${ or %{: Terraform reads them", "for example state")
    return value

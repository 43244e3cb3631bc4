"""The formats of ranges and times in settings, and the rules that only this project has.

Each function returns the value, parsed or unchanged, or raises `InvalidValueError`. Rules of Google
Cloud and Kubernetes are in `private_line.names` and `private_line.rules`.
"""

import re
from collections import Counter
from datetime import time
from ipaddress import AddressValueError, IPv4Address, IPv4Network, NetmaskValueError

from private_line import limits, names
from private_line.errors import InvalidValueError


def network(value: object) -> IPv4Network:
    """Parse a range such as `10.8.0.0/28`; it must start at its first address."""
    if isinstance(value, IPv4Network):
        return value
    if not isinstance(value, str):
        raise InvalidValueError(
            "must be a range in CIDR notation, as a string", 'for example "10.8.0.0/28"'
        )
    if re.fullmatch(r"[0-9]+(\.[0-9]+){3}", value):
        raise InvalidValueError("must have a prefix length", f'for example "{value}/28"')
    try:
        if not re.fullmatch(r"[.0-9]+/(0|[1-9][0-9]*)", value):
            raise NetmaskValueError  # `IPv4Network` also accepts /028, and masks
        return IPv4Network(value)
    except (AddressValueError, NetmaskValueError):
        raise InvalidValueError(
            "must be an IPv4 range in CIDR notation", 'for example "10.8.0.0/28"'
        ) from None
    except ValueError:
        start = IPv4Network(value, strict=False)
        raise InvalidValueError(
            "must start at the first address of the range", f'write "{start}"'
        ) from None


def address(value: object) -> IPv4Address:
    """Parse an address such as `192.168.32.10`; a number is not an address."""
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
    if isinstance(value, str) and re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", value):
        return time.fromisoformat(value)
    raise InvalidValueError("must be a time of day in UTC, as HH:MM", 'for example "18:00"')


def word(value: str) -> str:
    """Check the name of an organization, or of a workspace, in HCP Terraform.

    With the name of the longest stack, a workspace's name stays below the limit of 260 characters:
    https://github.com/hashicorp/terraform-docs-common/pull/441. The characters are those in
    https://developer.hashicorp.com/terraform/cloud-docs/workspaces/create.
    """
    if not re.fullmatch(r"[A-Za-z0-9][-_A-Za-z0-9]{0,59}", value):
        raise InvalidValueError(
            "must be at most 60 letters, digits, - and _", "for example my-organization"
        )
    return value


def project(value: str) -> str:
    """Check the name of a project in HCP Terraform.

    See https://github.com/hashicorp/terraform-provider-tfe/pull/1093.
    """
    if not re.fullmatch(r"[-_A-Za-z0-9][-_A-Za-z0-9 ]{1,38}[-_A-Za-z0-9]", value):
        raise InvalidValueError(
            "must be 3 to 40 letters, digits, -, _ and spaces, without a space at either end",
            "for example Networking",
        )
    return value


def hostname(value: str) -> str:
    """Check the host of HCP Terraform or Terraform Enterprise, which can have a port.

    Terraform compares hosts without the default port, and rejects names in Punycode:
    https://developer.hashicorp.com/terraform/internals/remote-service-discovery and
    https://pkg.go.dev/github.com/hashicorp/terraform-svchost. So each host has one spelling here.
    """
    if "/" in value:
        raise InvalidValueError(
            "must be a hostname, not a URL", "remove the scheme and the path, such as https://"
        )
    host, colon, port = value.partition(":")
    names.dns_name(host)
    if any(label.startswith("xn--") for label in host.split(".")):
        raise InvalidValueError(
            "must not be in Punycode, which Terraform rejects", "use another name of the host"
        )
    if colon and not (re.fullmatch(r"[1-9][0-9]{0,4}", port) and int(port) <= limits.PORT.most):
        raise InvalidValueError(
            f"must have a port of {limits.PORT} after the colon", f"for example {host}:8443"
        )
    if port == "443":
        raise InvalidValueError("must not have the default port", f'write "{host}"')
    return value


def word_or_nothing(value: str) -> str:
    """Check a part of a workspace name that can be empty."""
    return word(value) if value else value


def short_name(value: str) -> str:
    """Check that the name of something that exists is not a path or a URL, as gcloud shows it.

    A path can contain another project than `project`, in which the name is another network.
    """
    start, slash, name = value.rstrip("/").rpartition("/")
    if not slash:
        return value
    hint = f'write "{name}"'
    if given := re.search(r"(?:^|/)projects/([^/]+)", start):
        hint += (
            f" if `project` is {given[1]}: what is in another project, such as a Shared VPC, is not"
            " supported"
        )
    raise InvalidValueError("must be the short name of what exists in `project`, not a path", hint)


def network_name(value: str) -> str:
    """Check a VPC's name: at most 24 characters, so that every name derived from it is valid.

    The shortest limit is that of the nodes' service account, `NAME-nodes`: 30 characters.
    """
    names.dns_label(value)
    if len(value) > 24:
        raise InvalidValueError(
            f"must be at most 24 characters, got {len(value)}",
            "shorten it: the nodes' service account is called NAME-nodes",
        )
    return value


def distinct(values: tuple[str, ...]) -> tuple[str, ...]:
    """Check that a list contains no name twice."""
    duplicates = sorted(value for value, number in Counter(values).items() if number > 1)
    if duplicates:
        raise InvalidValueError(
            "must not repeat a name", f"remove one {', '.join(duplicates)} from the list"
        )
    return values

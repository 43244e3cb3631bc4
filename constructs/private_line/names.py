"""What Google's APIs and Kubernetes demand of names, checked before an apply.

As in `private_line.rules`, each function returns a good value and raises `InvalidValueError` on any
other. Which regions, zones and machine types exist changes, so only their form is checked.
"""

import re
from collections.abc import Callable
from functools import cache
from typing import Final

from publicsuffixlist import PublicSuffixList

from private_line.errors import InvalidValueError

APP_ENGINE_REGIONS: Final = {"us-central": "us-central1", "europe-west": "europe-west1"}
"""The two App Engine locations that are not called like their region."""

GOOGLE_ZONES: Final = ("internal", "google.internal")
"""The metadata server's own zones: a private zone over them cuts nodes off from it."""


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
service_account_id = _matching(
    r"[a-z][-a-z0-9]{4,28}[a-z0-9]",
    "must be a service account's id: 6 to 30 of a-z, 0-9 and -, starting with a letter",
    "private-nodes",
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
security_group = _matching(
    r"gke-security-groups@([a-z0-9]([-a-z0-9]*[a-z0-9])?\.)+[a-z]{2,}",
    "must be the group gke-security-groups of your domain: GKE takes no other name",
    "gke-security-groups@example.com",
)
kms_key = _matching(
    r"projects/[a-z][-a-z0-9]{4,28}[a-z0-9]/locations/[-a-z0-9]+"
    r"/keyRings/[-_A-Za-z0-9]{1,63}/cryptoKeys/[-_A-Za-z0-9]{1,63}",
    "must be a Cloud KMS key by its full name, without a version",
    "projects/my-project-id/locations/asia-northeast1/keyRings/gke/cryptoKeys/secrets",
)
cluster_name = _matching(
    r"[a-z]([-a-z0-9]{0,38}[a-z0-9])?",
    "must be at most 40 characters, start with a letter, end with a letter or digit "
    "and hold only a-z, 0-9 and -",
    "private-cluster",
)
dns_label = _matching(
    # RFC 1035: what both Google and Kubernetes take.
    r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?",
    "must be at most 63 characters, start with a letter, end with a letter or digit "
    "and hold only a-z, 0-9 and -",
    "my-api",
)


def namespace(name: str) -> str:
    """Check the name of a namespace to make: a label that is not Kubernetes' or GKE's own.

    Kubernetes keeps `default` and `kube-` for itself (its page "Namespaces"); GKE's own begin with
    `gke-` or `gmp-`, such as gke-managed-system and gmp-public.
    """
    dns_label(name)
    if name == "default" or name.startswith(("kube-", "gke-", "gmp-")):
        raise InvalidValueError(
            "is made by Kubernetes or GKE itself", "remove it: a service may be in it all the same"
        )
    return name


def region(value: str) -> str:
    """Check a region's form."""
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


def cluster_location(value: str) -> str:
    """Check the form of a cluster's location: a region, or one zone of it."""
    if not re.fullmatch(r"[a-z]+-[a-z]+\d+(-[a-z])?", value):
        raise InvalidValueError(
            "must be a region or a zone", 'for example "asia-northeast1" or "asia-northeast1-a"'
        )
    return value


def app_engine_location(value: str) -> str:
    """Check a location id's form: a region, but for the two that are older than regions."""
    for location, its_region in APP_ENGINE_REGIONS.items():
        if value == its_region:
            raise InvalidValueError(
                "is a region; App Engine calls it otherwise", f'write "{location}"'
            )
    return value if value in APP_ENGINE_REGIONS else region(value)


def connector_name(name: str) -> str:
    """Check a connector's name: a regex, and 20 characters where a hyphen counts as two.

    The regex is the API's (terraform-provider-google#13915), the count Google's page.
    """
    if not re.fullmatch(r"[a-z][-a-z0-9]{0,23}[a-z0-9]", name):
        raise InvalidValueError(
            "must start with a letter, end with a letter or digit and hold only a-z, 0-9 and -",
            "for example private-connector",
        )
    length = len(name) + name.count("-")
    if length > 20:
        raise InvalidValueError(
            f"must be at most 20 characters, a hyphen counting as two; this one counts {length}",
            f"shorten it by {length - 20}",
        )
    return name


def dns_name(name: str) -> str:
    """Check a DNS name without a dot at its end: labels of RFC 1123, 253 characters at most."""
    if name.endswith("."):
        raise InvalidValueError(
            "is written without the dot at the end", f"write {name.rstrip('.')}"
        )
    label = r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"
    if len(name) > 253 or not re.fullmatch(rf"{label}(\.{label})*", name):
        raise InvalidValueError(
            "must be a DNS name: labels of a-z, 0-9 and -, parted by dots, 253 characters at most",
            "for example my, or my.team",
        )
    return name


@cache
def _public_suffixes() -> PublicSuffixList:
    return PublicSuffixList(accept_unknown=False)


def private_zone(name: str) -> str:
    """Check that a private zone hides neither a public suffix nor Google's own names."""
    dns_name(name)
    if _public_suffixes().publicsuffix(name) == name:
        raise InvalidValueError(
            f"is a public suffix: inside the VPC all names under .{name} would vanish",
            f"choose a name below it that you own, or one such as api.private, not {name}",
        )
    if name in GOOGLE_ZONES or name.endswith(".google.internal"):
        raise InvalidValueError(
            "is Google's own: nodes would lose the metadata server", "for example api.private"
        )
    return name

"""Rules of Google's APIs and Kubernetes for names, checked before an apply.

As in `private_line.rules`, each function returns a valid value unchanged and raises
`InvalidValueError` for any other. For regions, zones and machine types, only the format is checked,
because the list of those that exist changes.
"""

import re
from collections.abc import Callable
from functools import cache
from typing import Final

from publicsuffixlist import PublicSuffixList

from private_line.errors import InvalidFormatError, InvalidValueError

APP_ENGINE_REGIONS: Final = {"us-central": "us-central1", "europe-west": "europe-west1"}
"""The two App Engine locations whose IDs differ from their region."""

GOOGLE_ZONES: Final = ("internal", "google.internal")
"""Zones of the metadata server. A private zone with such a name would hide it from the nodes."""


def _matching(pattern: str, rule: str, example: str) -> Callable[[str], str]:
    def check(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise InvalidFormatError(rule, example)
        return value

    return check


project = _matching(
    r"[a-z][-a-z0-9]{4,28}[a-z0-9]",
    "must be a project ID: 6 to 30 characters of a-z, 0-9 and -, starting with a letter",
    "my-project-id",
)
_SERVICE_ACCOUNT_ID: Final = r"[a-z][-a-z0-9]{4,28}[a-z0-9]"
"""See https://cloud.google.com/iam/docs/reference/rest/v1/projects.serviceAccounts/create."""

_PROJECT_IN_EMAIL: Final = r"[a-z][-a-z0-9]{4,28}[a-z0-9](\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*"
"""A project ID; in an old organization, `example.com:my-project` is `my-project.example.com`."""

service_account = _matching(
    # Created by people, or the default account of Compute Engine or App Engine:
    # https://cloud.google.com/iam/docs/service-account-types.
    rf"{_SERVICE_ACCOUNT_ID}@{_PROJECT_IN_EMAIL}\.iam\.gserviceaccount\.com"
    r"|[0-9]{1,20}-compute@developer\.gserviceaccount\.com"
    rf"|{_PROJECT_IN_EMAIL}@appspot\.gserviceaccount\.com",
    "must be the email address of a service account",
    "deployer@my-project-id.iam.gserviceaccount.com",
)
service_account_id = _matching(
    _SERVICE_ACCOUNT_ID,
    "must be a service account ID: 6 to 30 characters of a-z, 0-9 and -, starting with a letter",
    "private-nodes",
)
machine_type = _matching(
    r"[a-z][a-z0-9]*(-[a-z0-9]+)+",
    "must be a Compute Engine machine type",
    "e2-medium",
)
security_group = _matching(
    r"gke-security-groups@([a-z0-9]([-a-z0-9]*[a-z0-9])?\.)+[a-z]{2,}",
    "must be the group gke-security-groups of your domain: GKE accepts no other name",
    "gke-security-groups@example.com",
)
kms_key = _matching(
    r"projects/[a-z][-a-z0-9]{4,28}[a-z0-9]/locations/[-a-z0-9]+"
    r"/keyRings/[-_A-Za-z0-9]{1,63}/cryptoKeys/[-_A-Za-z0-9]{1,63}",
    "must be the full name of a Cloud KMS key, without a version",
    "projects/my-project-id/locations/asia-northeast1/keyRings/gke/cryptoKeys/secrets",
)
cluster_name = _matching(
    r"[a-z]([-a-z0-9]{0,38}[a-z0-9])?",
    "must be at most 40 characters of a-z, 0-9 and -, start with a letter "
    "and end with a letter or digit",
    "private-cluster",
)
dns_label = _matching(
    # An RFC 1035 label, which both Google Cloud and Kubernetes accept.
    r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?",
    "must be at most 63 characters of a-z, 0-9 and -, start with a letter "
    "and end with a letter or digit",
    "my-api",
)
kubernetes_label = _matching(
    # An RFC 1123 label: namespaces, and ports of Services, but not Services. See
    # https://kubernetes.io/docs/concepts/overview/working-with-objects/names/.
    r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?",
    "must be at most 63 characters of a-z, 0-9 and -, and start and end with a letter or digit",
    "apis",
)


def is_dns_subdomain(name: str) -> bool:
    """Whether a name is a DNS subdomain as in Kubernetes, whose labels have no limit of their own.

    See https://kubernetes.io/docs/concepts/overview/working-with-objects/names/.
    """
    label = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
    return len(name) <= 253 and re.fullmatch(rf"{label}(\.{label})*", name) is not None


def bucket(name: str) -> str:
    """Check a bucket's name: https://cloud.google.com/storage/docs/buckets#naming.

    A label has at most 63 characters, and so has a name without dots. A name with dots is a domain
    whose owner Google verifies, so it does not end with a number:
    https://cloud.google.com/storage/docs/domain-name-verification.
    """
    labels = name.split(".")
    if (
        not 3 <= len(name) <= 222
        or not all(re.fullmatch(r"[a-z0-9]([-_a-z0-9]{0,61}[a-z0-9])?", label) for label in labels)
        or (len(labels) > 1 and labels[-1].isdecimal())
    ):
        raise InvalidValueError(
            "must be a bucket name: 3 to 63 characters of a-z, 0-9, - and _, with a letter or"
            " digit at both ends; or a domain of at most 222 characters",
            "for example my-project-tfstate",
        )
    if name.startswith("goog") or re.search("g[o0][o0]g[l1]e", name):
        raise InvalidValueError(
            'must not start with "goog" or contain "google", which Cloud Storage rejects',
            "for example my-project-tfstate",
        )
    return name


def service(name: str, namespace: str) -> None:
    """Check the name of a Service in its namespace.

    Every cluster has the Service `kubernetes` in the namespace `default`:
    https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/.
    """
    dns_label(name)
    kubernetes_label(namespace)
    if (name, namespace) == ("kubernetes", "default"):
        raise InvalidValueError(
            "is the Service of the Kubernetes API, which every cluster has in this namespace",
            "choose another name or namespace",
        )


def namespace(name: str) -> str:
    """Check the name of a namespace to create: a label that Kubernetes and GKE do not reserve.

    Kubernetes reserves `default` and the prefix `kube-`:
    https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/. GKE's namespaces
    start with `gke-` or `gmp-`, such as gke-managed-system and gmp-public.
    """
    kubernetes_label(name)
    if name == "default" or name.startswith(("kube-", "gke-", "gmp-")):
        raise InvalidValueError(
            "is created by Kubernetes or GKE", "remove it: a service can use it without an entry"
        )
    return name


_REGION: Final = r"[a-z]+-[a-z]+[0-9]{1,2}"


def region(value: str) -> str:
    """Check the format of a region, and that a connector's network tag in it is valid.

    The tag is `vpc-connector-REGION-NAME`, at most 63 characters
    (https://cloud.google.com/vpc/docs/add-remove-network-tags), 20 of them the connector's name.
    """
    if value in APP_ENGINE_REGIONS:
        raise InvalidValueError(
            "is an App Engine location, not a region", f'write "{APP_ENGINE_REGIONS[value]}"'
        )
    zone = re.fullmatch(rf"({_REGION})-[a-z]", value)
    if zone:
        raise InvalidValueError("is a zone, not a region", f'write "{zone[1]}"')
    if not re.fullmatch(_REGION, value) or len(value) > 28:
        raise InvalidValueError("must be a region", 'for example "asia-northeast1"')
    return value


def cluster_location(value: str) -> str:
    """Check the format of a cluster's location: a region, or one zone of it."""
    if not re.fullmatch(rf"{_REGION}(-[a-z])?", value):
        raise InvalidValueError(
            "must be a region or a zone", 'for example "asia-northeast1" or "asia-northeast1-a"'
        )
    return value


def app_engine_location(value: str) -> str:
    """Check the format of an App Engine location: a region, `us-central` or `europe-west`."""
    for location, its_region in APP_ENGINE_REGIONS.items():
        if value == its_region:
            raise InvalidValueError(
                "is a region, for which App Engine has another ID", f'write "{location}"'
            )
    return value if value in APP_ENGINE_REGIONS else region(value)


def connector_name(name: str) -> str:
    """Check a connector's name: at most 20 characters, where a hyphen counts as two.

    The pattern comes from the API
    (https://github.com/hashicorp/terraform-provider-google/issues/13915), the length from
    https://cloud.google.com/appengine/docs/standard/connecting-vpc.
    """
    if not re.fullmatch(r"[a-z][-a-z0-9]*[a-z0-9]", name):
        raise InvalidFormatError(
            "must be at least 2 characters of a-z, 0-9 and -, start with a letter and end with a"
            " letter or digit",
            "private-connector",
        )
    length = len(name) + name.count("-")
    if length > 20:
        raise InvalidValueError(
            f"must be at most 20 characters, where a hyphen counts as two, got {length}",
            f"shorten it by {length - 20}",
        )
    return name


def dns_name(name: str) -> str:
    """Check a DNS name: RFC 1123 labels, at most 253 characters, without a trailing dot."""
    if name.endswith("."):
        raise InvalidValueError("must not end with a dot", f"write {name.rstrip('.')}")
    label = r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"
    if len(name) > 253 or not re.fullmatch(rf"{label}(\.{label})*", name):
        raise InvalidFormatError(
            "must be a DNS name: labels of a-z, 0-9 and -, separated by dots, "
            "at most 253 characters",
            "my, or my.team",
        )
    return name


@cache
def _public_suffixes() -> PublicSuffixList:
    return PublicSuffixList(accept_unknown=False)


def private_zone(name: str) -> str:
    """Check that a private zone hides neither a public suffix nor Google's metadata server.

    Its last label is not a number, because a browser would take the whole name for an address:
    https://www.rfc-editor.org/rfc/rfc3696#section-2, https://url.spec.whatwg.org/#host-parsing.
    """
    dns_name(name)
    if name.rpartition(".")[2].isdecimal():
        raise InvalidValueError("must not end with a number", "for example api.private")
    if _public_suffixes().publicsuffix(name) == name:
        raise InvalidValueError(
            f"is a public suffix: in the VPC, no public name under .{name} would resolve",
            "choose a domain that you own, or a name such as api.private",
        )
    if name in GOOGLE_ZONES or name.endswith(".google.internal"):
        raise InvalidValueError(
            "is reserved: nodes could not reach Google's metadata server", "for example api.private"
        )
    return name

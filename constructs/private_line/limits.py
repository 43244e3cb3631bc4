"""The limits of Google Cloud and Kubernetes: each in one place, with its source.

Rules, settings, the JSON schema and the tests read them from here. This module imports no provider
bindings.
"""

from collections.abc import Sized
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Final

from private_line.errors import InvalidValueError


@dataclass(frozen=True, kw_only=True)
class Limit:
    """The lowest and the highest number that is accepted.

    Attributes:
        least: the lowest number.
        most: the highest number.
        unit: how a number is written, with `{}` in its place. Default: only the number.
        hint: what to write instead.
        source: the page that documents the limit.
    """

    least: int
    most: int
    unit: str = "{}"
    hint: str
    source: str

    def __str__(self) -> str:
        """Both ends, such as `2 to 9`."""
        if self.least == self.most:
            return self.unit.format(self.least)
        return f"{self.unit.format(self.least)} to {self.unit.format(self.most)}"

    def check(self, number: int) -> int:
        """Return a number within the limit, or raise `InvalidValueError`."""
        if not self.least <= number <= self.most:
            raise InvalidValueError(
                f"must be {self}, got {self.unit.format(decimal(number))}", self.hint
            )
        return number


@dataclass(frozen=True, kw_only=True)
class Maximum:
    """The highest number of elements that is accepted.

    Attributes:
        most: the highest number.
        elements: what the elements are, in the plural.
        source: the page that documents the limit.
    """

    most: int
    elements: str
    source: str

    def check(self, elements: Sized) -> None:
        """Raise `InvalidValueError` for too many elements."""
        if len(elements) > self.most:
            raise InvalidValueError(
                f"must have at most {self.most} {self.elements}, got {len(elements)}",
                f"remove {len(elements) - self.most}",
            )


_HUGE: Final = 2**64
"""Larger than any number that an API takes."""


def decimal(number: int) -> str:
    """Format a number for a message; a huge one is cut off.

    Python raises `ValueError` for a decimal of more than 4300 digits:
    https://docs.python.org/3/library/stdtypes.html#int-max-str-digits.
    """
    return str(number) if abs(number) < _HUGE else f"{number:#x}"[:20] + "..."


# Ranges

NODES_PREFIX: Final = Limit(
    least=8,
    most=29,
    unit="a /{}",
    hint="a /24 has 252 addresses for nodes and load balancers",
    source="https://cloud.google.com/kubernetes-engine/docs/concepts/alias-ips",
)
SERVICES_PREFIX: Final = Limit(
    least=16,
    most=28,
    unit="a /{}",
    hint="a /20 has addresses for 4096 Services",
    source="https://cloud.google.com/kubernetes-engine/docs/concepts/alias-ips",
)
CONNECTOR_PREFIX: Final = Limit(
    least=28,
    most=28,
    unit="a /{}",
    hint="choose a /28 that nothing else uses, for example 10.8.0.0/28",
    source="https://cloud.google.com/vpc/docs/configure-serverless-vpc-access",
)
POD_ADDRESSES_PER_NODE: Final = 256
"""GKE assigns a /24 of pod addresses to a node of up to 110 pods, the default.

See https://cloud.google.com/kubernetes-engine/docs/how-to/flexible-pod-cidr.
"""

RESERVED_IN_SUBNET: Final = 4
"""Reserved addresses per subnet: network, gateway, second-to-last and broadcast.

See https://cloud.google.com/vpc/docs/subnets#unusable-ip-addresses-in-every-subnet.
"""


def _networks(*ranges: str) -> tuple[IPv4Network, ...]:
    return tuple(map(IPv4Network, ranges))


PRIVATE_RANGES: Final = _networks("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")
"""RFC 1918 and RFC 6598, the destinations of `egress_setting: private-ranges-only`.

See https://cloud.google.com/appengine/docs/standard/connecting-vpc.
"""

NOT_PUBLIC: Final = (
    *PRIVATE_RANGES,
    *_networks(
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "240.0.0.0/4",
    ),
)
"""The private ranges that a subnet can have; any other is a public range, used privately.

See https://cloud.google.com/vpc/docs/subnets#valid-ranges. Nodes do not translate the addresses of
pods (SNAT) for destinations in these ranges:
https://cloud.google.com/kubernetes-engine/docs/how-to/ip-masquerade-agent.
"""

PROHIBITED: Final = {
    IPv4Network("0.0.0.0/8"): "this network",
    IPv4Network("127.0.0.0/8"): "loopback",
    IPv4Network("169.254.0.0/16"): "link-local addresses",
    IPv4Network("172.17.0.0/16"): "Docker's bridge on the nodes",
    IPv4Network("199.36.153.4/30"): "restricted.googleapis.com",
    IPv4Network("199.36.153.8/30"): "private.googleapis.com",
    IPv4Network("224.0.0.0/4"): "multicast",
    IPv4Network("255.255.255.255/32"): "broadcast",
}
"""Ranges that no subnet can have, and what they are for.

VPC accepts Docker's bridge, but nodes route it to themselves. Both are in
https://cloud.google.com/vpc/docs/subnets: "Prohibited IPv4 subnet ranges" and "Additional
considerations".
"""

# Connector

CONNECTOR_MIN_INSTANCES: Final = Limit(
    least=2,
    most=9,
    hint="a minimum of 2 instances costs least",
    source="https://cloud.google.com/vpc/docs/configure-serverless-vpc-access",
)
CONNECTOR_MAX_INSTANCES: Final = Limit(
    least=3,
    most=10,
    hint="a maximum of 3 instances costs least",
    source="https://cloud.google.com/vpc/docs/configure-serverless-vpc-access",
)

# Cluster

BOOT_ZONES: Final = 3
"""The zones of a region in which GKE creates nodes.

See https://cloud.google.com/kubernetes-engine/docs/concepts/regional-clusters.
"""

NODES_PER_ZONE: Final = 1000
"""The nodes of one pool in one zone: https://cloud.google.com/kubernetes-engine/quotas."""

NODES: Final = Limit(
    least=1,
    most=BOOT_ZONES * NODES_PER_ZONE,
    hint="1 node costs least; a pool has at most 1000 nodes per zone",
    source="https://cloud.google.com/kubernetes-engine/quotas",
)
DISK_SIZE_GB: Final = Limit(
    least=10,
    most=65536,
    hint="50 is the default",
    source="https://cloud.google.com/compute/docs/disks/persistent-disks",
)
"""10 GB is the provider's minimum, 64 TiB the largest disk."""

MAINTENANCE_HOURS: Final = Limit(
    least=4,
    most=24,
    hint="4 hours is the shortest window",
    source="https://cloud.google.com/kubernetes-engine/docs/concepts/maintenance-windows-and-exclusions",
)
MAINTENANCE_HOURS_PER_WEEK: Final = 12
"""GKE requires 48 hours in every 32 days, which contain each weekday at least four times.

See
https://cloud.google.com/kubernetes-engine/docs/concepts/maintenance-windows-and-exclusions.
"""

AUTHORIZED_NETWORKS: Final = Maximum(
    most=100,
    elements="ranges",
    source="https://cloud.google.com/kubernetes-engine/docs/how-to/private-clusters",
)

# Services

PORT: Final = Limit(
    least=1,
    most=65535,
    hint="for example 80",
    source="https://kubernetes.io/docs/concepts/services-networking/service/",
)
SERVICE_SOURCE_RANGES: Final = Maximum(
    most=4999, elements="ranges", source="https://cloud.google.com/vpc/docs/quota"
)
"""A firewall rule has at most 5000 source ranges, and the connector's range is one of them."""

# Labels

LABELS: Final = Maximum(
    most=63,
    elements="labels, because Google allows 64 and Terraform adds goog-terraform-provisioned",
    source="https://cloud.google.com/compute/docs/labeling-resources",
)
"""The provider's own label: https://github.com/hashicorp/terraform-provider-google/issues/18300."""

"""The endpoints of a private cluster's control plane."""

from enum import StrEnum
from typing import Final


class ControlPlane(StrEnum):
    """The one endpoint that is on. Nodes are private in every case.

    See https://cloud.google.com/kubernetes-engine/docs/concepts/network-isolation.
    """

    DNS = "dns"
    """The DNS-based endpoint only, reachable from anywhere.

    Identity and Access Management (IAM) controls access.
    """

    PRIVATE = "private"
    """The internal IP-based endpoint, for callers inside the VPC."""

    PUBLIC = "public"
    """The external IP-based endpoint, for the authorized networks only."""


CONTROL_PLANE: Final = ControlPlane.DNS
"""The default of props and settings: access needs IAM permissions, and no IP address is open."""

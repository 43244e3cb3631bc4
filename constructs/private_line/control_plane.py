"""How people and machines reach a private cluster's control plane."""

from enum import StrEnum
from typing import Final


class ControlPlane(StrEnum):
    """One of three ways; nodes stay private in all of them."""

    DNS = "dns"
    """GKE's DNS endpoint: reachable from anywhere, opened by IAM alone, no IP endpoint."""

    PRIVATE = "private"
    """The private IP endpoint: the caller sits in the VPC."""

    PUBLIC = "public"
    """The public IP endpoint, for the authorized networks only."""


CONTROL_PLANE: Final = ControlPlane.DNS
"""The default of props and settings: no address to guard, IAM decides alone."""

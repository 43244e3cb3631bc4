"""Allowed values and defaults that props and settings share.

This module imports no provider bindings, so reading the settings does not load them.
"""

from datetime import time
from typing import Final, Literal, get_args

ConnectorMachineType = Literal["f1-micro", "e2-micro", "e2-standard-4"]
CONNECTOR_MACHINE_TYPE: Final = "e2-micro"
CONNECTOR_MIN_INSTANCES: Final = 2
CONNECTOR_MAX_INSTANCES: Final = 3
EXISTING_CONNECTOR_DENY_RULES: Final = False

ReleaseChannel = Literal["RAPID", "REGULAR", "STABLE", "EXTENDED"]
RELEASE_CHANNEL: Final = "REGULAR"

Weekday = Literal["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
"""A day of the week as in RFC 5545."""

MAINTENANCE_DAYS: Final[tuple[Weekday, ...]] = get_args(Weekday)
MAINTENANCE_START: Final = time(18, 0)
MAINTENANCE_HOURS: Final = 4

NODE_MACHINE_TYPE: Final = "e2-medium"
DiskType = Literal["pd-standard", "pd-balanced", "pd-ssd", "hyperdisk-balanced"]
DISK_TYPE: Final = "pd-balanced"
DISK_SIZE_GB: Final = 50
MIN_NODES: Final = 1
MAX_NODES: Final = 3

NAT: Final = False
DELETION_PROTECTION: Final = True
INTRANODE_VISIBILITY: Final = False
BINARY_AUTHORIZATION: Final = False

Protocol = Literal["TCP", "UDP"]
PROTOCOL: Final = "TCP"

ExternalTrafficPolicy = Literal["Cluster", "Local"]
EXTERNAL_TRAFFIC_POLICY: Final = "Cluster"

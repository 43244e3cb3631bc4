"""Machine types that do not work as nodes, alone or with a type of boot disk.

The lists contain what is known; any other machine type is accepted, because the list of those that
exist changes.
"""

from collections.abc import Mapping
from typing import Final, get_args

from private_line import names
from private_line.choices import DiskType
from private_line.errors import InvalidValueError

TOO_SMALL: Final = ("f1-micro",)
"""Machine types with too little memory for a node.

See https://cloud.google.com/kubernetes-engine/docs/concepts/cluster-architecture and
https://gitlab.com/gitlab-org/gitlab/-/issues/228623.
"""

DISK_TYPES: Final[Mapping[str, tuple[DiskType, ...]]] = {
    # https://github.com/nextflow-io/nextflow/pull/6841 and, for n1,
    # https://github.com/cloudfoundry/bosh-google-cpi-release/pull/388
    "e2": ("pd-standard", "pd-ssd", "pd-balanced"),
    "n1": ("pd-standard", "pd-ssd", "pd-balanced"),
    "n2": ("pd-standard", "pd-ssd", "pd-balanced"),
    "n2d": ("pd-standard", "pd-ssd", "pd-balanced"),
    # https://github.com/kubernetes-sigs/gcp-compute-persistent-disk-csi-driver/issues/1391
    "c3": ("pd-balanced", "pd-ssd", "hyperdisk-balanced"),
    "c3d": ("pd-balanced", "pd-ssd", "hyperdisk-balanced"),
    # https://github.com/nextflow-io/nextflow/pull/7293
    "c4": ("hyperdisk-balanced",),
    "c4a": ("hyperdisk-balanced",),
    "c4d": ("hyperdisk-balanced",),
    "n4": ("hyperdisk-balanced",),
    "n4a": ("hyperdisk-balanced",),
    "n4d": ("hyperdisk-balanced",),
}
"""The types of boot disks by machine series, for series that do not support all of them.

See https://cloud.google.com/compute/docs/machine-resource#machine_type_comparison.
"""


def node_machine_type(machine_type: str) -> str:
    """Check the format of a machine type, and that it is not too small for a node."""
    names.machine_type(machine_type)
    if machine_type in TOO_SMALL:
        raise InvalidValueError("has too little memory for a GKE node", "for example e2-medium")
    return machine_type


def boot_disk(machine_type: str, disk_type: DiskType) -> None:
    """Check that a machine type supports a type of boot disk.

    Compute Engine rejects others, for example `[pd-balanced, c4-standard-16] features are not
    compatible for creating instance`: https://github.com/astronomer/astronomer/issues/2463.
    """
    series, _, _ = machine_type.partition("-")
    supported = DISK_TYPES.get(series, get_args(DiskType))
    if disk_type not in supported:
        raise InvalidValueError(
            f"must be {' or '.join(supported)} for machine_type {machine_type}",
            f'set disk_type to "{supported[-1]}", or choose another machine type',
        )

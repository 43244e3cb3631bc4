"""The settings with which `make conformance` compares the fake and the real providers."""

from collections.abc import Mapping
from typing import Final

from tests.line import ACCESSES, BACKENDS, Table
from tests.support import DEV_TABLE, REPORTS, SECRETS_KEY, SECURITY_GROUP, existing

_FIRST: Final[Table] = DEV_TABLE["services"][0]

VARIATIONS: Final[Mapping[str, Mapping[str, object]]] = {
    **{
        f"control plane {access}": {"cluster.control_plane": access, **settings}
        for access, settings in ACCESSES.items()
    },
    "in a zone, with NAT, APIs enabled elsewhere": {
        "cluster.location": "asia-northeast1-a",
        "network.nat": True,
        "enable_apis": False,
    },
    "UDP, App Engine far away": {
        "services[0].ports[0].protocol": "UDP",
        "app_engine.location": "us-central",
    },
    "several APIs, fixed addresses, a namespace, more callers, more destinations": {
        "cluster.namespaces": ["apis"],
        "connector.extra_destinations": ["10.20.0.0/24"],
        "services": [
            {**_FIRST, "address": "192.168.32.10"},
            {**REPORTS, "extra_source_ranges": ["10.100.0.0/16"]},
            {**REPORTS, "name": "metrics", "host": "metrics", "namespace": "apis"},
        ],
    },
    "what organizations ask for, another disk": {
        "cluster.intranode_visibility": True,
        "cluster.binary_authorization": True,
        "cluster.security_group": SECURITY_GROUP,
        "cluster.secrets_key": SECRETS_KEY,
        "cluster.disk_type": "pd-standard",
        "cluster.disk_size_gb": 80,
    },
    "no protection, no labels": {
        "cluster.deletion_protection": False,
        "labels": {},
    },
    "in an existing network": existing(connector_subnet="serverless"),
    "with an existing cluster": existing("cluster"),
    "everything exists": existing("connector", "cluster", "dns"),
    "everything exists, with deny rules and tags of nodes": {
        **existing("connector", "cluster", "dns"),
        "connector.deny_rules": True,
        "cluster.node_tags": ["gke-batch-1234abcd-node"],
    },
}
"""Changes of `tests/fixtures/dev.toml`, by name. The first variation changes no value.

The names are the keys of recorded plans.
"""

VALIDATED: Final[Mapping[str, Mapping[str, object]]] = {
    **{f"state in {name}": {"state": state} for name, state in BACKENDS.items()},
    "another account": {
        "impersonate_service_account": "deployer@my-project-id.iam.gserviceaccount.com"
    },
    "everything exists": existing("connector", "cluster", "dns"),
    "an existing connector subnet, given ranges": existing(
        connector_subnet="serverless",
        connector="10.20.0.0/28",
        nodes="10.10.0.0/20",
        pods="10.64.0.0/14",
        services="10.11.0.0/20",
    ),
    **{
        f"an existing cluster, control plane {access}": {
            **existing("cluster"),
            "cluster.control_plane": access,
        }
        for access in ACCESSES
    },
}
"""Changes that are validated only: a plan would need a backend, a token, or data from Google.

The validation covers the arguments of data sources, and the attributes that postconditions read.
"""

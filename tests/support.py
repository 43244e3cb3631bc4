"""Paths of files, and the settings that tests start from.

Users edit `environments/` and `examples/caller/app.yaml`, so tests use copies in
`tests/fixtures/`. A test that reads the originals uses the `USERS_...` constants and must pass
whatever the files contain. tests/test_edited_checkout.py finds such tests by these constants.
"""

import tomllib
from collections.abc import Callable, Mapping
from itertools import chain, combinations
from pathlib import Path
from typing import Final

from tests.line import Line, Table

ROOT: Final = Path(__file__).parent.parent

USERS_ENVIRONMENTS: Final = ROOT / "environments"
USERS_APP_YAML: Final = ROOT / "examples" / "caller" / "app.yaml"

DEV_FILE: Final = ROOT / "tests" / "fixtures" / "dev.toml"
DEV: Final = DEV_FILE.read_text(encoding="utf-8")
DEV_TABLE: Final[Table] = tomllib.loads(DEV)
UNPROTECTED: Final = DEV.replace("deletion_protection = true", "deletion_protection = false")
APP_YAML: Final = ROOT / "tests" / "fixtures" / "app.yaml"

REPORTS: Final[Table] = {
    "name": "reports",
    "selector": {"app": "reports"},
    "host": "reports",
    "ports": [{"name": "http", "port": 80, "target_port": 8080}],
}
"""A second API."""

SECURITY_GROUP: Final = "gke-security-groups@example.com"
SECRETS_KEY: Final = (
    "projects/my-project-id/locations/asia-northeast1/keyRings/gke/cryptoKeys/secrets"
)

_EXISTING: Final[Mapping[str, Table]] = {
    "connector": {"existing": True, "name": "shared-connector"},
    "cluster": {"existing": True, "name": "batch"},
    "dns": {"existing": True, "name": "api-private", "zone": "api.private"},
}


COMBINATIONS: Final = [
    *chain.from_iterable(combinations(_EXISTING, number) for number in range(len(_EXISTING) + 1))
]
"""All combinations of what can exist in an existing network."""


def existing(*parts: str, **network: object) -> Table:
    """Changes of settings for an existing network, in which some parts exist, too.

    Args:
        parts: any of `connector`, `cluster` and `dns`, as in tests/fake_cloud/existing.toml.
        network: more keys of `[network]`.
    """
    own_range = (
        {}
        if {"connector", "connector_subnet"} & {*parts, *network}
        else {"connector": "10.8.0.0/28"}
    )
    section = {
        "existing": True,
        "name": "private",
        "prefix": "line",
        "node_subnet": "gke-nodes",
        "pods_range": "pods",
        "services_range": "services",
        **own_range,
        **network,
    }
    return {"network": section, **{part: _EXISTING[part] for part in parts}}


Synthesize = Callable[[Table], Line]
"""Synthesizes the stacks of the environment `dev` from a settings table."""

"""Paths of files, and the settings that tests start from.

Users edit `environments/` and `examples/caller/app.yaml`, so tests use copies in
`tests/fixtures/`. A test that reads the originals uses the `USERS_...` constants and must pass
whatever the files contain. tests/test_edited_checkout.py finds such tests by these constants.
"""

import tomllib
from collections.abc import Callable
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

Synthesize = Callable[[Table], Line]
"""Synthesizes the stacks of the environment `dev` from a settings table."""

"""Where files are, and the settings that tests start from.

`environments/` and `examples/caller/app.yaml` are edited by everybody who deploys, so tests have
copies in `tests/fixtures/`. A test that looks at the originals names them by `USERS_...` and
holds whatever they say; tests/test_edited_checkout.py finds it by that.
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
"""Synthesizes the whole app for the settings of one environment, `dev`."""

"""What all tests share: a synthesized line to look at, and the article's settings to change."""

import copy
import os
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# Before cdktf is imported: with this file every import of it dies, and the message helps nobody.
if (ROOT / "constructs" / "__init__.py").exists():
    pytest.exit("constructs/__init__.py hides the library named constructs: delete it", 1)

# Node asks for Terraform's version while it synthesizes, and starts with the PATH of this moment.
os.environ["PATH"] += f"{os.pathsep}{ROOT / 'tools' / 'embedded-terraform'}"

from stacks.app import synthesize as synthesize_environments  # noqa: E402 - what is above comes first
from tests.line import ACCESSES, BACKENDS, Line, Table, changed, settings_from  # noqa: E402 - what is above comes first

Synthesize = Callable[[Table], Line]

DEV_TABLE: Table = tomllib.loads((ROOT / "environments" / "dev.toml").read_text(encoding="utf-8"))


@pytest.fixture
def table() -> Table:
    """The settings of `environments/dev.toml`, to be changed at will."""
    return copy.deepcopy(DEV_TABLE)


@pytest.fixture(scope="session")
def synthesize(tmp_path_factory: pytest.TempPathFactory) -> Synthesize:
    """Synthesize the whole app for some settings; the same settings only once."""
    known: dict[str, Line] = {}

    def whole_app(table: Table) -> Line:
        key = repr(table)
        if key not in known:
            outdir = tmp_path_factory.mktemp("cdktf.out")
            with _no_context():
                synthesize_environments([settings_from(table)], outdir=outdir)
            known[key] = Line(outdir)
        return known[key]

    return whole_app


@pytest.fixture
def line(synthesize: Synthesize, table: Table) -> Line:
    """The line of `environments/dev.toml` as it stands."""
    return synthesize(table)


@pytest.fixture(
    params=[(backend, access) for backend in BACKENDS for access in ACCESSES],
    ids="-".join,
)
def any_line(request: pytest.FixtureRequest, synthesize: Synthesize, table: Table) -> Line:
    """The line in each of the nine ways."""
    backend, access = request.param
    return synthesize(
        changed(
            table,
            {
                "state": BACKENDS[backend],
                "cluster.control_plane": access,
                **ACCESSES[access],
                "impersonate_service_account": "deployer@my-project-id.iam.gserviceaccount.com",
            },
        )
    )


@contextmanager
def _no_context() -> Iterator[None]:
    """Keep the CLI's context of an outer run away from the app."""
    kept = os.environ.pop("CDKTF_CONTEXT_JSON", None)
    try:
        yield
    finally:
        if kept is not None:
            os.environ["CDKTF_CONTEXT_JSON"] = kept

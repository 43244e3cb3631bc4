"""What all tests share: a synthesized line to look at, and settings to change."""

import copy
import os
import signal
from pathlib import Path

import pytest

from tests.support import DEV_TABLE, ROOT, Synthesize

# Before cdktf is imported: with this file every import of it dies, and the message helps nobody.
if (ROOT / "constructs" / "__init__.py").exists():
    pytest.exit("constructs/__init__.py hides the library named constructs: delete it", 1)

# Node asks for Terraform's version while it synthesizes, and starts with the PATH of this moment.
os.environ["PATH"] += f"{os.pathsep}{ROOT / 'tools' / 'embedded-terraform'}"
# The command's own context, where it runs these tests, is not the app's.
os.environ.pop("CDKTF_CONTEXT_JSON", None)

from tests.line import ACCESSES, BACKENDS, Line, Table, changed
from tests.synthesis import Synthesis

pytest_plugins = ["tests.fake_cloud.fixtures", "tests.operations.review.fixtures"]


def pytest_configure() -> None:
    """Let SIGTERM and SIGHUP end the run as Ctrl-C does, with all that fixtures have started."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what may run init, plan or apply: nothing can without the tools."""
    for item in items:
        if "tools" in getattr(item, "fixturenames", ()):
            item.add_marker("terraform")


@pytest.fixture
def table() -> Table:
    """The settings of `tests/fixtures/dev.toml`, to be changed at will."""
    return copy.deepcopy(DEV_TABLE)


@pytest.fixture(scope="session")
def shared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that lasts as long as the run; all of its processes share it."""
    own = tmp_path_factory.getbasetemp()
    # xdist's variables would not do: a pytest that a test starts inherits them, and is another run.
    folder = (own.parent if hasattr(request.config, "workerinput") else own) / "shared"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def synthesize(shared: Path) -> Synthesize:
    """Synthesize the whole app for some settings; the same settings only once."""
    return Synthesis(shared / "cdktf.out")


@pytest.fixture
def line(synthesize: Synthesize, table: Table) -> Line:
    """The line of `tests/fixtures/dev.toml` as it stands."""
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

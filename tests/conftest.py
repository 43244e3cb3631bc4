"""Fixtures for all tests: settings that a test may change, and synthesized stacks."""

import copy
import os
import signal
from itertools import chain
from typing import Final

import hypothesis
import pytest

from tests.support import DEV_TABLE, ROOT, Synthesize

# Check this before cdktf is imported: with this file, the import fails with an unclear error.
if (ROOT / "constructs" / "__init__.py").exists():
    pytest.exit("constructs/__init__.py hides the library named constructs: delete it", 1)

# During a synthesis, Node runs Terraform for its version. Node gets the PATH of this moment.
os.environ["PATH"] += f"{os.pathsep}{ROOT / 'tools' / 'embedded-terraform'}"

from tests.line import ACCESSES, BACKENDS, Line, Table, changed
from tests.results import FOLDER, remove_failures, remove_unused

# Variables of the caller must not reach the apps in the tests: if cdktf runs these tests, it sets
# some. The cdktf command reads the one that stays.
for name in list(os.environ):
    if name.startswith(("CDKTF_", "SYNTH_", "SLIM_")) and name != "CDKTF_DISABLE_PLUGIN_CACHE_ENV":
        del os.environ[name]

# A busy machine is no error.
hypothesis.settings.register_profile("no deadline", deadline=None)
hypothesis.settings.load_profile("no deadline")

_LONGEST: Final = (
    "deploy/test_life.py",
    "test_environments_page.py",
    # After test_life.py, whose runs of Terraform it replays.
    "conformance/test_recorded.py",
    "deploy/test_existing.py",
    "deploy/test_cli.py",
    "slim_bindings/test_same_result.py",
    "settings/test_every_setting.py",
    "deploy/test_mutations.py",
    "slim_bindings/test_fallback.py",
    "deploy/test_moved_states.py",
    "deploy/test_gcs.py",
    "operations/review/test_planning.py",
    "test_make.py",
    "deploy/test_checksums.py",
    "deploy/test_destroy_order.py",
    "deploy/test_hcp.py",
    "test_edited_checkout.py",
    "operations/test_lifecycle.py",
    "deploy/test_interruptions.py",
    "test_main.py",
    "test_readme.py",
)
"""The files that take more than some seconds, longest first. Started last, one of them would leave
the other processors idle."""

pytest_plugins = ["tests.fake_cloud.fixtures", "tests.operations.review.fixtures"]


def pytest_configure(config: pytest.Config) -> None:
    """Remove results that are no longer used, and let signals end the run as Ctrl-C does.

    SIGTERM and SIGHUP then end all that fixtures have started. In a background job, SIGINT is
    ignored, and every command that a test starts would ignore it.
    """
    if not hasattr(config, "workerinput"):
        remove_unused()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """If a test that runs Terraform failed, remove results of failed runs: one may be the cause."""
    failed = [terminalreporter.stats.get(outcome, []) for outcome in ("failed", "error")]
    if any("terraform" in report.keywords for report in chain(*failed)):
        remove_failures()
        terminalreporter.write_line(
            "Removed the stored runs of Terraform that failed, in case one is the cause."
        )


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One per processor, and one more in `make test`, whose slow tests wait at times."""
    return (os.cpu_count() or 1) + (not config.option.markexpr)


def pytest_report_header() -> str:
    """Say where results of earlier runs are, in case one is suspected to be wrong."""
    return f"results of earlier runs: {FOLDER.relative_to(ROOT)}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start with the longest files, and mark tests that may run init, plan or apply.

    Those are the tests that use the fixture `tools`.
    """
    positions = {ROOT / "tests" / name: position for position, name in enumerate(_LONGEST)}
    items.sort(key=lambda item: positions.get(item.path, len(positions)))
    for item in items:
        if "tools" in getattr(item, "fixturenames", ()):
            item.add_marker("terraform")


@pytest.fixture
def table() -> Table:
    """The settings of `tests/fixtures/dev.toml`, which the test may change."""
    return copy.deepcopy(DEV_TABLE)


@pytest.fixture(scope="session")
def synthesize() -> Synthesize:
    """Synthesizes the stacks of the environment `dev`, once per settings table."""
    # xdist's first process reads this file before it starts the others, and needs no cdktf.
    from tests.synthesis import Synthesis  # noqa: PLC0415

    return Synthesis()


@pytest.fixture
def line(synthesize: Synthesize, table: Table) -> Line:
    """The synthesized stacks of `tests/fixtures/dev.toml`."""
    return synthesize(table)


@pytest.fixture(
    params=[(backend, access) for backend in BACKENDS for access in ACCESSES],
    ids="-".join,
)
def any_line(request: pytest.FixtureRequest, synthesize: Synthesize, table: Table) -> Line:
    """The synthesized stacks, for each of nine combinations of backend and access."""
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

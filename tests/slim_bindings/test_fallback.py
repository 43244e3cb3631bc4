"""If slim_bindings cannot work, bindings load as usual, and one line on stderr says why."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.slim_bindings.custom_bindings import CustomBindings
from tests.slim_bindings.process import MODULES_IN_PYTHON, Outcome, Spy, service

pytestmark = pytest.mark.slow

RunWith = Callable[..., Outcome]

IMPORTS_BY_LOOP = """
import importlib, pathlib
for _path in pathlib.Path(__file__).parent.glob("[a-z]*/"):
    importlib.import_module(f"{__name__}.{_path.name}")
"""
ALREADY_LAZY = """
def __getattr__(name):
    import importlib
    return importlib.import_module(f"{__name__}.{name}")
"""


@pytest.fixture(scope="module")
def slim() -> Outcome:
    """The result of the program with slim bindings."""
    return service()


@pytest.fixture
def spy(tmp_path: Path) -> Spy:
    """Counts the modules that Node loads."""
    return Spy(tmp_path)


def only_line(outcome: Outcome) -> str:
    """The one line on stderr."""
    (line,) = outcome.stderr.splitlines()
    return line


@pytest.fixture(scope="module")
def bindings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Bindings that are just large enough for slim_bindings, and load five times faster."""
    return CustomBindings(tmp_path_factory.mktemp("bindings"), count=60).create()


@pytest.fixture
def own_bindings(tmp_path: Path, bindings: Path) -> Path:
    """A copy of `bindings`, which the test may change."""
    return shutil.copytree(bindings, tmp_path / "bindings" / bindings.name, symlinks=True)


@pytest.fixture(scope="module")
def run_with(tmp_path_factory: pytest.TempPathFactory) -> RunWith:
    """Runs the program with custom bindings; all runs share one jsii package cache."""
    cache = tmp_path_factory.mktemp("cache")

    def run(
        bindings: Path, spy: Spy, *, before: str = "", after: str = "", **variables: str
    ) -> Outcome:
        return service(
            before=before,
            after=after + MODULES_IN_PYTHON,
            PYTHONPATH=str(bindings.parent),
            JSII_RUNTIME_PACKAGE_CACHE_ROOT=str(cache),
            **spy.variables,
            **variables,
        )

    return run


def test_turned_off_everything_loads(
    slim: Outcome, spy: Spy, bindings: Path, run_with: RunWith
) -> None:
    outcome = run_with(bindings, spy, SLIM_BINDINGS="off")
    assert outcome.json == slim.json
    assert (outcome.modules_in_python, spy.modules_in_node) == (60, 60)
    assert outcome.stderr == ""


@pytest.mark.parametrize(
    ("before", "reason"),
    [
        ("slim_bindings.version = lambda name: '1.138.9'", "jsii 1.138.9 is older than 1.139"),
        ("import cdktf", "constructs was imported before install()"),
        (
            "import jsii._reference_map as jsii; del jsii._try_import_type_module",
            "cannot import name '_try_import_type_module' from 'jsii._reference_map'",
        ),
        (
            "import jsii._runtime as jsii; jsii.kernel = object()",
            "'object' object has no attribute 'provider'",
        ),
        (
            "from jsii._kernel.providers.process import ProcessProvider as jsii;"
            " started = jsii._process; del jsii._process;"
            " jsii.__getattr__ = lambda provider, _: started.fget(provider)",
            "type object 'ProcessProvider' has no attribute '_process'",
        ),
    ],
    ids=["older jsii", "late install", "no resolver", "no provider", "no process"],
)
def test_if_install_fails_everything_loads_and_one_line_says_why(
    slim: Outcome, spy: Spy, before: str, reason: str, bindings: Path, run_with: RunWith
) -> None:
    outcome = run_with(bindings, spy, before=before)
    assert outcome.json == slim.json
    assert (outcome.modules_in_python, spy.modules_in_node) == (60, 60)
    assert only_line(outcome).startswith(f"slim_bindings: bindings load whole: {reason}")


def test_a_bundle_without_a_lazy_index_loads_whole_in_node(
    tmp_path: Path, slim: Outcome, spy: Spy, run_with: RunWith
) -> None:
    bindings = CustomBindings(tmp_path, count=60, lazy_index=False).create()
    outcome = run_with(bindings, spy)
    assert outcome.json == slim.json
    assert (outcome.modules_in_python, spy.modules_in_node) == (1, 60)
    assert only_line(outcome).startswith("slim_bindings: bindings load whole in Node: Cannot find")
    assert only_line(outcome).endswith("/@cdktf/provider-kubernetes/lib/lazy-index.js'")


def test_a_package_with_an_unknown_layout_loads_whole_in_python(
    own_bindings: Path, slim: Outcome, spy: Spy, run_with: RunWith
) -> None:
    (own_bindings / "__init__.py").write_text(IMPORTS_BY_LOOP, encoding="utf-8")
    outcome = run_with(own_bindings, spy)
    assert outcome.json == slim.json
    assert (outcome.modules_in_python, spy.modules_in_node) == (60, 1)
    assert only_line(outcome) == (
        "slim_bindings: cdktf_cdktf_provider_kubernetes loads whole in Python: unknown layout"
    )


def test_a_package_that_is_already_lazy_keeps_its_init(
    own_bindings: Path, slim: Outcome, spy: Spy, run_with: RunWith
) -> None:
    (own_bindings / "__init__.py").write_text(ALREADY_LAZY, encoding="utf-8")
    keeps_getattr = "\nimport cdktf_cdktf_provider_kubernetes as k; assert '__getattr__' in vars(k)"
    outcome = run_with(own_bindings, spy, after=keeps_getattr)
    assert outcome.json == slim.json
    assert (outcome.modules_in_python, spy.modules_in_node) == (1, 1)
    assert outcome.stderr == ""


def test_small_bindings_load_as_usual(
    tmp_path: Path, slim: Outcome, spy: Spy, run_with: RunWith
) -> None:
    outcome = run_with(CustomBindings(tmp_path, count=10).create(), spy)
    assert outcome.json == slim.json
    assert (outcome.modules_in_python, spy.modules_in_node) == (10, 10)
    assert outcome.stderr == ""

"""Where bindings cannot be slimmed they load as usual, and one line says why."""

from pathlib import Path

import pytest

from tests.slim_bindings.made import MadeBindings
from tests.slim_bindings.process import MODULES_IN_PYTHON, Outcome, Spy, service

ALL_MODULES = 109
IMPORTS_BY_LOOP = """
import importlib, pathlib
for _path in pathlib.Path(__file__).parent.glob("[a-z]*/"):
    importlib.import_module(f"{__name__}.{_path.name}")
"""
LAZY_BY_ITSELF = """
def __getattr__(name):
    import importlib
    return importlib.import_module(f"{__name__}.{name}")
"""


@pytest.fixture(scope="module")
def slim() -> Outcome:
    """What the program gives with slim bindings."""
    return service()


@pytest.fixture
def spy(tmp_path: Path) -> Spy:
    """Counts the modules in Node."""
    return Spy(tmp_path)


def only_line(outcome: Outcome) -> str:
    """The one line on stderr."""
    (line,) = outcome.stderr.splitlines()
    return line


def with_bindings(tmp_path: Path, bindings: Path, spy: Spy, after: str = "") -> Outcome:
    """Run the program with bindings that a test made."""
    return service(
        after=after + MODULES_IN_PYTHON,
        PYTHONPATH=str(bindings.parent),
        JSII_RUNTIME_PACKAGE_CACHE_ROOT=str(tmp_path / "cache"),
        **spy.variables,
    )


def test_off_loads_everything(slim: Outcome, spy: Spy) -> None:
    outcome = service(**spy.variables, SLIM_BINDINGS="off")
    assert outcome.json == slim.json
    assert (outcome.modules_in_python, spy.modules_in_node) == (ALL_MODULES, ALL_MODULES)
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
    ids=["an older jsii", "a late install", "a newer jsii", "another newer jsii", "a third one"],
)
def test_where_nothing_can_be_slimmed_everything_loads_and_one_line_says_why(
    slim: Outcome, spy: Spy, before: str, reason: str
) -> None:
    outcome = service(before=before, **spy.variables)
    assert outcome.json == slim.json
    assert (outcome.modules_in_python, spy.modules_in_node) == (ALL_MODULES, ALL_MODULES)
    assert only_line(outcome).startswith(f"slim_bindings: bindings load whole: {reason}")


def test_a_bundle_without_a_lazy_index_loads_whole_in_node(
    tmp_path: Path, slim: Outcome, spy: Spy
) -> None:
    bindings = MadeBindings(tmp_path / "bindings", count=60, lazy_index=False).make()
    outcome = with_bindings(tmp_path, bindings, spy)
    assert outcome.json == slim.json
    assert (outcome.modules_in_python, spy.modules_in_node) == (1, 60)
    assert only_line(outcome).startswith("slim_bindings: bindings load whole in Node: Cannot find")
    assert only_line(outcome).endswith("/@cdktf/provider-kubernetes/lib/lazy-index.js'")


def test_a_package_of_another_layout_loads_whole_in_python(
    tmp_path: Path, slim: Outcome, spy: Spy
) -> None:
    bindings = MadeBindings(tmp_path / "bindings", count=60).make()
    (bindings / "__init__.py").write_text(IMPORTS_BY_LOOP, encoding="utf-8")
    outcome = with_bindings(tmp_path, bindings, spy)
    assert outcome.json == slim.json
    assert (outcome.modules_in_python, spy.modules_in_node) == (60, 1)
    assert only_line(outcome) == (
        "slim_bindings: cdktf_cdktf_provider_kubernetes loads whole in Python: unknown layout"
    )


def test_a_package_that_is_lazy_by_itself_keeps_its_own_init(
    tmp_path: Path, slim: Outcome, spy: Spy
) -> None:
    bindings = MadeBindings(tmp_path / "bindings", count=60).make()
    (bindings / "__init__.py").write_text(LAZY_BY_ITSELF, encoding="utf-8")
    is_its_own = "\nimport cdktf_cdktf_provider_kubernetes as k; assert '__getattr__' in vars(k)"
    outcome = with_bindings(tmp_path, bindings, spy, is_its_own)
    assert outcome.json == slim.json
    assert (outcome.modules_in_python, spy.modules_in_node) == (1, 1)
    assert outcome.stderr == ""


def test_small_bindings_are_left_alone(tmp_path: Path, slim: Outcome, spy: Spy) -> None:
    bindings = MadeBindings(tmp_path / "bindings", count=10).make()
    outcome = with_bindings(tmp_path, bindings, spy)
    assert outcome.json == slim.json
    assert (outcome.modules_in_python, spy.modules_in_node) == (10, 10)
    assert outcome.stderr == ""

"""Bindings load module by module, in Python and in Node, without side effects."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.slim_bindings.custom_bindings import CustomBindings
from tests.slim_bindings.process import Spy, run, service
from tests.support import ROOT

pytestmark = pytest.mark.slow

SLIM_BINDINGS = ROOT / "constructs" / "slim_bindings"


def test_only_imported_modules_are_loaded(tmp_path: Path) -> None:
    """The spy is in NODE_OPTIONS, so this also tests that the user's options are kept."""
    spy = Spy(tmp_path)
    outcome = service(**spy.variables)
    assert (outcome.modules_in_python, spy.modules_in_node) == (1, 1)
    assert outcome.stderr == ""


def test_importing_slim_bindings_imports_neither_jsii_nor_bindings() -> None:
    program = "import sys, slim_bindings; print({'jsii', 'cdktf', 'constructs'} & set(sys.modules))"
    assert run("-c", program).stdout == "set()\n"


def test_it_works_from_a_path_with_spaces_and_quotes(tmp_path: Path) -> None:
    elsewhere = tmp_path / 'Zoë\'s "own" folder'
    shutil.copytree(SLIM_BINDINGS, elsewhere / "slim_bindings")
    spy = Spy(tmp_path)
    outcome = service(
        before=f"assert slim_bindings.__file__.startswith({str(elsewhere)!r})",
        PYTHONPATH=str(elsewhere),
        **spy.variables,
    )
    assert (outcome.modules_in_python, spy.modules_in_node) == (1, 1)
    assert outcome.stderr == ""


def test_the_environment_of_child_processes_is_unchanged(
    tmp_path: Path,
) -> None:
    """Even while Node is still loading, with a cold jsii cache."""
    program = """
import os, slim_bindings
before = dict(os.environ)
slim_bindings.install()
import constructs
print(os.environ == before)
constructs.Node.of
print(os.environ == before)
"""
    outcome = run(
        "-c",
        program,
        NODE_OPTIONS="--no-deprecation",
        JSII_RUNTIME_PACKAGE_CACHE_ROOT=str(tmp_path),
    )
    assert (outcome.stdout, outcome.stderr) == ("True\nTrue\n", "")


def test_jsii_has_written_its_index_when_the_first_program_ends(tmp_path: Path) -> None:
    """Otherwise, a short program never finds an index, and parses all types at every start."""
    bindings = "import cdktf_cdktf_provider_kubernetes._jsii"
    program = f"import slim_bindings; slim_bindings.install(); {bindings}"
    assert run("-c", program, JSII_RUNTIME_PACKAGE_CACHE_ROOT=str(tmp_path)).status == 0
    (manifest,) = tmp_path.glob("@cdktf/provider-kubernetes/*/*/.jsii.runtime.v*.json")
    assert json.loads(manifest.read_text(encoding="utf-8"))["schema"] == "jsii/runtime-index"


def test_a_library_in_node_can_import_a_whole_bundle_as_a_namespace(tmp_path: Path) -> None:
    """Without `__esModule`, TypeScript's helper copies enumerable exports, and there are none."""
    (bundle,) = (CustomBindings(tmp_path / "bindings", count=60).create() / "_jsii").glob("*.tgz")
    shutil.unpack_archive(bundle, tmp_path, "gztar", filter="data")
    (tmp_path / "node_modules" / "@cdktf").mkdir(parents=True)
    (tmp_path / "package").rename(tmp_path / "node_modules/@cdktf/provider-kubernetes")
    print_es_module = "console.log(require('@cdktf/provider-kubernetes').__esModule)"
    done = subprocess.run(  # noqa: S603 - our own command, no shell
        ["node", "--require", SLIM_BINDINGS / "lazy_index.js", "--eval", print_es_module],  # noqa: S607 - the PATH's Node, as jsii's
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "true\n"

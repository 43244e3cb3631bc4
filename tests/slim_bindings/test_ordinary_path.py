"""Whatever goes wrong, the build goes on: one line is told, and the package loads whole."""

from pathlib import Path

import cdktf
import pytest

from slim_bindings.bundle import Bundle, NotSliceableError
from tests.slim_bindings.process import SERVICE, SLICED, WHOLE, Outcome, service, start

ANOTHER_JSII = """
import jsii._reference_map as registry
for name in ("type", "data_type", "enum", "interface"):
    table = getattr(registry, f"_{name}s")
    setattr(registry, f"register_{name}", lambda k, t=table: t.__setitem__(k.__jsii_type__, k))
"""
"""Registers classes past what install() put there."""


def test_this_jsii_is_one_that_can_be_sliced(good: Outcome) -> None:
    """Fails when a new jsii is made in another way; builds then take the ordinary path."""
    assert SLICED in good.stdout
    assert good.stderr == ""


def test_off_gives_the_ordinary_path(tmp_path: Path) -> None:
    outcome = service(tmp_path, SLIM_BINDINGS="off")
    assert WHOLE in outcome.stdout
    assert outcome.stderr == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("what_breaks", "told"),
    [
        (
            "from slim_bindings.bundle import Bundle; Bundle.cut = lambda *_: 1 / 0",
            "@cdktf/provider-kubernetes loads whole: ZeroDivisionError('division by zero')",
        ),
        (
            "from slim_bindings.bundle import Bundle; Bundle.cut = lambda *_: b'no tgz'",
            "@cdktf/provider-kubernetes loads whole: ",
        ),
        (
            ANOTHER_JSII,
            "@cdktf/provider-kubernetes loads whole: RuntimeError('none of its classes was seen')",
        ),
    ],
    ids=["the cut", "Node, over a slice", "jsii's inside"],
)
def test_a_failure_is_told_in_one_line_and_the_whole_is_loaded(
    tmp_path: Path, good: Outcome, what_breaks: str, told: str
) -> None:
    outcome = service(tmp_path, between=what_breaks)
    assert outcome.status == 0, outcome.stderr
    assert outcome.stdout == good.stdout.replace(SLICED, WHOLE)
    (line,) = outcome.stderr.splitlines()
    assert line.startswith(f"slim bindings: {told}")


def test_an_unknown_jsii_is_told_and_changes_nothing(tmp_path: Path) -> None:
    program = """
import jsii._reference_map as registry
del registry.register_enum
from pathlib import Path
import slim_bindings
slim_bindings.install("cdktf_cdktf_provider_kubernetes", cache=Path("cache"))
"""
    outcome = Outcome.of(start("-c", program, cwd=tmp_path))
    assert outcome.status == 0
    (line,) = outcome.stderr.splitlines()
    assert line.startswith("slim bindings: cdktf_cdktf_provider_kubernetes loads whole: ")


def test_a_package_that_is_not_there_is_told(tmp_path: Path) -> None:
    program = """
from pathlib import Path
import slim_bindings
slim_bindings.install("cdktf_cdktf_provider_nothing", cache=Path("cache"))
import cdktf_cdktf_provider_nothing
"""
    outcome = Outcome.of(start("-c", program, cwd=tmp_path))
    told, *_, error = outcome.stderr.splitlines()
    assert told.startswith("slim bindings: cdktf_cdktf_provider_nothing loads whole: ")
    assert error == "ModuleNotFoundError: No module named 'cdktf_cdktf_provider_nothing'"


def test_a_package_that_was_imported_before_stays_whole(tmp_path: Path) -> None:
    program = "import cdktf_cdktf_provider_kubernetes\n" + SERVICE.format(between="")
    outcome = Outcome.of(start("-c", program, tmp_path))
    assert WHOLE in outcome.stdout
    assert outcome.stderr == (
        "slim bindings: cdktf_cdktf_provider_kubernetes was imported before and stays whole\n"
    )


def test_bindings_whose_modules_need_each_other_are_not_sliced() -> None:
    (path,) = (Path(cdktf.__file__).parent / "_jsii").glob("*.jsii.tgz")
    bundle = Bundle("cdktf", "0.21.0", path)
    with pytest.raises(NotSliceableError, match="is in no module"):
        bundle.cut("testingMatchers")


@pytest.mark.parametrize("version", ["v18.20.0", "v20.20.0", "v31.0.0"])
def test_the_banner_about_the_version_of_node_stays_away(
    tmp_path: Path, cache: Path, good: Outcome, version: str
) -> None:
    (tmp_path / "version.js").write_text(
        f"Object.defineProperty(process, 'version', {{ value: '{version}' }});", encoding="utf-8"
    )
    options = f"--require {tmp_path / 'version.js'}"
    bare = Outcome.of(start("-c", "import cdktf", NODE_OPTIONS=options))
    assert "!!!!" in bare.stderr
    assert service(cache, NODE_OPTIONS=options) == good

"""A synthesis replaces the previous output as a whole, or the next command says that it did not."""

import json
import multiprocessing
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from operations.synthesis.output import replaced
from operations.terraform.synthesized import UnusableOutputError, read
from tests.support import ROOT

PARTS = ("network", "dns")


def write(folder: Path, region: str) -> None:
    """Write the output of a synthesis as far as `read` needs it."""
    entries = {}
    for part in PARTS:
        name = f"dev-{part}"
        stack = folder / "stacks" / name
        stack.mkdir(parents=True, exist_ok=True)
        configuration = {"terraform": {"required_providers": {}, "backend": {}}, "region": region}
        (stack / "cdk.tf.json").write_text(json.dumps(configuration), encoding="utf-8")
        entries[name] = {"synthesizedStackPath": f"stacks/{name}/cdk.tf.json"}
    manifest = json.dumps({"stacks": entries, "region": region})
    (folder / "manifest.json").write_text(manifest, encoding="utf-8")


def regions(outdir: Path) -> set[str]:
    """The regions in the stacks that a command reads."""
    return {stack.configuration["region"] for stack in read(outdir, [])}


@pytest.fixture
def outdir(tmp_path: Path) -> Path:
    """The output of a synthesis for Tokyo, whose stacks Terraform has initialized."""
    outdir = tmp_path / "cdktf.out"
    with replaced(outdir) as new:
        write(new, "tokyo")
    for part in PARTS:
        terraform = outdir / "stacks" / f"dev-{part}" / ".terraform"
        terraform.mkdir()
        (terraform / "terraform.tfstate").touch()
        terraform.with_name(".terraform.lock.hcl").touch()
    return outdir


def test_the_new_output_replaces_the_previous_one_and_leaves_the_files_of_terraform(
    outdir: Path,
) -> None:
    before = {path for path in outdir.rglob("*") if path.is_file()}
    with replaced(outdir) as new:
        write(new, "osaka")
        assert regions(outdir) == {"tokyo"}
    assert regions(outdir) == {"osaka"}
    assert {path for path in outdir.rglob("*") if path.is_file()} == before


def fill_the_disk(outdir: Path) -> None:
    with replaced(outdir) as new:
        write(new, "osaka")
        raise OSError(28, "No space left on device")


def test_an_error_leaves_the_previous_output(outdir: Path) -> None:
    before = {path: path.read_bytes() for path in outdir.rglob("*") if path.is_file()}
    with pytest.raises(OSError, match="No space"):
        fill_the_disk(outdir)
    assert {path: path.read_bytes() for path in outdir.rglob("*") if path.is_file()} == before


def kill_at_move(outdir: Path, number: int) -> None:
    """Run a synthesis that the kernel ends at one of its moves, as SIGKILL does."""
    program = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from operations.synthesis.output import replaced\n"
        "from tests.operations.test_synthesis_output import write\n"
        "left, move = [int(sys.argv[2])], Path.replace\n"
        "def replace(source, target):\n"
        "    left[0] -= 1\n"
        "    if left[0] < 0: os._exit(9)\n"
        "    return move(source, target)\n"
        "Path.replace = replace\n"
        "with replaced(Path(sys.argv[1])) as new: write(new, 'osaka')\n"
    )
    done = subprocess.run(  # noqa: S603 - our own Python, no shell
        [sys.executable, "-c", program, outdir, str(number)], cwd=ROOT, timeout=60, check=False
    )
    assert done.returncode == 9


@pytest.mark.parametrize("number", [0, 1, 3])
def test_after_a_kill_the_output_is_whole_or_said_to_be_a_mix_and_the_next_synthesis_mends_it(
    outdir: Path, number: int
) -> None:
    kill_at_move(outdir, number)
    if number == 0:
        assert regions(outdir) == {"tokyo"}
    else:
        with pytest.raises(UnusableOutputError) as error:
            read(outdir, [])
        assert str(error.value) == (
            f"{outdir} is a mix of two syntheses, because the last one did not finish:"
            " run `make synth`"
        )
    with replaced(outdir) as new:
        assert list(new.iterdir()) == []
        write(new, "osaka")
    assert regions(outdir) == {"osaka"}
    assert {path.name for path in outdir.iterdir()} == {".lock", "manifest.json", "stacks"}


def synthesize_slowly(outdir: Path, begun: Callable[[], object]) -> None:
    with replaced(outdir) as new:
        begun()
        write(new, "osaka")
        time.sleep(0.3)


def test_a_second_synthesis_waits_for_the_first(outdir: Path) -> None:
    context = multiprocessing.get_context("fork")
    begun = context.Event()
    first = context.Process(target=synthesize_slowly, args=(outdir, begun.set))
    first.start()
    assert begun.wait(20)
    with replaced(outdir) as new:
        assert regions(outdir) == {"osaka"}
        write(new, "nagoya")
    first.join(20)
    assert first.exitcode == 0
    assert regions(outdir) == {"nagoya"}

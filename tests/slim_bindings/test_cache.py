"""The kept slices: whatever state they are in, the result is right."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.slim_bindings.process import SERVICE, Outcome, service, start


def slices(cache: Path) -> list[Path]:
    return sorted(path for path in cache.rglob("*") if path.is_file())


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:1000])


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def put_something_else_there(path: Path) -> None:
    path.write_bytes(gzip.compress(b"not ours"))


def take_away(path: Path) -> None:
    path.unlink()


def test_a_slice_is_cut_once_and_for_all(cache: Path, good: Outcome) -> None:
    never = "from slim_bindings.bundle import Bundle; Bundle.cut = None"
    assert service(cache, between=never) == good


@pytest.mark.parametrize("damage", [truncate, flip, put_something_else_there, take_away])
def test_a_damaged_slice_is_cut_anew(
    cache: Path, good: Outcome, damage: Callable[[Path], None]
) -> None:
    (path,) = slices(cache)
    content = path.read_bytes()
    damage(path)
    assert service(cache) == good
    assert path.read_bytes() == content


def test_a_process_that_was_killed_while_writing_leaves_nothing_that_is_read(
    cache: Path, good: Outcome
) -> None:
    (path,) = slices(cache)
    path.rename(path.with_name("0123456789abcdef.part"))
    assert service(cache) == good


def test_processes_that_cut_at_once_do_not_break_each_other(tmp_path: Path, good: Outcome) -> None:
    running = [start("-c", SERVICE.format(between=""), tmp_path) for _ in range(4)]
    assert {Outcome.of(process) for process in running} == {good}
    assert len(slices(tmp_path)) == 1


def test_a_cache_that_cannot_be_written_only_costs_time(tmp_path: Path, good: Outcome) -> None:
    (tmp_path / "file").touch()
    outcome = service(tmp_path / "file" / "cache")
    assert outcome.stdout == good.stdout
    (line,) = outcome.stderr.splitlines()
    assert line.startswith("slim bindings: slices are not kept: ")


def test_a_cache_that_can_only_be_read_is_used(cache: Path, good: Outcome) -> None:
    for path in [*slices(cache), *cache.iterdir(), cache]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    assert service(cache) == good

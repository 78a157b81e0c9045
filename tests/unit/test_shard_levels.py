"""The benchmark behind ADR 0002 compares like with like."""

from pathlib import Path

from archive.storage.layout import shard
from benchmarks.shard_levels import LAYOUTS, compare, identifiers, summary
from benchmarks.workspace import Workspace


def test_its_one_level_is_that_of_archives() -> None:
    bag = identifiers(1)[0]
    assert LAYOUTS["one level"](bag) == shard(bag)


def test_slice_is_a_256th_and_fills_one_first_folder_in_two_levels() -> None:
    bags = identifiers(256_000)
    assert len(set(bags)) == 1000
    assert {LAYOUTS["two levels"](bag)[:3] for bag in bags} == {"00/"}


def test_both_layouts_hold_every_bag_and_their_folders_are_counted(tmp_path: Path) -> None:
    with Workspace(tmp_path) as space:
        found = summary(50, compare(50, 1, space, cold=False))
    bags = identifiers(50)
    for name, layout in LAYOUTS.items():
        parents = {layout(bag)[:2] for bag in bags} | {layout(bag) for bag in bags}
        medians = found[name]
        assert isinstance(medians, dict)
        assert medians["folders"] == len(parents)
    assert found["slice"] is False

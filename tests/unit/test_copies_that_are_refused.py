"""A copy whose audit ended with 5 counts for nothing, until a run or an audit finds it of this archive."""

import shutil
from pathlib import Path

import pytest

from archive.services.catalog.index_reading import reading_index
from archive.storage.index import IndexedCopy
from tests.archives import overwrite
from tests.changes import Changing


@pytest.fixture
def disk(changing: Changing, tmp_path: Path) -> Path:
    """A copy that an archive restored from it has destroyed b.txt on; as it was before it is `kept`."""
    disk, other = tmp_path / "red", tmp_path / "other"
    changing("copy", "--to", str(disk), "--name", "red disk", "--jobs", "1")
    shutil.copytree(disk, tmp_path / "kept")
    changing("audit")
    bag = changing.row("b.txt").bag
    for arguments, code in (
        (("restore", str(disk), "--to", str(other)), 1),
        (("-C", str(other), "key", "replace", "--behind", "--reason", "fire"), 0),
        (("-C", str(other), "withdraw", bag, "--reason", "x", "--yes"), 0),
        (("-C", str(other), "dispose", bag, "--authority", "z", "--yes"), 0),
        (("-C", str(other), "copy", "--to", str(disk), "--yes", "--jobs", "1"), 0),
    ):
        changing.text(*arguments, code=code)
    return disk


def refuse(changing: Changing, disk: Path, *arguments: str) -> None:
    """An audit of the copy that ends with 5 and is recorded."""
    report = changing("audit", "--copy", str(disk), *arguments, code=5)
    assert "COPY-FOREIGN" in {one["code"] for one in report["findings"]}
    assert report["recorded"] is True


def put_back(disk: Path) -> None:
    """The disk is as it was before another archive wrote to it."""
    shutil.rmtree(disk)
    shutil.copytree(disk.with_name("kept"), disk)


def below_two(changing: Changing) -> int:
    """How many documents are listed as having fewer than two good copies."""
    return len(changing("list", "--copies-below", "2")["documents"])


def known(changing: Changing) -> IndexedCopy:
    """What the index says of the one copy."""
    with reading_index(changing.made.opened) as reading:
        (copy,) = reading.index.copies()
        return copy


@pytest.mark.parametrize("arguments", [(), ("--sample", "1", "--seed", "a")])
def test_a_copy_of_another_history_counts_for_nothing(
    changing: Changing, disk: Path, arguments: tuple[str, ...]
) -> None:
    refuse(changing, disk, *arguments)
    report = changing("status")
    assert report["copies"] == [{"good": 1, "documents": 3}]
    assert (report["places"][0]["lacking"], report["places"][0]["faults"]) == (3, 0)
    assert below_two(changing) == 3
    assert changing("show", changing.reference("b.txt"))["copies"]["good"] == 1
    (step,) = [step for step in report["next"] if "red disk" in step]
    assert "archive copy --to DIR" in step
    assert not any(f"copy --to {disk}" in step for step in report["next"])
    said = changing.text("status")
    assert "refused: no state of this archive, and counts for nothing" in said
    before = known(changing)
    changing.made.rebuild()
    assert known(changing) == before
    assert changing("catalog", "verify")["findings"] == []


def test_a_refused_copy_counts_again_once_an_audit_of_all_of_it_is_good(
    changing: Changing, disk: Path
) -> None:
    refuse(changing, disk)
    put_back(disk)
    changing("audit", "--copy", str(disk), changing.reference("a.txt"))
    assert below_two(changing) == 3  # that was of one document
    changing("audit", "--copy", str(disk))
    assert below_two(changing) == 0


def test_a_refused_copy_counts_again_once_a_run_over_it_has_ended(changing: Changing, disk: Path) -> None:
    refuse(changing, disk)
    changing("copy", "--to", str(disk), code=5)
    assert below_two(changing) == 3
    put_back(disk)
    changing("copy", "--to", str(disk), "--jobs", "1")
    assert below_two(changing) == 0


def test_what_another_history_calls_good_is_no_mending(changing: Changing, disk: Path) -> None:
    foreign = disk.with_name("foreign")
    disk.rename(foreign)
    put_back_at = disk.with_name("kept")
    shutil.copytree(put_back_at, disk)
    bag = changing.bag("a.txt").relative_to(changing.root)
    overwrite(disk / bag / "data/a.txt", b"two")
    changing("audit", "--copy", str(disk), code=1)
    assert below_two(changing) == 1
    refuse(changing, foreign)
    changing("audit", "--copy", str(disk), changing.reference("c.txt"))
    with reading_index(changing.made.opened) as reading:
        assert [fault.bag for fault in reading.index.copy_faults()] == [bag.name]


def test_an_audit_that_had_nothing_to_read_takes_no_refusal_back(changing: Changing, disk: Path) -> None:
    refuse(changing, disk)
    put_back(disk)
    before = known(changing)
    report = changing("audit", "--copy", str(disk), "--older-than", "3650d")
    assert report["outcome"] == "nothing-read"
    assert below_two(changing) == 3
    after = known(changing)
    assert (after.refused, after.audited, after.audit_outcome) == (1, before.audited, before.audit_outcome)
    changing.made.rebuild()
    assert known(changing) == after


def test_an_audit_that_had_nothing_to_read_is_no_last_audit_of_a_copy(
    changing: Changing, tmp_path: Path
) -> None:
    changing("copy", "--to", str(tmp_path / "red"), "--jobs", "1")
    changing("audit", "--copy", str(tmp_path / "red"))
    before = known(changing)
    changing("audit", "--copy", str(tmp_path / "red"), "--older-than", "3650d")
    after = known(changing)
    assert (after.audited, after.audit_outcome) == (before.audited, "intact")
    assert after.seen > before.seen

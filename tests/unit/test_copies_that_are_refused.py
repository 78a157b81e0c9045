"""A copy whose audit ended with 5 counts for nothing, until a run or an audit finds it of this archive."""

import os
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


@pytest.fixture
def cloned(changing: Changing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy that a clone of the archive, with a clone of its key, has destroyed b.txt on; both were written
    to, and the clone has more entries."""
    disk, twin, keys = tmp_path / "red", tmp_path / "twin", os.environ["ARCHIVE_KEY_DIR"]
    changing("copy", "--to", str(disk), "--name", "red disk", "--jobs", "1")
    bag = changing.row("b.txt").bag
    shutil.copytree(changing.root, twin)
    shutil.copytree(keys, tmp_path / "twin keys")
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("ARCHIVE_KEY_DIR", str(tmp_path / "twin keys"))
        for arguments in (
            ("withdraw", bag, "--reason", "x", "--yes"),
            ("dispose", bag, "--authority", "z", "--yes"),
            ("copy", "--to", str(disk), "--yes", "--jobs", "1"),
        ):
            changing.text("-C", str(twin), *arguments)
    changing("describe", changing.reference("a.txt"), "--set", "creator=B", "--yes")
    return disk


def refuse(changing: Changing, disk: Path, *arguments: str) -> None:
    """An audit of the copy that ends with 5 and is recorded."""
    report = changing("audit", "--copy", str(disk), *arguments, code=5)
    assert "COPY-FOREIGN" in {one["code"] for one in report["findings"]}
    assert report["recorded"] is True


def alter_entries(root: Path) -> None:
    """Damage to the ledger of an archive, or of a copy."""
    for bundle in (root / "ledger/tile/entries").rglob("*"):
        if bundle.is_file():
            overwrite(bundle, bundle.read_bytes().replace(b'"type":"ingestion"', b'"type":"indigestn"'))


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


def test_a_copy_that_a_clone_with_the_same_key_wrote_to_counts_for_nothing(
    changing: Changing, cloned: Path
) -> None:
    signed = changing("ledger", "verify")["size"]
    changing("copy", "--to", str(cloned), code=5)
    refuse(changing, cloned)
    assert changing("status")["copies"] == [{"good": 1, "documents": 3}]
    assert below_two(changing) == 3
    assert changing("show", changing.reference("b.txt"))["copies"]["good"] == 1
    before = known(changing)
    changing.made.rebuild()
    assert known(changing) == before
    changing.require_whole()
    assert changing("ledger", "verify")["size"] == signed + 2


def test_what_a_clone_signed_is_said_to_be_the_copys(changing: Changing, cloned: Path) -> None:
    report = changing("audit", "--copy", str(cloned), code=5)
    (fork,) = [one for one in report["findings"] if one["code"] == "LEDGER-FORK"]
    assert fork["place"] == "ledger/checkpoint"
    assert fork["message"].startswith("of the copy: contradicts the ledger of ")


def test_nothing_is_recorded_of_such_a_copy_where_the_archives_own_ledger_is_the_one_apart(
    changing: Changing, cloned: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARCHIVE_KEY_DIR", str(cloned.with_name("twin keys")))
    report = changing("audit", "--copy", str(cloned), code=5)
    assert report["recorded"] is False
    assert below_two(changing) == 0


def test_a_refused_copy_whose_own_ledger_is_damaged_as_well_is_recorded(
    changing: Changing, cloned: Path
) -> None:
    alter_entries(cloned)
    refuse(changing, cloned)
    assert below_two(changing) == 3
    changing.require_whole()


def test_nothing_is_recorded_of_a_foreign_copy_over_a_ledger_that_does_not_hold(
    changing: Changing, disk: Path
) -> None:
    checkpoint = (changing.root / "ledger/checkpoint").read_bytes()
    alter_entries(changing.root)
    report = changing("audit", "--copy", str(disk), code=5)
    assert report["recorded"] is False
    assert str(changing.root / "ledger") in " ".join(one["place"] for one in report["findings"])
    assert (changing.root / "ledger/checkpoint").read_bytes() == checkpoint

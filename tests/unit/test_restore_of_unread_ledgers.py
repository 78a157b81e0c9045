"""`archive restore` where storage refuses the ledger of a copy: that is no older state, and no loss."""

import os
from pathlib import Path

import pytest

from tests.archives import described, overwrite
from tests.changes import Changing
from tests.copying import codes, copy
from tests.refusals import refuse
from tests.restoring import lose, restore


def refuse_all(patch: pytest.MonkeyPatch, ledger: Path) -> None:
    """Storage gives nothing below a folder, as if nobody but its owner might look into it."""
    for call in ("open", "listdir", "scandir"):
        for place in (ledger, *ledger.rglob("*")):
            refuse(patch, call, place)


@pytest.fixture
def newer(changing: Changing, disk: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy with a document that the one in `disk` does not have; the archive and its key are lost."""
    copy(changing, disk)
    changing.made.ingest({"d.txt": b"four", "d.txt.dc.json": described("The fourth")}, name="later")
    copy(changing, disk.with_name("newer"))
    lose(changing)
    monkeypatch.setenv("ARCHIVE_KEY_DIR", str(disk.parent / "no-keys"))
    return disk.with_name("newer")


@pytest.mark.parametrize("order", [1, -1])
def test_a_newer_copy_whose_checkpoints_cannot_be_read_is_not_passed_over(
    changing: Changing, disk: Path, newer: Path, monkeypatch: pytest.MonkeyPatch, order: int
) -> None:
    copies = (disk, newer)[::order]
    with monkeypatch.context() as patch:
        for place in ("checkpoint", "checkpoints"):
            for call in ("open", "listdir"):
                refuse(patch, call, newer / "ledger" / place)
        report = restore(changing, *copies, code=3)
        assert set(codes(report)) == {"RESTORE-UNREAD"}
        assert not changing.root.exists()
        without = restore(changing, *copies, code=1, more=("--unreadable",))
        assert (set(codes(without)), without["counts"]["whole"]) == ({"RESTORE-UNREAD"}, 3)
    changing.root.rename(changing.root.with_name("without"))
    assert restore(changing, *copies)["counts"]["whole"] == 4


def test_the_newest_checkpoints_that_cannot_be_read_are_no_older_state(
    changing: Changing, newer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    newest = max(os.listdir(newer / "ledger/checkpoints"), key=int)
    with monkeypatch.context() as patch:
        refuse(patch, "open", newer / "ledger/checkpoint")
        refuse(patch, "open", newer / "ledger/checkpoints" / newest)
        assert set(codes(restore(changing, newer, code=3))) == {"RESTORE-UNREAD"}
    assert restore(changing, newer)["counts"]["whole"] == 4


def test_a_checkpoint_that_cannot_be_read_is_of_no_account_where_the_kept_ones_say_as_much(
    changing: Changing, newer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse(monkeypatch, "open", newer / "ledger/checkpoint")
    assert restore(changing, newer)["counts"]["whole"] == 4


def test_an_earlier_checkpoint_that_cannot_be_read_is_not_left_out_in_silence(
    changing: Changing, disk: Path, newer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = min(os.listdir(newer / "ledger/checkpoints"), key=int)
    refuse(monkeypatch, "open", newer / "ledger/checkpoints" / first)
    report = restore(changing, newer, code=3)
    assert [one["place"] for one in report["findings"]] == [f"ledger/checkpoints/{first}"]
    assert codes(restore(changing, newer, disk)) == []


def test_checkpoints_that_are_emptied_are_told(changing: Changing, disk: Path, newer: Path) -> None:
    newest = max(os.listdir(newer / "ledger/checkpoints"), key=int)
    for name in ("checkpoint", f"checkpoints/{newest}"):
        overwrite(newer / "ledger" / name, b"")
    report = restore(changing, disk, newer, code=1)
    assert [(one["code"], one["place"]) for one in report["findings"]] == [
        ("RESTORE-CHECKPOINT", "ledger/checkpoint")
    ]
    assert str(newer) in report["findings"][0]["message"]


@pytest.mark.parametrize("place", ["ledger", "ledger/tile"])
def test_a_ledger_that_cannot_be_read_is_not_said_to_be_gone(
    changing: Changing, disk: Path, newer: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    with monkeypatch.context() as patch:
        refuse_all(patch, newer / place)
        assert set(codes(restore(changing, newer, code=3))) == {"RESTORE-UNREAD"}
        assert set(codes(restore(changing, disk, newer, code=3))) == {"RESTORE-UNREAD"}
    assert restore(changing, disk, newer)["counts"]["whole"] == 4


def test_the_entries_that_lead_to_a_later_key_and_cannot_be_read_are_told_so(
    changing: Changing, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = changing.made.opened.settings.key
    copy(changing, disk)
    later = disk.with_name("later")
    changing("key", "rotate")
    changing("audit")
    copy(changing, later)
    lose(changing)
    monkeypatch.setenv("ARCHIVE_KEY_DIR", str(disk.parent / "no-keys"))
    with monkeypatch.context() as patch:
        refuse_all(patch, later / "ledger/tile")
        assert set(codes(restore(changing, disk, later, code=3, more=("--key", old)))) == {"RESTORE-UNREAD"}
    assert codes(restore(changing, disk, later, more=("--key", old))) == []

"""Storage that does not answer a look ahead of a write: that is a failure of storage, which can be told."""

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from archive.core.errors import StorageError
from archive.storage.bags.unfinished_bag import UnfinishedBag
from archive.storage.disk.new_files import publish_new
from archive.storage.intents import remove_tree
from archive.storage.ledger.commit import begin_ledger
from archive.storage.ledger.folder import LedgerFolder
from archive.storage.ledger.outside_marks import MarkFolder
from tests.changes import Changing
from tests.ledgers import LedgerUnderTest


def _refuse(patch: pytest.MonkeyPatch, end: str, *, after: int = 0) -> None:
    """No look at a path that ends so is answered but the first ones."""
    really, looks = os.lstat, []

    def refusing(path: Any, **named: Any) -> os.stat_result:
        if str(path).endswith(end):
            looks.append(path)
            if len(looks) > after:
                raise OSError(errno.EIO, os.strerror(errno.EIO), str(path))
        return really(path, **named)

    patch.setattr(os, "lstat", refusing)


@pytest.mark.parametrize("answered", [1, 2])  # the audit is not begun, or not ended
def test_an_audit_that_cannot_be_recorded_tells_all_that_it_found(
    changing: Changing, monkeypatch: pytest.MonkeyPatch, answered: int
) -> None:
    letter = changing.bag("a.txt") / "data" / "a.txt"
    letter.chmod(0o644)
    letter.write_bytes(b"eno")
    with monkeypatch.context() as patch:
        _refuse(patch, "/ledger/checkpoints", after=answered)
        report = changing("audit", "--jobs", "1", code=None)
    assert report["kind"] == "audit-report", report
    found = [one for bag in report["bags"] for one in bag["findings"]] + report["findings"]
    assert {"FIX-ALTERED", "AUDIT-NOT-RECORDED"} <= {one["code"] for one in found}
    assert report["outcome"] == "damaged"


@pytest.mark.parametrize(
    "name", ["/ledger", "/ledger/checkpoints", "/ledger/checkpoint.new", "/checkpoints/6", "/ledger/tile"]
)
def test_a_commit_is_refused_and_the_ledger_stays(
    ledger: LedgerUnderTest, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (ledger.folder / "checkpoints/6").rename(ledger.folder / "checkpoints/999")
    before = ledger.tree()
    with monkeypatch.context() as patch:
        _refuse(patch, name)
        with pytest.raises(StorageError, match="Input/output error"):
            ledger.append(608)
    assert ledger.tree()["checkpoint"] == before["checkpoint"]
    ledger.append(608)


def _make_bag(folder: Path) -> None:
    with UnfinishedBag(folder / "looked-at"):
        pass


def _remove(folder: Path) -> None:
    (folder / "looked-at" / "inner").mkdir(parents=True)
    remove_tree(folder / "looked-at")


@pytest.mark.parametrize(
    ("end", "write"),
    [
        ("/looked-at", lambda folder: publish_new(str(folder / "looked-at"), b"")),
        ("/looked-at", _make_bag),
        ("/inner", _remove),
        ("/ledger/checkpoint", lambda folder: begin_ledger(LedgerFolder(str(folder)))),
        ("/ledger/marks", lambda folder: MarkFolder(folder, "marks", {"one": 9}, len).put(1, b"1")),
        ("5a3f57", lambda folder: MarkFolder(folder, "marks", {"one": 9}, len).put(1, b"1")),
    ],
    ids=["a new file", "a bag", "a removal", "a ledger", "a folder of marks", "a mark"],
)
def test_what_cannot_be_looked_at_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str, write: Callable[[Path], object]
) -> None:
    (tmp_path / "ledger").mkdir()
    monkeypatch.setattr(os, "geteuid", lambda: 1000)  # whose folders are made writable first
    _refuse(monkeypatch, end)
    with pytest.raises(StorageError, match="Input/output error"):
        write(tmp_path)

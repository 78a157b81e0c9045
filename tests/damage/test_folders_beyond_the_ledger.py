"""Folders and links beyond the end of the ledger: what is told of them, and what a writer does."""

import shutil
from pathlib import Path

import pytest

from archive.core.errors import StorageError
from archive.core.ledger.ledger_findings import LedgerOutcome
from tests.ledgers import LedgerUnderTest, found, make_ledger, verified

PLACES = ["tile/0/005", "tile/0/000.p/9", "tile/entries/000.p/7", "checkpoint.new", "checkpoints/99"]


@pytest.fixture
def ledger(tmp_path: Path) -> LedgerUnderTest:
    return make_ledger(tmp_path, [3])


def _expected(name: str) -> tuple[str, str]:
    return "LEDGER-BEYOND", "ledger/tile" if name.startswith("tile") else f"ledger/{name}"


@pytest.mark.parametrize("name", PLACES)
@pytest.mark.parametrize("kind", ["folder", "link", "link to a folder", "fifo"])
def test_what_holds_nothing_goes_with_the_next_commit(ledger: LedgerUnderTest, name: str, kind: str) -> None:
    path = ledger.folder / name
    path.parent.mkdir(exist_ok=True)
    elsewhere = ledger.archive / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "kept").write_bytes(b"kept")
    if kind == "folder":
        path.mkdir()
    elif kind == "fifo":
        import os

        os.mkfifo(path)
    else:
        path.symlink_to("nowhere" if kind == "link" else elsewhere)
    assert found(ledger) == [_expected(name)]
    assert verified(ledger).outcome is LedgerOutcome.PROVEN
    assert ledger.append(9).size == 5
    assert found(ledger) == []
    assert (elsewhere / "kept").read_bytes() == b"kept"


@pytest.mark.parametrize("name", PLACES)
def test_a_folder_that_holds_something_is_to_be_moved_away(ledger: LedgerUnderTest, name: str) -> None:
    path = ledger.folder / name
    path.mkdir(parents=True)
    (path / "mine").write_bytes(b"mine")
    (finding,) = verified(ledger).findings
    assert (finding.code, finding.place) == ("LEDGER-UNKNOWN-FILE", f"ledger/{name}")
    assert "nothing is recorded before it is moved away" in finding.message
    with pytest.raises(StorageError) as refused:
        ledger.append(9)
    assert "move it away" in (refused.value.remedy or "")
    assert (path / "mine").read_bytes() == b"mine"
    shutil.rmtree(path)
    assert ledger.append(9).size == 5
    assert found(ledger) == []

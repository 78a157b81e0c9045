"""`archive catalog verify` where the catalog is missing in part, or behind: what was edited is found."""

import shutil
from collections.abc import Iterable
from pathlib import Path

import pytest

from archive.core.ledger import note
from archive.core.ledger.checkpoint import Checkpoint
from archive.storage.index import Index
from tests.archives import overwrite
from tests.catalogs import codes, damage, edit, lived
from tests.changes import Changing

DERIVED = (
    "catalog.sqlite",
    "holdings.csv",
    "README.html",
    "catalog.json",
)  # in the order they are written in
FORGE = "UPDATE documents SET title = 'FORGED' WHERE entry = 2"


def earlier(changing: Changing, *changes: tuple[str, ...]) -> dict[str, bytes]:
    """What the derived files were before these changes."""
    before = {name: (changing.root / name).read_bytes() for name in DERIVED}
    for change in changes:
        changing(*change)
    return before


def put(changing: Changing, files: dict[str, bytes], names: Iterable[str]) -> None:
    for name in names:
        (changing.root / name).write_bytes(files[name])


def forge(path: Path) -> None:
    overwrite(path, path.read_bytes() + b"x,forged\n")


def of_an_earlier_state(changing: Changing) -> None:
    """Has the index say that it is of the state before the last, with the root that the ledger had then."""
    sizes = sorted(int(path.name) for path in (changing.root / "ledger/checkpoints").iterdir())
    signed = note.parse((changing.root / f"ledger/checkpoints/{sizes[-2]}").read_bytes())
    state = Checkpoint.parse_text(signed.text)
    with Index.open(str(changing.root / "catalog.sqlite"), writable=True) as index:
        index.set_checkpoint(state)


def test_an_edited_index_that_says_it_is_behind_is_found(changing: Changing) -> None:
    lived(changing)
    edit(changing, FORGE)
    of_an_earlier_state(changing)
    forge(changing.root / "holdings.csv")
    assert codes(changing, code=1) == {"CATALOG-INDEX", "CATALOG-INDEX-ALTERED", "CATALOG-DERIVED-ALTERED"}


def test_an_edited_index_that_is_behind_indeed_is_found(changing: Changing) -> None:
    before = earlier(changing, ("audit",))
    put(changing, before, ["catalog.sqlite"])
    assert codes(changing) == {"CATALOG-INDEX"}
    edit(changing, FORGE)
    found = changing("catalog", "verify", code=1)["findings"]
    assert [one["code"] for one in found] == ["CATALOG-INDEX-ALTERED", "CATALOG-INDEX"]
    assert "title: not what" in found[0]["message"]


def test_without_a_catalog_manifest_an_edited_index_is_found(changing: Changing) -> None:
    (changing.root / "catalog.json").unlink()
    assert codes(changing) == {"CATALOG-MISSING"}
    edit(changing, FORGE)
    assert codes(changing, code=1) == {"CATALOG-MISSING", "CATALOG-INDEX-ALTERED"}


@pytest.mark.parametrize("lost", ["catalog.sqlite", "catalog.json"])
def test_without_index_or_catalog_manifest_an_edited_list_and_page_are_found(
    changing: Changing, lost: str
) -> None:
    (changing.root / lost).unlink()
    (missing,) = codes(changing)
    for name in ("holdings.csv", "README.html"):
        forge(changing.root / name)
    assert codes(changing, code=1) == {missing, "CATALOG-DERIVED-ALTERED", "CATALOG-DERIVED-STALE"}


def test_of_an_index_that_is_no_database_list_and_page_are_compared_all_the_same(changing: Changing) -> None:
    (changing.root / "catalog.sqlite").write_bytes(b"x")
    forge(changing.root / "holdings.csv")
    assert codes(changing, code=1) == {"CATALOG-INDEX", "CATALOG-DERIVED-ALTERED"}


@pytest.mark.parametrize("written", range(len(DERIVED)))
@pytest.mark.parametrize("command", ["describe", "withdraw", "dispose", "ingest", "audit"])
def test_what_a_command_that_was_cut_off_left_is_no_error_and_what_was_edited_in_it_is(
    changing: Changing, tmp_path: Path, command: str, written: int
) -> None:
    """The ledger has the change, and so many of the files, which are written one behind the other."""
    (tmp_path / "new").mkdir()
    (tmp_path / "new/new.txt").write_bytes(b"new")
    bag = changing.row("b.txt").bag
    if command == "dispose":
        changing("withdraw", bag, "--reason", "asked back")
    words = {
        "describe": ("describe", bag, "--set", "dc.title=Another"),
        "withdraw": ("withdraw", bag, "--reason", "asked back"),
        "dispose": ("dispose", bag, "--authority", "the board", "--yes"),
        "ingest": ("ingest", str(tmp_path / "new"), "--describe-later", "--no-identify"),
        "audit": ("audit",),
    }
    before = earlier(changing, words[command])
    put(changing, before, DERIVED[written:])
    stale = set() if command == "audit" else {"CATALOG-STALE"}
    stale |= {"CATALOG-INDEX"} if written == 0 else set()  # warnings, as of all that is behind
    assert stale <= codes(changing) <= {*stale, "CATALOG-DERIVED-STALE"}
    edit(changing, FORGE)
    forge(changing.root / "holdings.csv")
    assert codes(changing, code=1) >= {*stale, "CATALOG-INDEX-ALTERED", "CATALOG-DERIVED-ALTERED"}


def test_two_changes_ago_is_an_earlier_state_too(changing: Changing) -> None:
    bag = changing.row("b.txt").bag
    changes = (("withdraw", bag, "--reason", "x"), ("dispose", bag, "--authority", "x", "--yes"))
    before = earlier(changing, ("audit",), *changes)
    put(changing, before, ["catalog.sqlite"])
    assert codes(changing) == {"CATALOG-INDEX"}


def test_where_a_bag_cannot_be_read_a_list_without_an_index_is_not_called_good(changing: Changing) -> None:
    lived(changing)
    damage(changing)
    (changing.root / "catalog.sqlite").unlink()
    assert codes(changing, code=3) == {"CATALOG-BAG-DOUBTFUL", "CATALOG-INDEX", "CATALOG-UNREADABLE"}


def test_where_the_ledger_cannot_be_read_nothing_is_called_good(changing: Changing) -> None:
    shutil.rmtree(changing.root / "ledger/tile/entries")
    assert codes(changing, code=3) == {"CATALOG-NOT-JUDGED", "CATALOG-UNREADABLE"}
    assert "✓" not in changing.text("catalog", "verify", code=3)

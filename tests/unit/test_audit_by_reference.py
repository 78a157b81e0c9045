"""`archive audit REFERENCE` reads the document of that name: the bag has to say so, not the index alone."""

import sqlite3
from pathlib import Path

from tests.changes import Changing
from tests.copying import copy

REFERENCE = "Box 3"  # of c.txt, which the archivist gave it


def swap(archive: Changing) -> None:
    """Has the index call c.txt and a.txt by each other's reference."""
    first, second = archive.row("a.txt"), archive.row("c.txt")
    base = sqlite3.connect(archive.root / "catalog.sqlite")
    with base:
        change = "UPDATE documents SET reference = ? WHERE entry = ?"
        base.execute(change, (second.reference, first.entry))
        base.execute(change, (first.reference, second.entry))
    base.close()
    assert archive.reference("a.txt") == REFERENCE


def test_another_document_is_not_found_intact_in_its_place(changing: Changing) -> None:
    changing("audit")
    minted = changing.reference("a.txt")
    swap(changing)
    before = changing.made.opened.checkpoint().size
    for more in ((), ("--quick",), ("--read-only",)):
        assert "archive catalog rebuild" in str(changing("audit", REFERENCE, *more, code=2))
    assert changing.made.opened.checkpoint().size == before
    assert changing.bag("a.txt").name[-8:] in changing.text("audit", minted)  # the ledger gave it
    changing("catalog", "rebuild")
    assert changing.bag("c.txt").name[-8:] in changing.text("audit", REFERENCE)


def test_nor_in_a_copy(changing: Changing, tmp_path: Path) -> None:
    changing("audit")
    copy(changing, tmp_path / "copy")
    of_copy = ("audit", "--copy", str(tmp_path / "copy"), REFERENCE)
    changing(*of_copy)
    swap(changing)
    assert "archive catalog rebuild" in str(changing(*of_copy, code=2))
    (changing.bag("a.txt") / "tagmanifest-sha512.txt").unlink()
    assert "cannot be read" in str(changing(*of_copy, code=2))


def test_a_bag_that_cannot_say_its_name_is_read_and_found_damaged(changing: Changing) -> None:
    bag = changing.bag("c.txt")
    (bag / "tagmanifest-sha512.txt").unlink()
    report = changing("audit", REFERENCE, code=1)
    assert [each["id"] for each in report["bags"]] == [bag.name]
    assert "archive audit" in str(changing("audit", REFERENCE, "--quick", code=2))


def test_a_name_that_the_index_has_not_got_may_be_read_anew(changing: Changing) -> None:
    assert "archive catalog rebuild" in str(changing("audit", "Box 77", code=2))

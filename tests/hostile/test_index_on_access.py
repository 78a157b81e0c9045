"""An index edited in what it says of access: the description in the bag says who may have a copy."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from archive.core.ledger.entries import EntryType, parse_entry
from archive.services.access import effective_access
from archive.services.catalog.index_reading import reading_index
from tests.archives import overwrite
from tests.changes import Changing


def edit(changing: Changing, bag: str, **values: Any) -> None:
    """Changes columns of a document's row in the index."""
    names = ", ".join(f"{name} = ?" for name in values)
    with sqlite3.connect(changing.root / "catalog.sqlite") as index:
        statement = f"UPDATE documents SET {names} WHERE bag = ?"  # noqa: S608
        assert index.execute(statement, (*values.values(), bag)).rowcount == 1
    index.close()


@pytest.fixture
def closed(changing: Changing) -> str:
    """The bag of a document that was open, and is restricted now."""
    bag = changing.row("a.txt").bag
    changing("describe", bag, "--set", "access=open")
    changing("describe", bag, "--set", "access=restricted")
    return bag


def require_closed(changing: Changing, bag: str, to: Path) -> None:
    """No copy is made without a reason; and whoever reads one is warned."""
    report = changing("export", bag, "--to", str(to / "out"), code=1)
    assert [one["finding"]["code"] for one in report["refused"]] == ["ACCESS-RESTRICTED"]
    assert not (to / "out").exists()
    report = changing("open", bag, "--to", str(to / "read"))
    assert [(one["code"], one["severity"]) for one in report["findings"]] == [
        ("ACCESS-RESTRICTED", "warning")
    ]


@pytest.mark.parametrize("lie", ["open", "", "embargoed until 2001-01-01"])
def test_no_copy_is_made_because_the_index_calls_a_document_open(
    changing: Changing, closed: str, tmp_path: Path, lie: str
) -> None:
    edit(changing, closed, access=lie)
    require_closed(changing, closed, tmp_path)


def test_no_copy_is_made_because_the_index_names_a_description_of_before(
    changing: Changing, closed: str, tmp_path: Path
) -> None:
    entries = map(parse_entry, changing.made.opened.ledger.entries())
    *_, last = (one for one in entries if one.type == EntryType.DESCRIPTION_CHANGED)
    edit(changing, closed, access="open", tag_manifest=bytes.fromhex(str(last.get("previous"))))
    require_closed(changing, closed, tmp_path)


def test_where_the_bag_does_not_say_it_the_index_closes(changing: Changing, closed: str) -> None:
    overwrite(changing.bag("a.txt") / "tagmanifest-sha512.txt", b"\xff\n")
    archive = changing.made.opened
    with reading_index(archive) as reading:
        row = reading.index.by_bag(closed)
        assert row is not None
        assert effective_access(archive, reading.index, row).access.status == "restricted"

"""`archive catalog verify` compares every table of the index, and every note in it, with one made anew."""

import shutil
from pathlib import Path

import pytest

from archive.services.catalog.index_reading import optional_index
from tests.archives import overwrite
from tests.catalogs import edit
from tests.changes import Changing
from tests.copying import copy

NOT_WHAT = "not what ledger, bags and results of audits give"
_EDITS = {
    "DELETE FROM copy_faults": "copy_faults of Box 3",
    "UPDATE copy_faults SET outcome = 'missing'": "copy_faults of Box 3",
    "UPDATE copy_faults SET since = ''": "copy_faults",
    "INSERT INTO copy_faults VALUES ('x', 2, 'damaged', '', 0)": "copy_faults",
    "UPDATE copies SET audit_outcome = 'intact'": "copies, id ",
    "UPDATE copies SET seen = '2999-01-01T00:00:00.000Z'": "copies, id ",
    "UPDATE copies SET size = size + 1": "copies",
    "UPDATE copies SET begun = 0": "copies, id ",
    "DELETE FROM copies": "copies",
    "DELETE FROM incidents": "incidents",
    "UPDATE incidents SET closed = opened WHERE closed = ''": "incidents",
    "UPDATE incidents SET place = '\"x\"'": "incidents",
    "DELETE FROM repairs": "repairs",
    "UPDATE repairs SET document = document + 1": "repairs",
    "DELETE FROM changes": "changes",
    "INSERT INTO changes VALUES (3, 2)": "changes, entry 3",
    "DELETE FROM parents": "parents of ",
    "UPDATE parents SET parent = 'Box 9'": "parents",
    "DELETE FROM dates": "dates of ",
    "UPDATE dates SET lower = lower - 1": "dates",
    "UPDATE runs SET outcome = 'refused'": "runs, run ",
    "UPDATE runs SET manifest = 'x'": "runs",
    "UPDATE shapes SET fields = '[' || fields": "shapes",
    "UPDATE documents SET shape = 7 WHERE entry = 2": "documents of ",
    "UPDATE documents SET damaged_since = ''": "documents",
    "UPDATE documents SET ending = 'x' WHERE entry = 2": "documents",
    "DELETE FROM meta WHERE name = 'last audit'": "meta, name last audit",
    "UPDATE meta SET value = 'x' WHERE name = 'last round'": "meta",
    "UPDATE meta SET value = 'x' WHERE name = 'last look'": "meta",
    "UPDATE meta SET value = 'x' WHERE name = 'settings entry'": "meta",
    "INSERT INTO meta VALUES ('key replaced', '{}')": "meta, name key replaced",
    "INSERT INTO words (rowid, title) SELECT described, 'x' FROM documents WHERE entry = 3": "words of ",
    "INSERT INTO words (words) VALUES ('delete-all')": "words",
}


@pytest.fixture
def lived(changing: Changing, disk: Path) -> Changing:
    """An archive with a row in every table: damage, on a copy too, a repair, and changes of what is held."""
    copy(changing, disk)
    overwrite(disk / changing.bag("c.txt").relative_to(changing.root) / "data/c.txt", b"bad")
    changing("audit", "--copy", str(disk), code=1)
    for name in ("a.txt", "b.txt"):
        overwrite(changing.bag(name) / f"data/{name}", b"bad")
    changing("audit", code=1)
    changing("repair", changing.reference("a.txt"), "--from", str(disk))
    changing("incidents", changing.row("b.txt").bag, "--acknowledge", "a leak")
    changing("describe", changing.reference("a.txt"), "--set", "isPartOf=Box 3", "--set", "date=1919")
    changing("key", "rotate")
    changing.made.ingest({"d.txt": b"four", "e.txt": b"five"}, name="later")
    for name in ("d.txt", "e.txt"):
        changing("withdraw", bag := changing.row(name).bag, "--reason", "asked back")
    changing("dispose", bag, "--authority", "the board", "--yes")
    return changing


def test_an_index_that_was_kept_up_differs_in_no_table(lived: Changing) -> None:
    assert lived("catalog", "verify")["findings"] == []
    with optional_index(lived.made.opened) as index:
        assert index is not None
        for table in ("dates", "parents", "changes", "repairs", "incidents", "copies", "copy_faults"):
            assert index._number(f"SELECT count(*) FROM {table}"), table  # noqa: S608


def test_a_row_of_any_table_that_was_edited_is_named(lived: Changing) -> None:
    kept = (lived.root / "catalog.sqlite").read_bytes()
    for statement, said in _EDITS.items():
        edit(lived, statement)
        found = lived("catalog", "verify", code=None)["findings"]
        assert {one["code"] for one in found} == {"CATALOG-INDEX-ALTERED"}, statement
        assert [one for one in found if said in one["message"] and NOT_WHAT in one["message"]], (
            statement,
            found,
        )
        (lived.root / "catalog.sqlite").write_bytes(kept)


def test_results_of_a_copys_audit_that_are_lost_are_named_and_no_index_is_accused(
    changing: Changing, disk: Path
) -> None:
    copy(changing, disk)
    overwrite(disk / changing.bag("c.txt").relative_to(changing.root) / "data/c.txt", b"bad")
    run = changing("audit", "--copy", str(disk), code=1)["run"]
    shutil.rmtree(changing.root / "audits" / run)
    found = changing("catalog", "verify", code=1)["findings"]
    assert [(one["code"], one["place"]) for one in found] == [("AUDIT-RESULTS", f"audits/{run}")]
    edit(changing, "DELETE FROM copies")
    assert "CATALOG-INDEX-ALTERED" in {
        one["code"] for one in changing("catalog", "verify", code=1)["findings"]
    }


def test_what_a_damaged_bag_alone_says_is_passed_over_in_every_table(changing: Changing) -> None:
    changing("describe", changing.reference("a.txt"), "--set", "isPartOf=Box 3", "--set", "date=1919")
    path = changing.bag("a.txt") / "metadata/revisions/0002/dublin-core.json"
    overwrite(path, path.read_bytes() + b" ")
    assert {one["code"] for one in changing("catalog", "verify")["findings"]} == {"CATALOG-BAG-DOUBTFUL"}
    edit(changing, "INSERT INTO parents SELECT described, 'x' FROM documents WHERE title = 'The third'")
    found = changing("catalog", "verify", code=1)["findings"]
    assert [one["message"] for one in found if "parents of Box 3" in one["message"]]

"""`archive catalog verify` accuses nobody where bags cannot be read, a writer is at work or names are odd."""

import os
import sqlite3
import tempfile
from pathlib import Path

import pytest

from archive.services.catalog import index_comparison
from archive.storage.disk.streamed_file import sha512_of_plain
from tests.archives import overwrite
from tests.catalogs import codes, damage, lived
from tests.changes import Changing


def test_an_index_made_anew_over_a_damaged_bag_accuses_no_list_of_before(changing: Changing) -> None:
    lived(changing)
    damage(changing)
    with sqlite3.connect(changing.root / "catalog.sqlite") as index:
        index.execute("PRAGMA user_version=1")  # of an earlier release
    index.close()
    changing("audit", code=1)
    assert codes(changing, code=3) == {"CATALOG-BAG-DOUBTFUL", "CATALOG-UNREADABLE"}


def test_the_access_of_a_damaged_bag_is_not_known_now(changing: Changing) -> None:
    changing("describe", changing.reference("a.txt"), "--set", "access=restricted")
    premis = changing.bag("a.txt") / "metadata/premis.xml"
    overwrite(premis, premis.read_bytes() + b" ")
    assert codes(changing) == {"CATALOG-BAG-DOUBTFUL"}


def test_what_a_writer_changes_meanwhile_is_looked_at_again(
    changing: Changing, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared, ingested = index_comparison._compared, list[object]()

    def meanwhile(*arguments: object) -> object:
        if not ingested:
            ingested.append(changing.made.ingest({"d.txt": b"four"}, name="later"))
        return compared(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(index_comparison, "_compared", meanwhile)
    assert codes(changing) == set()
    assert ingested


def test_a_work_folder_whose_name_is_not_utf_8_is_one_too(
    changing: Changing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = os.fsencode(tmp_path) + b"/t\xff"
    os.mkdir(folder)
    monkeypatch.setattr(tempfile, "tempdir", os.fsdecode(folder))
    assert codes(changing) == set()


def test_a_file_in_place_of_results_is_no_failure_of_storage(changing: Changing) -> None:
    changing("audit")
    (run,) = (changing.root / "audits").iterdir()
    run.rename(changing.made.folder / "elsewhere")
    run.write_bytes(b"x")
    assert sha512_of_plain(str(run), 9) is not None
    assert codes(changing, code=1) == {"AUDIT-RESULTS"}
    assert "AUDIT-RESULTS" in {code for code, _ in changing.audit(1)}


def without_its_description(changing: Changing) -> bytes:
    """The index is made anew while a bag does not give its description, which is returned."""
    path = changing.bag("a.txt") / "metadata/dublin-core.json"
    data = path.read_bytes()
    path.rename(changing.made.folder / "elsewhere")
    changing("catalog", "rebuild", code=None)
    path.write_bytes(data)
    return data


def test_a_bag_that_was_put_right_by_hand_since_the_index_was_made_is_no_edit(changing: Changing) -> None:
    without_its_description(changing)
    (found,) = changing("catalog", "verify")["findings"]
    assert found["code"] == "CATALOG-BAG-DOUBTFUL"
    assert "could not be read for it" in found["message"]


def test_a_row_made_without_its_bag_excuses_no_other_title(changing: Changing) -> None:
    without_its_description(changing)
    with sqlite3.connect(changing.root / "catalog.sqlite") as index:
        index.execute("UPDATE documents SET title = 'Forged' WHERE source = x''")
    index.close()
    assert "CATALOG-INDEX-ALTERED" in codes(changing, code=1)


def test_the_writer_after_an_audit_that_found_it_intact_describes_a_bag_again(changing: Changing) -> None:
    without_its_description(changing)
    changing("audit")
    changing("describe", changing.reference("c.txt"), "--set", "title=Other")
    assert changing.row("a.txt").title
    changing.require_whole()


def test_the_list_follows_an_index_that_describes_a_bag_again(changing: Changing) -> None:
    before = (changing.root / "holdings.csv").read_bytes()
    without_its_description(changing)
    assert (changing.root / "holdings.csv").read_bytes() != before
    changing("audit")
    changing("audit")
    assert (changing.root / "holdings.csv").read_bytes() == before
    changing.require_whole()


def test_a_list_that_was_edited_is_not_written_over_by_an_audit(changing: Changing) -> None:
    without_its_description(changing)
    path = changing.root / "holdings.csv"
    edited = path.read_bytes().replace(b"The third", b"The fourth")
    overwrite(path, edited)
    for _ in range(2):
        changing("audit", code=None)
    assert path.read_bytes() == edited
    assert "CATALOG-DERIVED-ALTERED" in codes(changing, code=1)

"""An index that others have open: no reader who pauses keeps a writer from what it has committed."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.services.catalog.derived_files import catalog_of_index
from archive.services.catalog.index_reading import reading_index
from archive.storage.index import Index, connection, holdings_tables
from tests.changes import Changing


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has to wait for an index does not get it."""
    monkeypatch.setattr(connection, "INDEX_BUSY", 0)


def _more(folder: Path, name: str) -> str:
    source = folder / "another"
    source.mkdir(exist_ok=True)
    (source / name).write_text(name)
    return str(source / name)


@pytest.mark.parametrize("what", ["runs", "received"])
def test_a_reader_that_pauses_holds_no_lock(changing: Changing, tmp_path: Path, what: str) -> None:
    for name in ("1", "2"):
        changing("ingest", _more(tmp_path, name), "--accession", name, "--describe-later")
    path = str(changing.root / "catalog.sqlite")
    with Index.open(path) as read, Index.open(path, writable=True) as written:
        rows: Iterator[object] = read.runs() if what == "runs" else read.received("", "9")
        next(rows)
        written.note("anything", "committed")
        assert len(list(rows)) == (3 if what == "runs" else 2)


def test_runs_are_read_in_pieces(changing: Changing, monkeypatch: pytest.MonkeyPatch) -> None:
    with reading_index(changing.made.opened) as reading:
        whole = list(reading.index.runs())
        monkeypatch.setattr(holdings_tables, "AT_ONCE", 1)
        assert list(reading.index.runs()) == whole
        assert len(whole) == 2
        assert list(reading.index.runs(whole[0].closed)) == whole[:1]


def test_a_catalog_that_is_read_slowly_is_of_one_state(changing: Changing, tmp_path: Path) -> None:
    archive = changing.made.opened
    with reading_index(archive) as reading:
        before = [line.data for line in catalog_of_index(archive, reading.index)]
        lines = catalog_of_index(archive, reading.index)
        begun = [next(lines).data, next(lines).data, next(lines).data]
        changing("ingest", _more(tmp_path, "d.txt"), "--describe-later")
        assert begun + [line.data for line in lines] == before


@pytest.mark.parametrize(
    "command",
    [("ingest", "NEW", "--describe-later"), ("audit",), ("describe", "2026-000001", "--set", "dc.title=x")],
)
def test_a_writer_goes_on_where_another_program_reads_the_index_for_long(
    changing: Changing, tmp_path: Path, command: tuple[str, ...]
) -> None:
    first, *more = [_more(tmp_path, "d.txt") if one == "NEW" else one for one in command]
    if first == "describe":
        more[0] = changing.reference("a.txt")
    reader = sqlite3.connect(changing.root / "catalog.sqlite", isolation_level=None)
    rows = reader.execute("SELECT bag FROM documents, meta")
    rows.fetchone()
    changing(first, *more)
    rows.fetchall()
    reader.close()
    assert changing("catalog", "verify")["findings"] == []
    assert changing("list")["findings"] == []


def test_a_writer_goes_on_where_nobody_else_may_even_read_it(changing: Changing, tmp_path: Path) -> None:
    from archive.services.surroundings import Surroundings
    from archive.services.writing import writing

    archive = changing.made.opened
    with writing(archive, command="a test", surroundings=Surroundings()) as hold:
        other = sqlite3.connect(changing.root / "catalog.sqlite", isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        hold.from_index(lambda index: index.note("anything", "kept"))
        other.close()
    assert changing("list")["findings"] == []
    assert len(changing("list")["documents"]) == 3

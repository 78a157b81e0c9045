"""An index that somebody else made or laid files beside: it is not believed, and does nothing of its own."""

import json
import os
import sqlite3
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.changes import Changing

_PAGE = 4096  # bytes, as SQLite makes them


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _link_without_end(path: Path) -> None:
    path.symlink_to("/dev/zero")


@pytest.mark.parametrize(
    "statement", ["UPDATE runs SET bags = 'x'", "UPDATE runs SET files = x'ff00'", "PRAGMA journal_mode=WAL"]
)
def test_an_index_with_odd_values_is_a_warning_and_nothing_is_written(
    changing: Changing, statement: str
) -> None:
    with sqlite3.connect(changing.root / "catalog.sqlite") as index:
        index.execute(statement)
    index.close()
    before = sorted(changing.root.iterdir())
    report = changing("audit", "--read-only")
    assert [found["code"] for found in report["findings"]] == ["CATALOG-INDEX"]
    assert sorted(changing.root.iterdir()) == before


@pytest.mark.parametrize("ending", ["-journal", "-wal", "-shm"])
@pytest.mark.parametrize("put", [_pipe, _link_without_end])
def test_what_sqlite_would_wait_for_beside_the_index_is_named(
    changing: Changing, ending: str, put: Callable[[Path], None]
) -> None:
    put(changing.root / f"catalog.sqlite{ending}")
    [found] = changing("audit", "--read-only")["findings"]
    assert found["code"] == "CATALOG-INDEX"
    assert f"catalog.sqlite{ending}" in found["message"]


def test_a_log_beside_the_index_is_not_believed_and_gives_way_to_the_next_writer(changing: Changing) -> None:
    log = changing.root / "catalog.sqlite-wal"
    log.write_bytes(b"x")
    before = sorted(changing.root.iterdir())
    (found,) = changing("audit", "--read-only")["findings"]
    assert (found["code"], "write-ahead log" in found["message"]) == ("CATALOG-INDEX", True)
    assert sorted(changing.root.iterdir()) == before
    changing("catalog", "rebuild")
    assert not log.exists()
    assert changing.audit() == []


@pytest.mark.parametrize(
    ("command", "is_named"),
    [
        (("list",), True),
        (("catalog", "verify"), True),
        (("audit", "--read-only"), True),
        (("audit",), False),  # makes it anew
        (("ingest", "more.txt", "--describe-later"), False),
    ],
)
def test_a_journal_that_names_another_file_removes_none(
    changing: Changing,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    command: tuple[str, ...],
    is_named: bool,
) -> None:
    """SQLite removes the super-journal that a hot journal names, once it has rolled that back."""
    victim = tmp_path / "victim"
    victim.write_bytes(b"a key\n")
    monkeypatch.chdir(tmp_path)
    Path("more.txt").write_text("more\n")
    journal = changing.root / "catalog.sqlite-journal"
    pages = (changing.root / "catalog.sqlite").stat().st_size // _PAGE
    journal.write_bytes(_journal_that_names(os.fsencode(victim), pages))
    report = changing(*command, code=None)
    assert ("catalog.sqlite-journal" in json.dumps(report)) is is_named
    assert victim.read_bytes() == b"a key\n"
    changing("catalog", "rebuild")
    assert victim.exists()
    assert not journal.exists()
    changing.require_whole()


@pytest.mark.parametrize("data", [b"\0\0\0\x18ftypmp42 and a film", b"a key\n", b""])
def test_a_journal_that_is_another_name_of_a_file_is_not_written_over(
    changing: Changing, data: bytes
) -> None:
    """What begins with a zero is no journal that SQLite would roll back, and it begins its own there."""
    film = changing.made.folder / "film.mp4"
    film.write_bytes(data)
    journal = changing.root / "catalog.sqlite-journal"
    os.link(film, journal)
    assert "catalog.sqlite-journal" in json.dumps(changing("list"))
    changing("describe", changing.reference("a.txt"), "--set", "dc.title=New")
    assert (film.read_bytes(), journal.exists()) == (data, False)
    changing.require_whole()


def _journal_that_names(path: bytes, pages: int) -> bytes:
    """A rollback journal of no pages, part of a commit to several files (sqlite.org/fileformat2.html §3)."""
    magic = bytes.fromhex("d9d505f920a163d7")
    header = (magic + struct.pack(">5I", 0, 0, pages, 512, _PAGE)).ljust(512, b"\0")
    never_used = 0x40000000 // _PAGE + 1  # the page that SQLite locks
    return header + struct.pack(">I", never_used) + path + struct.pack(">2I", len(path), sum(path)) + magic


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TRIGGER more AFTER INSERT ON runs BEGIN DELETE FROM documents; END",
        "CREATE TRIGGER words_more AFTER INSERT ON runs BEGIN DELETE FROM documents; END",
        "CREATE VIEW words_more AS SELECT 1",
        "CREATE TABLE more (more)",
        "CREATE INDEX more ON runs (upper(run))",
        "ALTER TABLE runs ADD COLUMN more GENERATED ALWAYS AS (1)",
        "DROP INDEX documents_ending",
    ],
)
def test_one_with_parts_that_this_program_did_not_make_is_not_used(
    changing: Changing, statement: str
) -> None:
    with sqlite3.connect(changing.root / "catalog.sqlite") as index:
        index.execute(statement)
    index.close()
    [found] = changing("audit", "--read-only")["findings"]
    assert found["code"] == "CATALOG-INDEX"
    assert "not as this program made" in found["message"]
    changing("catalog", "rebuild")
    changing.require_whole()

"""One bit turned in a page of `catalog.sqlite`: a cache keeps nobody from auditing, and is made anew."""

import contextlib
import hashlib
import os
import sqlite3
from collections import Counter
from pathlib import Path
from typing import Any, Final

import pytest

from archive.cli.frame import run
from archive.core.ledger.entries import parse_entry
from archive.services.catalog.index_reading import Asking
from archive.storage.audits.plan import AuditPlan
from archive.storage.index import Index, IndexDamagedError, IndexUnusableError
from archive.storage.index.connection import guarded
from tests.archives import overwrite
from tests.changes import Changing

_PAGE: Final = 4096
TABLES: Final = (
    "changes",
    "copies",
    "copy_faults",
    "dates",
    "documents",
    "documents_checked",
    "documents_closed",
    "documents_ending",
    "documents_payload",
    "documents_reference",
    "incidents",
    "meta",
    "repairs",
    "runs",
    "shapes",
    "words_config",
    "words_data",
    "words_docsize",
    "words_idx",
)
ASKED_BY_AUDITS: Final = ("copies", "documents", "documents_checked", "documents_ending", "incidents_open")
AUDITS: Final = (("--read-only",), ("--read-only", "--budget", "1m"), ("--read-only", "--older-than", "0d"))


def path_of(changing: Changing) -> Path:
    return changing.root / "catalog.sqlite"


def turn_a_bit(changing: Changing, table: str) -> bytes:
    """In the first byte of the page that a table begins with; the file's bytes before."""
    path = path_of(changing)
    whole = path.read_bytes()
    with contextlib.closing(sqlite3.connect(path)) as index:
        query = "SELECT rootpage FROM sqlite_schema WHERE name = ?"
        (page,) = index.execute(query, (table,)).fetchone()
    damaged = bytearray(whole)
    damaged[(page - 1) * _PAGE] ^= 1
    path.write_bytes(damaged)
    return whole


def entries(changing: Changing) -> Counter[str]:
    """How often the ledger has an entry of each type."""
    archive = changing.made.opened
    size = archive.checkpoint().size
    return Counter(parse_entry(raw).type for raw in archive.ledger.entries(0, size))


def judged(report: Any) -> Any:
    """What an audit says of the archive, but for when it said so."""
    bags = [{name: bag[name] for name in ("id", "outcome", "findings")} for bag in report["bags"]]
    found = [one for one in report["findings"] if one["code"] != "CATALOG-INDEX"]
    return report["outcome"], report["counts"], bags, found


# -- audits ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", ASKED_BY_AUDITS)
def test_an_audit_that_writes_nothing_judges_as_without_an_index(changing: Changing, table: str) -> None:
    changing("audit")
    overwrite(changing.bag("c.txt") / "data/c.txt", b"bad")
    changing("audit", code=1)
    turn_a_bit(changing, table)
    damaged = path_of(changing).read_bytes()
    found = [judged(changing("audit", *more, "--jobs", "1", code=1)) for more in AUDITS]
    assert path_of(changing).read_bytes() == damaged
    path_of(changing).unlink()
    assert found == [judged(changing("audit", *more, "--jobs", "1", code=1)) for more in AUDITS]


def test_an_audit_says_which_index_it_could_not_use(changing: Changing) -> None:
    """Once, whoever of those that ask it found out."""
    for table in ("documents", "documents_checked", "documents_ending", "incidents_open"):
        changing("audit", code=None)
        overwrite(changing.bag("c.txt") / "data/c.txt", b"bad")
        whole = turn_a_bit(changing, table)
        found = changing("audit", "--read-only", "--budget", "1m", "--jobs", "1", code=1)["findings"]
        assert [one["code"] for one in found] == ["CATALOG-INDEX"], table
        path_of(changing).write_bytes(whole)


@pytest.mark.parametrize("table", [*ASKED_BY_AUDITS, "changes", "words_docsize"])
def test_an_audit_is_recorded_and_told_of_whatever_the_index(changing: Changing, table: str) -> None:
    turn_a_bit(changing, table)
    before = entries(changing)
    assert changing("audit", "--jobs", "1")["outcome"] == "intact"
    assert entries(changing) - before == {"audit started": 1, "audit finished": 1}
    changing.text("audit", "--read-only", "--jobs", "1")


def test_a_page_for_people_lists_every_bag_without_the_index(changing: Changing, tmp_path: Path) -> None:
    turn_a_bit(changing, "documents_ending")
    page = tmp_path / "audit.json"
    changing("audit", "--read-only", "--all-results", "--report", str(page))
    assert page.exists()


def test_what_an_index_said_before_it_broke_off_counts_for_nothing() -> None:
    def rows() -> Any:
        yield "bag", "2026-01-01T00:00:00.000Z", None
        raise IndexDamagedError("broke off")

    with AuditPlan() as plan:
        plan.db.execute("INSERT INTO expected (bag, entry, time) VALUES ('bag', 1, '2025')")
        with pytest.raises(IndexDamagedError):
            plan.set_checked(rows())
        assert plan.oldest_check() == "2025"
        plan.set_checked([("bag", "2026", None)])
        assert plan.oldest_check() == "2026"


def test_an_index_that_failed_once_is_not_asked_again(changing: Changing) -> None:
    asked = []

    def use(index: Index | None) -> str:
        asked.append(index is not None)
        if index is not None:
            raise IndexUnusableError("cannot be used")
        return "without"

    with Index.open(str(path_of(changing))) as index:
        ask = Asking(index)
        assert (ask(use), ask(use)) == ("without", "without")
    assert asked == [True, False, False]


# -- catalog verify ----------------------------------------------------------------------------------------


def files(root: Path) -> dict[str, str]:
    return {
        str(path): hashlib.sha512(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize("table", TABLES)
def test_catalog_verify_names_a_damaged_page_and_writes_nothing(changing: Changing, table: str) -> None:
    turn_a_bit(changing, table)
    before = files(changing.root)
    found = changing("catalog", "verify")["findings"]
    assert [(one["code"], one["place"]) for one in found] == [("CATALOG-INDEX", "catalog.sqlite")]
    assert "archive catalog rebuild" in found[0]["remedy"]
    assert files(changing.root) == before
    changing("catalog", "rebuild")
    changing.require_whole()


def test_catalog_verify_names_an_index_of_words_whose_pages_are_whole(changing: Changing) -> None:
    with contextlib.closing(sqlite3.connect(path_of(changing))) as index, index:
        (number, block) = index.execute("SELECT max(id), block FROM words_data WHERE id > 10").fetchone()
        turned = bytes([*block[:-3], block[-3] ^ 1, *block[-2:]])
        index.execute("UPDATE words_data SET block = ? WHERE id = ?", (turned, number))
    found = changing("catalog", "verify", code=None)["findings"]
    assert {one["place"] for one in found} == {"catalog.sqlite"}
    assert {one["code"] for one in found} & {"CATALOG-INDEX", "CATALOG-INDEX-ALTERED"}


# -- writers -----------------------------------------------------------------------------------------------


READ: Final = {
    "describe": ("documents", "documents_ending", "documents_reference", "words_data"),
    "withdraw": ("changes", "documents", "documents_ending", "documents_reference"),
    "ingest": ("changes", "documents", "documents_payload", "documents_reference", "runs"),
    "copy": ("copies", "copy_faults", "documents", "documents_ending"),
    "key": ("changes", "documents", "runs"),
}


def _commands(changing: Changing) -> dict[str, tuple[tuple[str, ...], str]]:
    """How each is called, and what it records."""
    reference, source = changing.reference("a.txt"), changing.made.folder / "another"
    describe = ("describe", reference, "--set", "date=1919", "--reason", "read")
    source.mkdir()
    (source / "d.txt").write_bytes(b"four")
    ingest = ("ingest", str(source), "--no-identify", "--describe-later", "--jobs", "1")
    return {
        "describe": (describe, "description changed"),
        "withdraw": (("withdraw", reference, "--reason", "asked back"), "withdrawal"),
        "ingest": (ingest, "ingestion"),
        "copy": (("copy", "--to", str(changing.made.folder / "disk"), "--jobs", "1"), "copied"),
        "key": (("key", "rotate"), "key changed"),
    }


@pytest.mark.parametrize(("command", "table"), [(name, table) for name in READ for table in READ[name]])
def test_a_writer_succeeds_at_the_latest_the_second_time_and_records_once(
    changing: Changing, command: str, table: str
) -> None:
    arguments, kind = _commands(changing)[command]
    before = entries(changing)
    turn_a_bit(changing, table)
    if ended(changing, *arguments):
        assert ended(changing, *arguments) == 0
    assert entries(changing)[kind] - before[kind] == 1
    assert os.listdir(changing.root / "staging") == [".lock"]
    left = changing("catalog", "verify")["findings"]
    assert [one["code"] for one in left] in ([], ["CATALOG-INDEX"])  # of a page that it did not need
    changing("catalog", "rebuild")
    changing.require_whole()


def ended(changing: Changing, *arguments: str) -> int:
    return run(["-C", str(changing.root), *arguments, "--format", "json"])


@pytest.mark.parametrize("table", ["documents", "documents_ending", "incidents", "incidents_bag"])
def test_damage_is_acknowledged_and_repaired_at_the_latest_the_second_time(
    changing: Changing, table: str, tmp_path: Path
) -> None:
    overwrite(changing.bag("c.txt") / "data/c.txt", b"bad")
    (tmp_path / "c.txt").write_bytes(b"three")
    changing("audit", code=1)
    for arguments, kind in (
        (("audit", "--acknowledge", "rot", "--jobs", "1"), "incidents acknowledged"),
        (("repair", "--from", str(tmp_path / "c.txt"), "--jobs", "1"), "repaired"),
    ):
        before = entries(changing)
        turn_a_bit(changing, table)
        if ended(changing, *arguments) > 1:
            assert ended(changing, *arguments) <= 1
        assert entries(changing)[kind] - before[kind] == 1
        changing("catalog", "rebuild")
    changing("audit")
    changing.require_whole()


# -- what is damage ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "is_damage"),
    [
        (sqlite3.SQLITE_CORRUPT, True),
        (sqlite3.SQLITE_CORRUPT_VTAB, True),
        (sqlite3.SQLITE_NOTADB, True),
        (sqlite3.SQLITE_ERROR, True),
        (sqlite3.SQLITE_FULL, False),
        (sqlite3.SQLITE_BUSY, False),
        (sqlite3.SQLITE_IOERR_READ, False),
        (sqlite3.SQLITE_CANTOPEN, False),
        (sqlite3.SQLITE_READONLY, False),
        (sqlite3.SQLITE_NOMEM, False),
    ],
)
def test_what_the_system_refuses_is_no_damage(code: int, is_damage: bool) -> None:
    trouble = sqlite3.DatabaseError("refused")
    trouble.sqlite_errorcode = code
    with pytest.raises(IndexUnusableError) as raised, guarded():
        raise trouble
    assert isinstance(raised.value, IndexDamagedError) == is_damage


def test_a_writer_whose_disk_refuses_keeps_the_index(
    changing: Changing, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise IndexUnusableError("cannot be used: disk I/O error")

    monkeypatch.setattr(Index, "withdraw", refuse)
    before = path_of(changing).stat().st_ino
    reference = changing.reference("a.txt")
    assert ended(changing, "withdraw", reference, "--reason", "asked back") == 3
    assert path_of(changing).stat().st_ino == before

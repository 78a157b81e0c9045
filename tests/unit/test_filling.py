"""The index filled by a second process while bags are published: the same index, whatever happens to it."""

import os
import signal
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.core.errors import StorageError
from archive.engine.forked import ForkedWorkers
from archive.engine.workers import start_workers
from archive.services.catalog import filling
from archive.services.catalog.index_contents import Addition
from archive.services.ingest import job
from archive.services.ingest.publish import Publisher
from archive.services.ingest.request import Duplicates
from archive.storage.index import connection
from tests.archives import MadeArchive, make_archive

DOCUMENTS = {f"{number:03d}.txt": b"text %d\n" % number for number in range(40)}


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MadeArchive]:
    monkeypatch.setattr(job, "FILLED_APART", 1)
    spools = tmp_path / "spools"
    spools.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(spools))
    yield make_archive(tmp_path, monkeypatch)
    assert not list(spools.iterdir())


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """What each filling said when it was asked to keep its change."""
    said: list[bool] = []
    keep = filling.Filling.keep

    def noted(self: filling.Filling, *commit: object) -> bool:
        said.append(keep(self, *commit))  # type: ignore[arg-type]
        return said[-1]

    monkeypatch.setattr(filling.Filling, "keep", noted)
    return said


def _content(archive: MadeArchive) -> list[str]:
    """The whole index as SQL, in which FTS tables stand as the bytes of their segments."""
    connection = sqlite3.connect(archive.opened.layout.index)
    try:
        return list(connection.iterdump())
    finally:
        connection.close()


def _require_current(archive: MadeArchive, documents: int) -> None:
    before = _content(archive)
    assert sum(line.startswith('INSERT INTO "documents"') for line in before) == documents
    archive.rebuild()
    rows = [line for line in before if "words_" not in line and "sqlite_" not in line]
    again = [line for line in _content(archive) if "words_" not in line and "sqlite_" not in line]
    assert sorted(rows) == sorted(again)


def test_a_second_process_makes_the_index_that_a_rebuild_makes(
    archive: MadeArchive, kept: list[bool]
) -> None:
    archive.ingest(DOCUMENTS, jobs=2)
    archive.ingest({"more.txt": b"more\n", "other.txt": b"other\n"}, name="later", jobs=2)
    assert kept == [True, True]
    _require_current(archive, 42)


def test_documents_that_are_left_out_at_the_end_are_not_in_it(archive: MadeArchive, kept: list[bool]) -> None:
    twins = {**DOCUMENTS, "twin.txt": DOCUMENTS["000.txt"]}
    archive.ingest(twins, jobs=2, duplicates=Duplicates.LEAVE_OUT)
    assert kept == [True]
    _require_current(archive, 40)


def test_one_process_alone_needs_no_other(archive: MadeArchive, kept: list[bool]) -> None:
    archive.ingest(DOCUMENTS, jobs=1)
    assert not kept
    _require_current(archive, 40)


def test_the_driver_adds_what_a_killed_process_did_not(
    archive: MadeArchive, kept: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = Publisher.commit

    def killing(self: Publisher, *, closing: bool) -> object:
        done = commit(self, closing=closing)
        children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
        assert children
        for child in children:
            os.kill(int(child), signal.SIGKILL)
        return done

    monkeypatch.setattr(Publisher, "commit", killing)
    archive.ingest(DOCUMENTS, jobs=2)
    assert kept == [False]
    _require_current(archive, 40)


def test_the_driver_adds_what_a_process_that_still_holds_the_index_could_not_keep(
    archive: MadeArchive, kept: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    driver, keep = os.getpid(), Addition.keep

    def failing(self: Addition, *commit: object) -> None:
        if os.getpid() != driver:
            raise ValueError("not kept")
        keep(self, *commit)  # type: ignore[arg-type]

    monkeypatch.setattr(connection, "INDEX_BUSY", 0)  # who has to wait for it does not get it
    monkeypatch.setattr(Addition, "keep", failing)
    archive.ingest(DOCUMENTS, jobs=2)
    assert kept == [False]
    assert sum(line.startswith('INSERT INTO "documents"') for line in _content(archive)) == 40
    _require_current(archive, 40)


def test_a_commit_that_fails_leaves_the_index_as_it_was(
    archive: MadeArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.ingest({"first.txt": b"first\n"}, name="before", jobs=2)
    before = _content(archive)

    def failing(_: Publisher, *, closing: bool) -> None:
        raise StorageError(f"no room left, {closing}")

    with monkeypatch.context() as broken:
        broken.setattr(Publisher, "commit", failing)
        with pytest.raises(StorageError, match="no room left"):
            archive.ingest(DOCUMENTS, jobs=2)
    assert _content(archive) == before
    assert not Path(f"{archive.opened.layout.index}-journal").exists()
    archive.ingest(DOCUMENTS, jobs=2)
    _require_current(archive, 41)


def test_without_room_for_the_hand_over_it_is_done_in_one_process(
    archive: MadeArchive, kept: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> ForkedWorkers:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(filling, "start_workers", full)
    archive.ingest(DOCUMENTS, jobs=2)
    assert not kept
    _require_current(archive, 40)


def test_what_a_disk_gave_back_altered_is_never_in_the_index(
    archive: MadeArchive, kept: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    head = filling._head

    def turned(document: bytes) -> bytes:  # as if a byte of it had turned on its way
        check = head(document)
        return check[:-1] + bytes([check[-1] ^ 1])

    def started(processes: int) -> object:
        monkeypatch.setattr(filling, "_head", head)
        return start_workers(processes)

    monkeypatch.setattr(filling, "_head", turned)
    monkeypatch.setattr(filling, "start_workers", started)
    archive.ingest(DOCUMENTS, jobs=2)
    assert kept == [False]
    _require_current(archive, 40)


def test_an_ingest_that_is_committed_does_not_fail_over_a_temporary_file(
    archive: MadeArchive, kept: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    unlink = os.unlink

    def kept_back(path: str | Path, **options: int) -> None:
        if os.path.basename(path) == "documents":
            raise PermissionError(13, "Permission denied")
        unlink(path, **options)

    with monkeypatch.context() as locked:
        locked.setattr(os, "unlink", kept_back)
        archive.ingest(DOCUMENTS, jobs=2)
    assert kept == [True]
    _require_current(archive, 40)
    for left in Path(tempfile.gettempdir()).glob("*/documents"):
        left.unlink()
        left.parent.rmdir()

"""Writing behind is a help and never a promise: no trouble of it reaches the run."""

import threading
from pathlib import Path

import pytest

from archive.core.errors import StorageError
from archive.storage.disk.file_system_sync import FileSystemSync
from archive.storage.disk.write_behind import WriteBehind


def _threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name == "write-behind"]


def test_nothing_runs_before_the_first_nudge_nor_after_the_end(tmp_path: Path) -> None:
    with WriteBehind(str(tmp_path)) as behind:
        assert _threads() == []
        behind.nudge()
        behind.nudge()
    assert _threads() == []


def test_a_nudge_syncs_and_its_failure_stays_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    called = threading.Event()

    def fails(self: FileSystemSync, *_: object) -> None:
        called.set()
        raise StorageError("the disk reports a fault")

    monkeypatch.setattr(FileSystemSync, "sync", fails)
    monkeypatch.setattr(FileSystemSync, "at_once", True)
    with WriteBehind(str(tmp_path)) as behind:
        behind.nudge()
        assert called.wait(30)


def test_where_no_thread_is_to_be_had_nothing_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(FileSystemSync, "at_once", True)
    monkeypatch.setattr(threading.Thread, "start", refuse)
    with WriteBehind(str(tmp_path)) as behind:
        behind.nudge()


def test_without_one_call_for_all_nothing_is_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FileSystemSync, "at_once", False)
    with WriteBehind(str(tmp_path)) as behind:
        behind.nudge()
        assert _threads() == []

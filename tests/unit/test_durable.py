"""Durable writes: whole or not at all, named when they fail, never synced twice."""

import errno
import os
import socket
import stat
from pathlib import Path
from typing import Any

import pytest

from archive.core.errors import ConflictError, StorageError
from archive.storage.disk import durable, file_system_sync
from archive.storage.disk.durable import NotAPlainFileError, read_plain, replace_file, write_new
from archive.storage.disk.file_system_sync import FileSystemSync, kernel_version


def _fail(code: int) -> Any:
    def call(*_: Any, **__: Any) -> Any:
        raise OSError(code, os.strerror(code))

    return call


def test_a_new_file_has_its_bytes_and_mode_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        write_new(str(tmp_path / "a"), b"bytes", 0o444, sync=True)
    finally:
        os.umask(before)
    assert (tmp_path / "a").read_bytes() == b"bytes"
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o444


def test_a_new_file_can_be_named_relative_to_a_folder(tmp_path: Path) -> None:
    folder = os.open(tmp_path, os.O_RDONLY)
    try:
        write_new("a", b"bytes", dir_fd=folder)
        durable.read_back("a", b"bytes", dir_fd=folder)
    finally:
        os.close(folder)
    assert (tmp_path / "a").read_bytes() == b"bytes"


def test_a_file_that_exists_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"old")
    with pytest.raises(ConflictError, match="never overwritten"):
        write_new(str(tmp_path / "a"), b"new")
    assert (tmp_path / "a").read_bytes() == b"old"


def test_a_dangling_link_is_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ConflictError):
        write_new(str(tmp_path / "a"), b"new")
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("call", ["write", "fchmod", "fsync"])
def test_a_file_that_cannot_be_written_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    monkeypatch.setattr(os, call, _fail(errno.ENOSPC))
    with pytest.raises(StorageError, match="a: cannot write the file: No space left") as caught:
        write_new(str(tmp_path / "a"), b"bytes", sync=True)
    assert caught.value.remedy == "free some space on that disk, then run the same command again"
    assert list(tmp_path.iterdir()) == []


def test_short_writes_are_continued(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: real(descriptor, bytes(data)[:3]))
    write_new(str(tmp_path / "a"), b"0123456789")
    assert (tmp_path / "a").read_bytes() == b"0123456789"


def test_replacing_leaves_the_new_bytes_and_no_other_file(tmp_path: Path) -> None:
    for data in (b"old", b"new"):
        replace_file(str(tmp_path / "a"), data)
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a", b"new")]


@pytest.mark.parametrize("call", ["open", "write", "fsync", "read", "rename"])
def test_a_replacement_that_fails_leaves_the_old_file_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    (tmp_path / "a").write_bytes(b"old")
    with monkeypatch.context() as patch:
        patch.setattr(os, call, _fail(errno.EIO))
        with pytest.raises(StorageError, match=f"^{tmp_path}/a: .*Input/output error"):
            replace_file(str(tmp_path / "a"), b"new")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a", b"old")]


def test_a_write_that_never_happened_is_found_before_the_rename(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a").write_bytes(b"old")
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", lambda _, data: len(data))
        with pytest.raises(StorageError, match=f"^{tmp_path}/a: .*not what was written"):
            replace_file(str(tmp_path / "a"), b"new")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a", b"old")]


def test_a_check_that_raises_stops_the_replacement(tmp_path: Path) -> None:
    def refuse(data: bytes) -> None:
        raise ValueError(data.decode())

    with pytest.raises(ValueError, match="new"):
        replace_file(str(tmp_path / "a"), b"new", check=refuse)
    assert list(tmp_path.iterdir()) == []


def test_the_folder_is_synced_after_the_rename(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    real_fsync, real_rename = os.fsync, os.rename

    def fsync(descriptor: int) -> None:
        calls.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file")
        real_fsync(descriptor)

    def rename(source: str, target: str) -> None:
        calls.append("rename")
        real_rename(source, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "rename", rename)
    replace_file(str(tmp_path / "a"), b"new")
    assert calls == ["file", "rename", "folder"]


def test_an_absent_file_reads_as_none(tmp_path: Path) -> None:
    assert read_plain(str(tmp_path / "a"), 10) is None
    (tmp_path / "a").write_bytes(b"0123456789")
    assert read_plain(str(tmp_path / "a"), 10) == b"0123456789"
    assert read_plain(str(tmp_path / "a" / "below"), 10) is None


def test_links_fifos_sockets_folders_and_long_files_are_not_plain(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "long").write_bytes(bytes(11))
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to("long")
    os.mkfifo(tmp_path / "fifo")
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket")
        for name in ("long", "folder", "link", "fifo", "socket"):
            with pytest.raises(NotAPlainFileError):
                read_plain(str(tmp_path / name), 10)


def test_reading_trouble_is_a_storage_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").write_bytes(b"x")
    monkeypatch.setattr(os, "read", _fail(errno.EIO))
    with pytest.raises(StorageError, match="cannot read the file"):
        read_plain(str(tmp_path / "a"), 10)


@pytest.mark.parametrize("whole", [True, False])
def test_a_sync_accepts_what_was_written(tmp_path: Path, *, whole: bool) -> None:
    with FileSystemSync(str(tmp_path), whole=whole) as sync:
        (tmp_path / "a").write_bytes(b"x")
        sync.sync([str(tmp_path / "a")], [str(tmp_path)])


def test_without_syncfs_every_file_and_folder_is_synced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    monkeypatch.setattr(
        os, "fsync", lambda descriptor: synced.append(os.readlink(f"/proc/self/fd/{descriptor}"))
    )
    (tmp_path / "a").write_bytes(b"x")
    with FileSystemSync(str(tmp_path), whole=False) as sync:
        assert not sync.at_once
        sync.sync([str(tmp_path / "a")], [str(tmp_path)])
    assert synced == [str(tmp_path / "a"), str(tmp_path)]


def test_a_failed_sync_is_never_retried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with FileSystemSync(str(tmp_path), whole=False) as sync:
        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", _fail(errno.EIO))
            with pytest.raises(StorageError, match="Input/output error"):
                sync.sync([], [str(tmp_path)])
        with pytest.raises(StorageError, match="an earlier sync failed"):
            sync.sync([], [str(tmp_path)])


def test_a_failing_syncfs_is_a_storage_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_system_sync, "_syncfs", lambda: lambda _: errno.ENOSPC)
    with FileSystemSync(str(tmp_path)) as sync, pytest.raises(StorageError, match="No space left"):
        sync.sync()


@pytest.mark.parametrize(
    ("release", "version"),
    [("5.8.0-rc1-generic", (5, 8)), ("6.18-vm", (6, 18)), ("5", (0, 0)), ("", (0, 0)), ("x.y", (0, 0))],
)
def test_kernel_releases_are_compared_by_number(release: str, version: tuple[int, int]) -> None:
    assert kernel_version(release) == version

"""New files for other people: whole under their name, or not there."""

import errno
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from archive.core.errors import ConflictError, StorageError
from archive.storage.disk import streamed_file
from archive.storage.disk.new_files import publish_new
from archive.storage.disk.streamed_file import publish_streamed, replace_streamed


def test_a_new_file_has_its_bytes_and_mode_and_nothing_stands_beside_it(tmp_path: Path) -> None:
    publish_new(str(tmp_path / "new"), b"bytes", 0o600)
    assert (tmp_path / "new").read_bytes() == b"bytes"
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "new").stat().st_nlink == 1
    assert os.listdir(tmp_path) == ["new"]


def test_a_bare_name_is_a_file_in_the_present_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    publish_new("new", b"bytes")
    assert os.listdir(tmp_path) == ["new"]


@pytest.mark.parametrize("kind", ["file", "folder", "link"])
def test_a_name_that_is_taken_stays_as_it_is(tmp_path: Path, kind: str) -> None:
    taken = tmp_path / "taken"
    if kind == "file":
        taken.write_bytes(b"old")
    elif kind == "folder":
        taken.mkdir()
    else:
        taken.symlink_to(tmp_path / "nowhere")
    with pytest.raises(ConflictError, match="never overwritten"):
        publish_new(str(taken), b"bytes")
    assert os.listdir(tmp_path) == ["taken"]
    assert kind != "file" or taken.read_bytes() == b"old"


def test_a_name_taken_while_the_file_is_written_stays_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from archive.storage.disk import new_files

    def late(*_: Any, **__: Any) -> None:
        (tmp_path / "new").write_bytes(b"theirs")

    monkeypatch.setattr(new_files, "read_back", late)
    with pytest.raises(ConflictError):
        publish_new(str(tmp_path / "new"), b"bytes")
    assert (tmp_path / "new").read_bytes() == b"theirs"
    assert os.listdir(tmp_path) == ["new"]


def test_a_file_system_without_hard_links_gets_it_by_rename(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    publish_new(str(tmp_path / "new"), b"bytes")
    assert (tmp_path / "new").read_bytes() == b"bytes"
    assert os.listdir(tmp_path) == ["new"]


@pytest.mark.parametrize("call", ["write", "fsync", "link"])
def test_a_failure_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(os, call, refuse)
        with pytest.raises(StorageError, match=f"^{tmp_path}/new: cannot"):
            publish_new(str(tmp_path / "new"), b"bytes")
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("make", [publish_streamed, replace_streamed])
@pytest.mark.parametrize("call", ["open", "write", "fsync"])
def test_a_file_in_pieces_is_named_as_it_was_asked_for(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    make: Callable[[str, Iterable[bytes]], str],
    call: str,
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, call, refuse)
        with pytest.raises(StorageError, match=f"^{tmp_path}/new: cannot write the file: No space"):
            make(str(tmp_path / "new"), [b"bytes"])
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("make", [publish_streamed, replace_streamed])
def test_a_file_in_pieces_that_is_not_what_was_written_is_named_as_it_was_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Callable[[str, Iterable[bytes]], str]
) -> None:
    monkeypatch.setattr(streamed_file, "write_all", lambda *_: None)
    with pytest.raises(StorageError, match=f"^{tmp_path}/new: what was read back is not"):
        make(str(tmp_path / "new"), [b"bytes"])
    assert os.listdir(tmp_path) == []

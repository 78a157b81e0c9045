"""A source that is written to while it is read: stored bytes are hashed bytes, or nothing is stored."""

import errno
import os
from collections.abc import Callable
from hashlib import sha512
from pathlib import Path

import pytest

from archive.core.findings import Finding
from archive.core.submission import PlannedDocument, Role, SourceFile
from archive.services.ingest.payload_copy import CopiedPayload, copy_documents_payload
from archive.storage.sources.source_files import SourceFiles

SMALL, BIG = b"a small letter\n", b"0123456789abcdef" * 160_000  # within one buffer, and beyond


def _grow(path: Path) -> None:
    with open(path, "ab") as stream:
        stream.write(b"more")


def _shrink(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _rewrite(path: Path) -> None:
    with open(path, "r+b") as stream:
        stream.write(b"other")


def _replace(path: Path) -> None:
    beside = path.with_name("beside")
    beside.write_bytes(b"replaced " * 9)
    beside.replace(path)


CHANGES: dict[str, Callable[[Path], None]] = {
    "grows": _grow,
    "shrinks": _shrink,
    "is rewritten": _rewrite,
    "is replaced": _replace,
}


class Intruder:
    """Changes the source at a read from it, for so many times."""

    def __init__(self, path: Path, change: Callable[[Path], None], times: int) -> None:
        self._path, self._change, self.times = path, change, times
        self._read, self._readv = os.read, os.readv

    def read(self, descriptor: int, count: int) -> bytes:
        """os.read, after which the source changes."""
        data = self._read(descriptor, count)
        self._strike(descriptor)
        return data

    def readv(self, descriptor: int, buffers: list[bytearray]) -> int:
        """os.readv, after which the source changes."""
        count = self._readv(descriptor, buffers)
        self._strike(descriptor)
        return count

    def _strike(self, descriptor: int) -> None:
        if self.times and Path(os.readlink(f"/proc/self/fd/{descriptor}")) == self._path:
            self.times -= 1
            self._change(self._path)


def _copy(folder: Path, monkeypatch: pytest.MonkeyPatch, intruder: Intruder) -> tuple[CopiedPayload, Path]:
    target = folder / "staging"
    (target / "bag" / "data").mkdir(parents=True)
    document = PlannedDocument(
        seq=1,
        source="a.txt",
        files=(SourceFile(0, "a.txt", 0, Role.DOCUMENT),),
        description=b"{}",
        title="T",
        reference=None,
        awaiting=False,
        place="a.txt",
    )
    monkeypatch.setattr(os, "read", intruder.read)
    monkeypatch.setattr(os, "readv", intruder.readv)
    descriptor = os.open(target, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with SourceFiles([str(folder / "source")]) as sources:
            copied = copy_documents_payload(document, "bag", sources=sources, target=descriptor)
    finally:
        os.close(descriptor)
        monkeypatch.undo()
    return copied, target / "bag" / "data" / "a.txt"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """The one source file."""
    if not os.path.exists("/proc/self/fd"):
        pytest.skip("/proc tells which file is read")
    (tmp_path / "source").mkdir()
    return tmp_path / "source" / "a.txt"


@pytest.mark.parametrize("content", [SMALL, BIG], ids=["small", "big"])
@pytest.mark.parametrize("kind", CHANGES)
def test_a_source_that_always_changes_is_refused_or_stored_as_it_was_hashed(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, kind: str
) -> None:
    source.write_bytes(content)
    copied, stored = _copy(tmp_path, monkeypatch, Intruder(source, CHANGES[kind], 1000))
    if copied.trouble:
        assert [finding.code for finding in copied.trouble] == ["SRC-CHANGED"]
        assert copied.files == []
        assert not stored.exists()
    else:
        assert kind == "is replaced"  # the open file stays as it was
        assert sha512(stored.read_bytes()).hexdigest() == copied.files[0].sha512


@pytest.mark.parametrize("content", [SMALL, BIG], ids=["small", "big"])
@pytest.mark.parametrize("kind", CHANGES)
def test_a_source_that_changes_once_is_read_again(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, kind: str
) -> None:
    source.write_bytes(content)
    copied, stored = _copy(tmp_path, monkeypatch, Intruder(source, CHANGES[kind], 1))
    assert copied.trouble == list[Finding]()
    assert sha512(stored.read_bytes()).hexdigest() == copied.files[0].sha512
    assert stored.read_bytes() in {source.read_bytes(), content}


@pytest.mark.parametrize("kind", ["pipe", "link", "folder"])
def test_what_takes_a_files_place_after_the_walk_is_never_opened_for_reading(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    make: dict[str, Callable[[], None]] = {
        "pipe": lambda: os.mkfifo(source),
        "link": lambda: source.symlink_to("/etc/passwd"),
        "folder": source.mkdir,
    }
    make[kind]()
    copied, stored = _copy(tmp_path, monkeypatch, Intruder(source, _grow, 0))
    assert len(copied.trouble) == 1
    assert copied.trouble[0].code in {"SRC-SPECIAL", "SRC-UNREADABLE"}
    assert not stored.exists()


@pytest.mark.parametrize("content", [SMALL, BIG], ids=["small", "big"])
def test_a_source_that_the_medium_does_not_give_is_unreadable_not_our_disk(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    def fail(_: Path) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    source.write_bytes(content)
    copied, _ = _copy(tmp_path, monkeypatch, Intruder(source, fail, 1000))
    assert [finding.code for finding in copied.trouble] == ["SRC-UNREADABLE"]
    assert copied.files == []


def test_a_source_that_was_taken_away_is_unreadable_not_our_disk(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source.parent.rename(tmp_path / "elsewhere")
    copied, _ = _copy(tmp_path, monkeypatch, Intruder(source, _grow, 0))
    assert [finding.code for finding in copied.trouble] == ["SRC-UNREADABLE"]


def test_a_source_that_became_a_link_is_not_followed(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source.write_bytes(SMALL)
    source.parent.rename(tmp_path / "elsewhere")
    source.parent.symlink_to(tmp_path / "elsewhere")
    copied, stored = _copy(tmp_path, monkeypatch, Intruder(source, _grow, 0))
    assert [finding.code for finding in copied.trouble] == ["SRC-UNREADABLE"]
    assert not stored.exists()

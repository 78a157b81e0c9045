"""The writer's lock: one at a time, named, and gone with its process."""

import errno
import os
import select
import signal
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest

from archive.core.errors import ConflictError, StorageError
from archive.storage.lock import LOCK_NAME, Holder, WriterLock


def _child(body: Callable[[], None]) -> int:
    """Run the body in a forked child, which then waits to be killed; returns once the body has run."""
    ready, done = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # 3.12 warns of threads beside a fork
        child = os.fork()
    if child == 0:
        try:
            body()
            os.write(done, b"x")
            signal.pause()
        finally:
            os._exit(1)
    os.close(done)
    poll = select.poll()  # not select(2): this process may have more than 1,024 files open
    poll.register(ready, select.POLLIN)
    assert poll.poll(10_000), "the child did not start"
    assert os.read(ready, 1) == b"x"
    os.close(ready)
    return child


def _kill(child: int) -> None:
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def test_the_lock_of_another_process_is_refused_with_its_name(tmp_path: Path) -> None:
    lock = WriterLock(str(tmp_path), command="ingest /media/stick\x1b[2J", wait=0)
    child = _child(lock.acquire)
    told: list[Holder] = []
    try:
        with pytest.raises(ConflictError) as caught:
            WriterLock(str(tmp_path), command="audit", wait=0.05, waiting=told.append).acquire()
    finally:
        _kill(child)
    assert f"process {child} (ingest /media/stick\\x1b[2J), since 20" in caught.value.message
    assert [holder.pid for holder in told] == [child]


def test_the_lock_dies_with_its_process(tmp_path: Path) -> None:
    child = _child(WriterLock(str(tmp_path), command="ingest", wait=0).acquire)
    _kill(child)
    with WriterLock(str(tmp_path), command="audit", wait=0):
        pass


def test_a_waiting_writer_gets_the_lock_when_it_is_free(tmp_path: Path) -> None:
    child = _child(WriterLock(str(tmp_path), command="ingest", wait=0).acquire)
    waiting = WriterLock(str(tmp_path), command="audit", wait=10, waiting=lambda _: _kill(child))
    with waiting:
        assert waiting.holder().pid == os.getpid()


def test_a_forked_worker_does_not_keep_the_lock(tmp_path: Path) -> None:
    lock = WriterLock(str(tmp_path), command="ingest", wait=0)
    lock.acquire()
    worker = _child(lambda: None)
    try:
        lock.release()
        with WriterLock(str(tmp_path), command="audit", wait=0):
            pass
    finally:
        _kill(worker)


def test_a_forked_worker_that_ends_does_not_free_the_lock(tmp_path: Path) -> None:
    with WriterLock(str(tmp_path), command="ingest", wait=0) as lock:
        _kill(_child(lock.release))
        with pytest.raises(ConflictError):
            WriterLock(str(tmp_path), command="audit", wait=0).acquire()


def test_a_lock_is_not_taken_twice(tmp_path: Path) -> None:
    with (
        WriterLock(str(tmp_path), command="ingest", wait=0) as lock,
        pytest.raises(ConflictError, match="holds the lock already"),
    ):
        lock.acquire()


def test_waiting_ends_at_its_limit(tmp_path: Path) -> None:
    with WriterLock(str(tmp_path), command="ingest", wait=0):
        start = time.monotonic()
        with pytest.raises(ConflictError, match=r"waited 0\.3 seconds"):
            WriterLock(str(tmp_path), command="audit", wait=0.3).acquire()
        assert 0.25 < time.monotonic() - start < 60


@pytest.mark.parametrize("label", [b"", b"[", b"[1]", b"[" * 5000, b"\xff", b'{"pid": "x", "command": 3}'])
def test_a_lock_file_that_says_nothing_names_nobody(tmp_path: Path, label: bytes) -> None:
    (tmp_path / "staging").mkdir()
    (tmp_path / LOCK_NAME).write_bytes(label)
    assert str(WriterLock(str(tmp_path), command="audit").holder()) == "another process"


def test_a_lock_file_that_is_a_link_is_not_opened(tmp_path: Path) -> None:
    (tmp_path / "staging").mkdir()
    (tmp_path / "precious").write_bytes(b"keep")
    (tmp_path / LOCK_NAME).symlink_to(tmp_path / "precious")
    with pytest.raises(StorageError, match="cannot open the lock file"):
        WriterLock(str(tmp_path), command="audit", wait=0).acquire()
    assert (tmp_path / "precious").read_bytes() == b"keep"


@pytest.mark.parametrize("code", [errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS])
def test_a_file_system_that_cannot_lock_is_told_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def refuse(descriptor: int, operation: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr("archive.storage.lock.fcntl.flock", refuse)
    with pytest.raises(StorageError) as refused:
        WriterLock(str(tmp_path), command="ingest").acquire()
    assert "local disk" in str(refused.value.remedy)

"""The writer's lock: one process writes an archive at a time, and a dead one holds nothing.

`flock` on `staging/.lock`, a file that is never removed: its content only says who has it. The kernel drops
the lock with the last descriptor of its opening, so it dies with its process. A forked child would share the
opening and keep the lock beyond its parent; children therefore close the descriptor as their first act
(os.register_at_fork), and exec'd programs never get it (close-on-exec).
"""

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from archive.core.errors import ConflictError
from archive.core.limits.archives import LOCK_LABEL_BYTES
from archive.core.limits.waits import LOCK_WAIT
from archive.core.text import printable
from archive.storage.disk.descriptors import FILE
from archive.storage.disk.durable import refuse_link, storage_error, write_all

LOCK_NAME = "staging/.lock"
_POLL = 0.1  # seconds

_held: set[int] = set()


def _close_in_child() -> None:
    # Closing a duplicate does not unlock; LOCK_UN would, for the parent too.
    for descriptor in _held:
        with contextlib.suppress(OSError):
            os.close(descriptor)
    _held.clear()


os.register_at_fork(after_in_child=_close_in_child)


def keep_from_children(descriptor: int, *, keep: bool = True) -> None:
    """Closes a lock's descriptor in every child that is forked from now on, or no longer."""
    if keep:
        _held.add(descriptor)
    else:
        _held.discard(descriptor)


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has the lock, as far as the lock file says."""

    pid: int | None = None
    command: str | None = None
    since: str | None = None
    host: str | None = None

    def __str__(self) -> str:
        who = f"process {self.pid}" if self.pid is not None else "another process"
        where = f" on {self.host}" if self.host and self.host != os.uname().nodename else ""
        what = f" ({self.command})" if self.command else ""
        when = f", since {self.since}" if self.since else ""
        return printable(f"{who}{where}{what}{when}")


def _parse_holder(raw: bytes) -> Holder:
    try:
        label = json.loads(raw)
    except (ValueError, RecursionError):
        return Holder()
    if not isinstance(label, dict):
        return Holder()
    texts = [label.get(name) for name in ("command", "since", "host")]
    command, since, host = (text if isinstance(text, str) else None for text in texts)
    pid = label.get("pid")
    return Holder(pid if isinstance(pid, int) else None, command, since, host)


class WriterLock:
    """`with WriterLock(archive, command="ingest"):` — the body runs alone.

    Waits up to `wait` seconds; `waiting` is told once who holds it. Raises ConflictError when the time is up,
    StorageError where the lock file cannot be opened (a read-only archive).
    """

    def __init__(
        self,
        archive: str,
        *,
        command: str,
        wait: float = LOCK_WAIT,
        waiting: Callable[[Holder], None] | None = None,
    ) -> None:
        self._path = os.path.join(archive, LOCK_NAME)
        self._command = command
        self._wait = wait
        self._waiting = waiting
        self._descriptor: int | None = None

    def acquire(self) -> None:
        """Take the lock; a second call of the same object is ConflictError at once."""
        if self._descriptor is not None:
            raise ConflictError(
                f"{printable(self._path)}: this process holds the lock already",
                remedy="wait until it is done",
            )
        descriptor = self._open()
        try:
            self._take(descriptor)
            self._label(descriptor)
        except BaseException:
            os.close(descriptor)
            raise
        self._descriptor = descriptor
        keep_from_children(descriptor)

    def release(self) -> None:
        """Give the lock back; nothing happens where it is not held (in a forked child, say)."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None and descriptor in _held:
            _held.discard(descriptor)
            os.close(descriptor)

    def holder(self) -> Holder:
        """Who took the lock last, as its file says; nobody checks that they still have it."""
        try:
            label = os.open(self._path, FILE)
            try:
                return _parse_holder(os.read(label, LOCK_LABEL_BYTES))
            finally:
                os.close(label)
        except OSError:
            return Holder()

    def _open(self) -> int:
        folder = os.path.dirname(self._path)
        refuse_link(folder)
        try:
            os.makedirs(folder, exist_ok=True)
            return os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
        except OSError as trouble:
            raise storage_error(trouble, self._path, "open the lock file") from trouble

    def _take(self, descriptor: int) -> None:
        deadline = time.monotonic() + self._wait
        told = False
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                pass
            except OSError as trouble:
                raise storage_error(trouble, self._path, "lock the file") from trouble
            else:
                return
            left = deadline - time.monotonic()
            if left <= 0:
                raise ConflictError(
                    f"the archive is being written by {self.holder()}; waited {self._wait:g} seconds",
                    remedy="wait until it is done, or give a longer --lock-wait",
                )
            if not told and self._waiting is not None:
                self._waiting(self.holder())
            told = True
            time.sleep(min(_POLL, left))

    def _label(self, descriptor: int) -> None:
        label = {
            "pid": os.getpid(),
            "command": self._command[:1000],
            "since": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "host": os.uname().nodename,
        }
        try:
            if os.fstat(descriptor).st_nlink > 1:  # whoever has the other name may want what stands there
                return
            os.ftruncate(descriptor, 0)
            os.lseek(descriptor, 0, os.SEEK_SET)
            write_all(descriptor, json.dumps(label).encode() + b"\n")
        except OSError as trouble:
            raise storage_error(trouble, self._path, "write the lock file") from trouble

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

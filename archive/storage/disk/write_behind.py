"""Lets the disk begin while there is still something to compute: the sync that counts then finds little left.

Nothing rests on it. It syncs through a descriptor of its own, so that an error of the disk is still reported
to the sync that counts (each open file description learns of a write-back error by itself).
"""

import contextlib
import threading
from types import TracebackType
from typing import Self

from archive.core.errors import StorageError
from archive.storage.disk.file_system_sync import FileSystemSync


class WriteBehind:
    """Syncs a file system in the background, one sync at a time; asked for more often than that, it waits."""

    def __init__(self, folder: str) -> None:
        self._sync = FileSystemSync(folder)
        self._wanted = threading.Event()
        self._done = False
        self._thread: threading.Thread | None = None

    def nudge(self) -> None:
        """Something more was written."""
        if not self._sync.at_once:  # without syncfs there is nothing to ask for but each file
            return
        if self._thread is None:  # not before: workers are forked by the first batch
            thread = threading.Thread(target=self._run, name="write-behind", daemon=True)
            try:
                thread.start()
            except RuntimeError:  # no more threads are to be had: the disk begins later
                return
            self._thread = thread
        self._wanted.set()

    def _run(self) -> None:
        while True:
            self._wanted.wait()
            self._wanted.clear()
            if self._done:
                return
            with contextlib.suppress(StorageError):
                self._sync.sync()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done = True
        self._wanted.set()
        if self._thread is not None:
            self._thread.join()
        self._sync.close()

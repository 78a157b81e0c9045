"""One sync for a whole batch: syncfs where it reports write-back errors, else fsync of each file."""

import contextlib
import os
import sys
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Self

from archive.core.errors import StorageError
from archive.core.text import printable
from archive.storage.disk.durable import storage_error, sync_file, sync_folder

_REPORTS_ERRORS_SINCE = (5, 8)  # older kernels return 0 from syncfs whatever happened (syncfs(2))


def kernel_version(release: str) -> tuple[int, int]:
    """(5, 8) of `5.8.0-rc1-generic`; (0, 0) where the text does not begin so."""
    major, _, rest = release.partition(".")
    minor = rest.split(".", 1)[0].split("-", 1)[0]
    return (int(major), int(minor)) if major.isdecimal() and minor.isdecimal() else (0, 0)


def _syncfs() -> Callable[[int], int] | None:
    if not sys.platform.startswith("linux") or kernel_version(os.uname().release) < _REPORTS_ERRORS_SINCE:
        return None
    import ctypes

    try:
        function = ctypes.CDLL(None, use_errno=True).syncfs
    except (OSError, AttributeError):
        return None
    function.argtypes = [ctypes.c_int]
    function.restype = ctypes.c_int

    def call(descriptor: int) -> int:
        if function(descriptor) == 0:
            return 0
        return ctypes.get_errno() or -1

    return call


class FileSystemSync:
    """Makes everything written on one file system since its construction durable.

    Construct it before the first write: its descriptor is what the kernel reports write-back errors to. After
    a failure it refuses every further call, because a second sync may succeed though the data is gone.
    """

    def __init__(self, folder: str, *, whole: bool = True) -> None:
        """`whole=False` syncs file by file even where syncfs could do it at once."""
        self._folder = folder
        self._failed = False
        self._call = _syncfs() if whole else None
        try:
            self._descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as trouble:
            raise storage_error(trouble, folder, "open the folder") from trouble

    @property
    def at_once(self) -> bool:
        """True where one call covers everything and the names given to `sync` are not needed."""
        return self._call is not None

    def sync(self, files: Iterable[str] = (), folders: Iterable[str] = ()) -> None:
        """Return once everything written is durable.

        `files` and `folders` name what was written and the folders whose names changed, deepest first. Raises
        StorageError where it failed or had failed before.
        """
        if self._failed:
            raise StorageError(
                f"{printable(self._folder)}: an earlier sync failed; what was written is given up",
                remedy="run the same command again",
            )
        self._failed = True
        if self._call is None:
            for path in files:
                sync_file(path)
            for path in folders:
                sync_folder(path)
        elif code := self._call(self._descriptor):
            trouble = OSError(code, os.strerror(code)) if code > 0 else OSError("unknown reason")
            raise storage_error(trouble, self._folder, "make the file system durable") from trouble
        self._failed = False

    def close(self) -> None:
        """Let go of the descriptor."""
        if self._descriptor >= 0:
            with contextlib.suppress(OSError):
                os.close(self._descriptor)
            self._descriptor = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

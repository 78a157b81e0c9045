"""Names found by a walk, kept in a nameless temporary file: memory does not grow with their number."""

import os
import tempfile
from collections.abc import Iterator
from types import TracebackType
from typing import NamedTuple, Self

_CHUNK = 1 << 20


class SpooledName(NamedTuple):
    """A path below the root that was walked, and its size in bytes; None for a file to be made empty."""

    path: str
    size: int | None


class NameSpool:
    """Names in the order in which they were added; written first, then read any number of times."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(prefix="document-archive-", buffering=_CHUNK)  # noqa: SIM115

    def add(self, name: SpooledName) -> None:
        """Keeps one name."""
        size = b"-" if name.size is None else b"%d" % name.size
        self._file.write(size + b"/" + os.fsencode(name.path) + b"\0")

    def __iter__(self) -> Iterator[SpooledName]:
        self._file.flush()
        self._file.seek(0)
        rest = b""
        while chunk := self._file.read(_CHUNK):
            *whole, rest = (rest + chunk).split(b"\0")
            for record in whole:
                size, _, path = record.partition(b"/")
                yield SpooledName(os.fsdecode(path), None if size == b"-" else int(size))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

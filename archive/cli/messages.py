"""Standard error as a place whose loss stops nothing."""

import io
import sys
from typing import Any


class _Forgiving(io.FileIO):
    """Takes every byte, also where the terminal is gone, the disk is full or the reader has left."""

    def write(self, data: Any, /) -> int:
        """How many bytes there were, written or not."""
        try:
            return super().write(data)
        except OSError:
            return memoryview(data).nbytes


def let_messages_fail() -> None:
    """From now on no message and no bar ends a command because nobody can be told any more."""
    if sys.stderr is not None:
        sys.stderr = io.TextIOWrapper(
            io.BufferedWriter(_Forgiving(2, "w", closefd=False)),
            encoding=sys.stderr.encoding,
            errors=sys.stderr.errors,
            line_buffering=True,
        )

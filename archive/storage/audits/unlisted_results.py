"""Which results a run has stored that no list names yet, kept with the keys and outside the archive.

`<folder of the keys>/unlisted/<archive>/<run>.sha512`: a line for each chunk, as sha512sum(1) writes them.
Whoever can write to the archive alone cannot have results taken up that no audit found. It is not synced: a
power cut loses its last lines, and what they named is read again.
"""

import contextlib
import os
import re
from typing import Final

from archive.core.errors import ArchiveError, StorageError
from archive.core.limits.archives import RESULTS_LIST_BYTES
from archive.storage.disk.durable import NotAPlainFileError, read_plain
from archive.storage.keys.signing_key import PRIVATE, folder_about, make_key_home

UNLISTED: Final = "unlisted"
_LINE: Final = re.compile(r"([0-9a-f]{128})  ([0-9]{6,}\.jsonl\.gz)")
_APPEND: Final = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK


class UnlistedResults:
    """The digests of one run. That they cannot be kept is no trouble: then its results are read again."""

    def __init__(self, archive_id: str, run: str) -> None:
        self._folder = folder_about(archive_id, UNLISTED)
        self._path = os.path.join(self._folder, f"{run}.sha512")
        self._file = -1

    def add(self, name: str, sha512: str) -> None:
        """Keep that the file of results with that sha512 (hexadecimal) is the run's own."""
        with contextlib.suppress(OSError, ArchiveError):
            if self._file < 0:
                make_key_home(self._folder)
                self._file = os.open(self._path, _APPEND, PRIVATE)
            os.write(self._file, f"{sha512}  {name}\n".encode())

    def read(self) -> dict[str, str]:
        """The sha512 of each file by its name; empty where nothing is known here."""
        try:
            raw = read_plain(self._path, RESULTS_LIST_BYTES)
        except (NotAPlainFileError, StorageError):
            return {}
        lines = (raw or b"").decode("ascii", "replace").split("\n")
        return {match[2]: match[1] for match in map(_LINE.fullmatch, lines) if match}

    def drop(self) -> None:
        """Forget them: a list names the results now, and the ledger the list."""
        self.close()
        with contextlib.suppress(OSError):
            os.unlink(self._path)

    def close(self) -> None:
        """Nothing is added any more."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

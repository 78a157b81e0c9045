"""What the manifests of runs say of descriptions to come, for documents whose bags do not say it any more."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from archive.core.ids import is_uuid7
from archive.core.limits.archives import RUN_MANIFEST_READ
from archive.storage.disk.streamed_file import pieces_of

# A row is canonical JSON, so that its members stand in this order, and a quotation mark inside a text is
# escaped: nothing else in a manifest reads so.
_ROW: Final = re.compile(rb'"description_awaited":(true|false),"files":[0-9]{1,18},"id":"([0-9a-f-]{36})"')
_ROW_HEAD: Final = 128


class AwaitedAtIngest:
    """Asked in the order of the ledger, each manifest is read once, a mebibyte at a time."""

    def __init__(self, runs: Path) -> None:
        self._runs = runs
        self._run = ""
        self._rows: Iterator[tuple[str, bool]] = iter(())

    def says(self, run: str, bag: str) -> bool:
        """True where the run's manifest says that the description of the document was to come.

        False, too, where the manifest does not name it or cannot be read: then nothing contradicts that.
        """
        if run != self._run:
            self._run = run
            self._rows = _rows(self._runs / f"{run}.json") if is_uuid7(run) else iter(())
        return next((awaited for each, awaited in self._rows if each == bag), False)


def _rows(path: Path) -> Iterator[tuple[str, bool]]:
    """(bag, whether its description was awaited) of each row, as far as the file can be read."""
    tail = b""
    try:
        for piece in pieces_of(str(path), RUN_MANIFEST_READ):
            text = tail + piece
            end = 0
            for match in _ROW.finditer(text):
                yield match[2].decode(), match[1] == b"true"
                end = match.end()
            tail = text[max(end, len(text) - _ROW_HEAD) :]
    except OSError:
        return

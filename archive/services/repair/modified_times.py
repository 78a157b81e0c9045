"""The times of modification with which payload files were taken in, as the PREMIS of the bag records them."""

import hashlib
from collections.abc import Mapping
from functools import cache
from typing import Final

from archive.core.errors import BagFormatError
from archive.services.repair.bag_at_hand import BagAtHand

_PREMIS: Final = "metadata/premis.xml"


class RecordedTimes:
    """The times of the files of one bag; read at the first question, for most repairs ask none."""

    def __init__(self, at_hand: BagAtHand) -> None:
        self._at_hand = at_hand
        self._times = cache(self._read)

    def of(self, path: str) -> int | None:
        """In nanoseconds since 1970; None for a tag file, and where nothing that is proven says it."""
        return self._times().get(path) if path.startswith("data/") else None

    def _read(self) -> Mapping[str, int]:
        from archive.formats.premis.reader import read_premis  # with lxml, 21 ms

        contents = self._at_hand.contents
        digest = contents.files.get(_PREMIS) if contents is not None else None
        for offer in self._at_hand.offers(_PREMIS, digest) if digest else ():
            try:
                data = b"".join(offer.blocks())
                if hashlib.sha512(data).hexdigest() == digest:
                    files = read_premis(data).files
                    return {file.path: file.modified for file in files if file.modified is not None}
            except (OSError, BagFormatError):
                continue
        return {}

"""What the index calls held, asked of the ledger: a document is left out on no other word."""

from typing import Final

from archive.core.ledger.entries import EntryType, parse_entry
from archive.core.ledger.tiles import TILE_WIDTH
from archive.services.opened import OpenedArchive
from archive.storage.index import IndexRow, IndexUnusableError

# Entries are canonical JSON, so that nothing but such an entry holds these bytes.
_GONE: Final = tuple(f'"type":"{kind}"'.encode() for kind in (EntryType.WITHDRAWAL, EntryType.DISPOSAL))


class HeldByLedger:
    """Asked of one row after the other; a bundle of entries and the ids of withdrawn bags in memory."""

    def __init__(self, archive: OpenedArchive) -> None:
        self.archive = archive
        self._size = archive.checkpoint().size
        self._block = -1
        self._entries: list[bytes] = []
        self._gone: set[str] | None = None

    def require(self, row: IndexRow) -> None:
        """Raises IndexUnusableError where the ledger does not hold the row's document with these bytes."""
        if not self._is_recorded(row) or row.bag in self._known_gone():
            raise IndexUnusableError(
                f"says that {row.bag} is held with bytes with which the ledger does not hold it"
            )

    def _is_recorded(self, row: IndexRow) -> bool:
        if not 0 <= row.entry < self._size:
            return False
        block, at = divmod(row.entry, TILE_WIDTH)
        if block != self._block:
            first = block * TILE_WIDTH
            self._entries = list(self.archive.ledger.entries(first, min(first + TILE_WIDTH, self._size)))
            self._block = block
        entry = parse_entry(self._entries[at])
        payload = entry.get("payload")
        is_payload = isinstance(payload, dict) and row.payload_key in payload.values()
        return entry.type == EntryType.INGESTION and entry.bag == row.bag and is_payload

    def _known_gone(self) -> set[str]:
        if self._gone is None:
            entries = self.archive.ledger.entries(0, self._size)
            self._gone = {parse_entry(raw).bag or "" for raw in entries if any(mark in raw for mark in _GONE)}
        return self._gone

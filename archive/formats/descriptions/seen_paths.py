"""Which paths a table has named so far, in memory that a long table does not notice."""

from array import array


class SeenPaths:
    """Which row named a path first, in 12 to 48 bytes a path instead of the 200 of a dict of texts.

    Open addressing over 64-bit hashes, keyed anew in every process: a false alarm among a million paths has
    a chance of 1 in 10^7, and it is a warning.
    """

    __slots__ = ("_count", "_hashes", "_mask", "_rows")

    def __init__(self) -> None:
        self._count = 0
        self._resize(1024)

    def _resize(self, slots: int) -> None:
        self._mask = slots - 1
        self._hashes = array("Q", bytes(8 * slots))
        self._rows = array("I", bytes(4 * slots))

    def row_before(self, path: str, row: int) -> int | None:
        """The row that named the path before, or None, and from now on this one."""
        if self._count * 2 > self._mask:
            self._grow()
        return self._put((hash(path) & 0xFFFFFFFFFFFFFFFF) or 1, row)

    def _put(self, key: int, row: int) -> int | None:
        slot = key & self._mask
        while held := self._hashes[slot]:
            if held == key:
                return self._rows[slot]
            slot = (slot + 1) & self._mask
        self._hashes[slot], self._rows[slot] = key, row
        self._count += 1
        return None

    def _grow(self) -> None:
        hashes, rows = self._hashes, self._rows
        self._resize(len(hashes) * 2)
        self._count = 0
        for key, row in zip(hashes, rows, strict=True):
            if key:
                self._put(key, row)
